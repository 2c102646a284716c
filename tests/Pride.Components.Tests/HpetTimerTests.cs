// The HPET as a timer driver: never early, never forgotten, although a comparator that is written too late does not fire.

using System;
using Pride.Drivers.Timer;
using Pride.Machine;
using Pride.Testing;
using Xunit;

namespace Pride.Components.Tests;

public sealed class HpetTimerTests : IDisposable
{
    private const ulong Pin = 16;

    private readonly Hpet _hpet = new();
    private readonly TimerBench<HpetTimer> _bench;

    public HpetTimerTests() => _bench = new TimerBench<HpetTimer>(_hpet, driver => driver.Pin = Pin);

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_000)]
    public void A_timeout_comes_once_and_never_early(int ticksForEachAccess)
    {
        _hpet.TicksForEachAccess = (ulong)ticksForEachAccess;
        _bench.System.Start();
        _bench.ExpectOneTimeout(100_000, ticks: 10_000, late: 100_000);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(500)]
    [InlineData(5_000)]
    public void A_timeout_that_passes_while_it_is_set_comes_all_the_same(ulong nanoseconds)
    {
        _hpet.TicksForEachAccess = 100;
        _bench.ExpectOneTimeoutWhileTimeGoesOn(nanoseconds);
    }

    // 100 MHz against a CPU's counter of 2.5 GHz. The last of the first eight readings takes a millisecond.
    [Fact]
    public void The_cpus_counter_is_measured_although_readings_are_interrupted()
    {
        _hpet.TicksForEachAccess = 100;
        _bench.System.Start();
        int looks = 0;
        CpuCounter.Host = () =>
        {
            _hpet.Advance(++looks == 16 ? 100_000ul : 0);
            return _hpet.Count * 25;
        };
        ulong measured = 0;
        try
        {
            _bench.RunDriver(driver => measured = driver.MeasureCpuCounter(100_000_000));
        }
        finally
        {
            CpuCounter.Host = null;
        }

        Assert.InRange(measured, 2_499_000_000ul, 2_501_000_000ul);
    }

    [Fact]
    public void A_counter_that_stands_still_is_refused()
    {
        _bench.System.Start();
        Exception e = Assert.ThrowsAny<Exception>(() => _bench.RunDriver(driver => driver.MeasureCpuCounter(100_000_000)));
        Assert.Contains("does not count", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pin_that_the_timer_does_not_reach_is_refused()
    {
        _hpet.Routes = 1 << 2;
        Exception e = Assert.ThrowsAny<Exception>(_bench.System.Start);
        Assert.Contains("pin", e.ToString(), StringComparison.Ordinal);
    }

    /// <summary>A counter of ten nanoseconds a tick and timer 0, which fires when the two become equal and at no other time.</summary>
    private sealed class Hpet : ITimerModel
    {
        private const ulong Period = 10_000_000;
        private const ulong CounterHas64Bits = 1 << 13;

        private ulong _configuration;
        private ulong _timer;
        private ulong _comparator = ulong.MaxValue;
        private bool _status;

        public TestInterrupt? Interrupt { get; set; }

        public ulong Count { get; private set; } = 1_000_000;

        public ulong Routes { get; set; } = 0xFF_0104;

        /// <summary>Time goes on while the driver works.</summary>
        public ulong TicksForEachAccess { get; set; }

        public void Advance(ulong ticks)
        {
            if (ticks != 0 && _comparator - Count - 1 < ticks && (_timer & (1 << 2)) != 0)
            {
                Assert.Equal(Pin, (_timer >> 9) & 31);
                Assert.Equal(1UL, _configuration & 3);
                _status = true;
            }

            Count += ticks;
            Update();
        }

        public ulong Load(ulong offset, int width)
        {
            Advance(TicksForEachAccess);
            return offset switch
            {
                0x000 => (Period << 32) | CounterHas64Bits,
                0x010 => _configuration,
                0x020 => _status ? 1UL : 0,
                0x0F0 => Count,
                0x100 => (Routes << 32) | _timer,
                _ => throw new TestSystemException($"hpet: load of {offset:x}"),
            };
        }

        public void Store(ulong offset, int width, ulong value)
        {
            Advance(TicksForEachAccess);
            switch (offset)
            {
                case 0x010:
                    _configuration = value;
                    break;
                case 0x020:
                    _status &= (value & 1) == 0;
                    break;
                case 0x100:
                    _timer = (uint)value;
                    break;
                case 0x108:
                    _comparator = value;
                    break;
                default:
                    throw new TestSystemException($"hpet: store to {offset:x}");
            }

            Update();
        }

        // The line is the status as long as the timer may interrupt.
        private void Update() => Interrupt?.SetLine(_status && (_timer & (1 << 2)) != 0);
    }
}
