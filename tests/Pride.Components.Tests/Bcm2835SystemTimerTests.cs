// The BCM2835's system timer as a timer driver: never early, never forgotten, although a comparator of 32 bits that is written too late does not fire for
// an hour.

using System;
using Pride.Drivers.Timer;
using Pride.Testing;
using Xunit;

namespace Pride.Components.Tests;

public sealed class Bcm2835SystemTimerTests : IDisposable
{
    private const ulong Clock = 1_000_000;

    private readonly SystemTimer _timer = new();
    private readonly TimerBench<Bcm2835SystemTimer> _bench;

    public Bcm2835SystemTimerTests() => _bench = new TimerBench<Bcm2835SystemTimer>(_timer, driver => driver.Clock = Clock);

    public void Dispose() => _bench.Dispose();

    // The last ones pass the end of the counter's lower half.
    [Theory]
    [InlineData(0, 5_000)]
    [InlineData(1, 5_000)]
    [InlineData(50, 5_000)]
    [InlineData(0, 0xffff_fe00)]
    [InlineData(1, 0xffff_fff0)]
    [InlineData(50, 0xffff_ff00)]
    public void A_timeout_comes_once_and_never_early(int ticksForEachAccess, uint start)
    {
        _timer.Count = start;
        _timer.TicksForEachAccess = (ulong)ticksForEachAccess;
        _bench.System.Start();
        _bench.ExpectOneTimeout(1_000_000, ticks: 1_000, late: 100_000);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000)]
    [InlineData(60_000)]
    [InlineData(500_000)]
    public void A_timeout_that_passes_while_it_is_set_comes_all_the_same(ulong nanoseconds)
    {
        _timer.TicksForEachAccess = 30;
        _bench.ExpectOneTimeoutWhileTimeGoesOn(nanoseconds);
    }

    [Fact]
    public void Hours_are_waited_for_piece_by_piece()
    {
        const ulong Piece = 1 << 28;
        const ulong Hours = 5 * 3_600 * Clock;
        _bench.System.Start();
        ulong start = _timer.Count;
        _bench.SetTimeout(Hours * 1_000);
        while (_timer.Count + Piece < start + Hours)
        {
            _bench.Advance(Piece);
            Assert.Equal(0, _bench.Expired);
        }

        _bench.Advance(Piece);
        Assert.Equal(1, _bench.Expired);
    }

    [Fact]
    public void A_counter_that_carries_while_it_is_read_is_read_rightly()
    {
        _bench.System.Start();
        _timer.Count = 0xffff_ffff;
        _timer.TicksForEachAccess = 1;
        Assert.InRange(_bench.Now(), 0x1_0000_0000UL * 1_000, 0x1_0000_1000UL * 1_000);
    }

    /// <summary>A counter of a microsecond a tick and comparator 1, which matches when the counter's lower half becomes equal to it.</summary>
    private sealed class SystemTimer : ITimerModel
    {
        private uint _comparator;
        private bool _matched;

        public TestInterrupt? Interrupt { get; set; }

        public ulong Count { get; set; } = 1_000_000;

        /// <summary>Time goes on while the driver works.</summary>
        public ulong TicksForEachAccess { get; set; }

        public void Advance(ulong ticks)
        {
            _matched |= ticks != 0 && _comparator - (uint)Count - 1 < ticks;
            Count += ticks;
            Interrupt?.SetLine(_matched);
        }

        public ulong Load(ulong offset, int width)
        {
            ulong value = offset switch
            {
                0x00 => _matched ? 2u : 0,
                0x04 => (uint)Count,
                0x08 => Count >> 32,
                _ => throw new TestSystemException($"system timer: load of {offset:x}"),
            };
            Advance(TicksForEachAccess);
            return value;
        }

        public void Store(ulong offset, int width, ulong value)
        {
            switch (offset)
            {
                case 0x00:
                    _matched &= (value & 2) == 0;
                    break;
                case 0x10:
                    _comparator = (uint)value;
                    break;
                default:
                    throw new TestSystemException($"system timer: store to {offset:x}");
            }

            Advance(TicksForEachAccess);
        }
    }
}
