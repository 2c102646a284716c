// The timer made of the CPU's counter and a Goldfish alarm: never early by the counter, never forgotten, also when the two clocks run apart.

using System;
using Pride.Drivers.Timer;
using Pride.Machine;
using Pride.Testing;
using Xunit;

namespace Pride.Components.Tests;

public sealed class GoldfishTimerTests : IDisposable
{
    private readonly Clocks _clocks = new();
    private readonly TimerBench<GoldfishTimer> _bench;

    // On the host the counter ticks once a nanosecond.
    public GoldfishTimerTests()
    {
        _bench = new TimerBench<GoldfishTimer>(_clocks);
        CpuCounter.Host = () => _clocks.Count;
        _bench.System.Start();
    }

    public void Dispose()
    {
        CpuCounter.Host = null;
        _bench.Dispose();
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(900)]
    [InlineData(1100)]
    public void A_timeout_comes_once_and_never_early(int clockPermille)
    {
        _clocks.Permille = (ulong)clockPermille;
        _bench.ExpectOneTimeout(1_000_000, ticks: 1_000_000, late: 200_000);
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(ulong.MaxValue / 2)]
    [InlineData(7_200_000_000_000UL)]
    public void A_distant_timeout_does_not_keep_the_alarm_ringing(ulong nanoseconds)
    {
        _bench.SetTimeout(nanoseconds);
        for (int i = 0; i < 100; i++)
        {
            _bench.Advance(60_000_000_000);
        }

        Assert.Equal(0, _bench.Expired);
        Assert.InRange(_clocks.Alarms, 0, 4);
    }

    [Fact]
    public void A_timeout_that_is_past_comes_at_once()
    {
        _bench.SetTimeout(0);
        _bench.Advance(2);
        Assert.Equal(1, _bench.Expired);
    }

    /// <summary>The counter, and the clock, which gains or loses against it.</summary>
    private sealed class Clocks : ITimerModel
    {
        private ulong _time = 0x18EB_5C4A_0000_0000;
        private ulong _latched;
        private ulong _alarmHigh;
        private ulong _alarm = ulong.MaxValue;
        private bool _enabled;
        private bool _pending;

        public TestInterrupt? Interrupt { get; set; }

        public ulong Count { get; private set; } = 1_000;

        /// <summary>Thousandths of a nanosecond that the clock moves for each of the counter's.</summary>
        public ulong Permille { get; set; } = 1000;

        public int Alarms { get; private set; }

        public void Advance(ulong nanoseconds)
        {
            Count += nanoseconds;
            _time += nanoseconds * Permille / 1000;
            Update();
        }

        public ulong Load(ulong offset, int width)
        {
            switch (offset)
            {
                case 0x00:
                    _latched = _time >> 32;
                    return (uint)_time;
                case 0x04:
                    return _latched;
                default:
                    throw new TestSystemException($"goldfish: load of {offset:x}");
            }
        }

        public void Store(ulong offset, int width, ulong value)
        {
            switch (offset)
            {
                case 0x08:
                    _alarm = (_alarmHigh << 32) | value;
                    break;
                case 0x0c:
                    _alarmHigh = value;
                    break;
                case 0x10:
                    _enabled = value != 0;
                    break;
                case 0x14:
                    _alarm = ulong.MaxValue;
                    break;
                case 0x1c:
                    _pending = false;
                    break;
                default:
                    throw new TestSystemException($"goldfish: store to {offset:x}");
            }

            Update();
        }

        private void Update()
        {
            if (_time >= _alarm)
            {
                _alarm = ulong.MaxValue;
                _pending = true;
                Alarms++;
            }

            Interrupt?.SetLine(_pending && _enabled);
        }
    }
}
