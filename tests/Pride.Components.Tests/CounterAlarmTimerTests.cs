// Timers made of the CPU's counter and the alarm of a PWM or a TTC: never early by the counter, never forgotten, also when the clocks run apart or the
// alarm cannot wait as long.

using System;
using Pride.Drivers.Timer;
using Pride.Machine;
using Pride.Testing;
using Xunit;

namespace Pride.Components.Tests;

public sealed class CounterAlarmTimerTests : IDisposable
{
    private const ulong PwmClock = 500_000_000;
    private const ulong TtcClock = 133_000_000;

    public void Dispose() => CpuCounter.Host = null;

    [Theory]
    [InlineData(1000, 100_000)]
    [InlineData(900, 1_000_000)]
    [InlineData(1100, 1_000_000)]
    [InlineData(1000, 20_000_000)]
    public void The_pwms_timeout_comes_once_and_never_early(int clockPermille, int nanoseconds) => Expect<SifivePwm>(
        new Pwm { Clock = PwmClock, Permille = (ulong)clockPermille }, p => p.Clock = PwmClock, (ulong)nanoseconds);

    [Theory]
    [InlineData(1000, 100_000)]
    [InlineData(900, 1_000_000)]
    [InlineData(1100, 1_000_000)]
    [InlineData(1000, 20_000_000)]
    public void The_ttcs_timeout_comes_once_and_never_early(int clockPermille, int nanoseconds) => Expect<CadenceTtc>(
        new Ttc { Clock = TtcClock, Permille = (ulong)clockPermille }, p => p.Clock = TtcClock, (ulong)nanoseconds);

    [Fact]
    public void A_distant_timeout_does_not_keep_the_alarms_ringing()
    {
        Pwm pwm = new() { Clock = PwmClock };
        Ttc ttc = new() { Clock = TtcClock };
        WaitLong<SifivePwm>(pwm, p => p.Clock = PwmClock);
        WaitLong<CadenceTtc>(ttc, p => p.Clock = TtcClock);
        Assert.InRange(pwm.Alarms, 1, 30);
        Assert.InRange(ttc.Alarms, 1, 30);
    }

    [Fact]
    public void The_pwm_does_not_ring_before_anybody_waits()
    {
        Pwm pwm = new() { Clock = PwmClock };
        CpuCounter.Host = () => pwm.Count;
        using TimerBench<SifivePwm> bench = new(pwm, p => p.Clock = PwmClock);
        bench.System.Start();
        Assert.False(pwm.IsPending);
    }

    [Fact]
    public void The_ttc_rings_again_and_again_but_never_faster_than_it_can_be_stopped()
    {
        const double Least = 100;
        Ttc ttc = new() { Clock = TtcClock };
        Expect<CadenceTtc>(ttc, p => p.Clock = TtcClock, nanoseconds: 1);
        Expect<CadenceTtc>(ttc, p => p.Clock = TtcClock, nanoseconds: 2_000);
        Assert.InRange(ttc.ShortestRound, Least, TtcClock);
        Assert.True(ttc.IsStopped, "it counts on although nobody waits");
    }

    [Fact]
    public void A_clock_that_the_board_does_not_say_is_asked_for()
    {
        using TimerBench<SifivePwm> bench = new(new Pwm());
        Assert.Contains("clock's frequency", Assert.Throws<InvalidOperationException>(bench.System.Start).Message, StringComparison.Ordinal);
    }

    // On the host the counter ticks once a nanosecond.
    private static void Expect<T>(Alarm model, Action<T> configure, ulong nanoseconds)
        where T : TimerDriver, new()
    {
        CpuCounter.Host = () => model.Count;
        using TimerBench<T> bench = new(model, configure);
        bench.System.Start();
        bench.ExpectOneTimeout(nanoseconds, ticks: nanoseconds, late: 5_000 + (nanoseconds / 5));
    }

    private static void WaitLong<T>(Alarm model, Action<T> configure)
        where T : TimerDriver, new()
    {
        CpuCounter.Host = () => model.Count;
        using TimerBench<T> bench = new(model, configure);
        bench.System.Start();
        bench.SetTimeout(ulong.MaxValue / 2);
        for (int i = 0; i < 1000; i++)
        {
            bench.Advance(60_000_000);
        }

        Assert.Equal(0, bench.Expired);
    }

    /// <summary>An alarm with a counter of its own, which gains or loses against the CPU's.</summary>
    private abstract class Alarm : ITimerModel
    {
        public TestInterrupt? Interrupt { get; set; }

        public ulong Count { get; private set; } = 1_000;

        public ulong Clock { get; init; }

        public ulong Permille { get; init; } = 1000;

        public int Alarms { get; protected set; }

        protected double Ticks { get; set; }

        public void Advance(ulong nanoseconds)
        {
            Count += nanoseconds;
            Ticks += (double)nanoseconds * Clock / 1e9 * Permille / 1000;
            Update();
        }

        public abstract ulong Load(ulong offset, int width);

        public abstract void Store(ulong offset, int width, ulong value);

        protected abstract void Update();
    }

    private sealed class Pwm : Alarm
    {
        private readonly uint[] _comparators = new uint[4];
        private uint _configuration;
        private bool _pending;

        public bool IsPending => _pending;

        public override ulong Load(ulong offset, int width) => throw new TestSystemException($"pwm: load of {offset:x}");

        public override void Store(ulong offset, int width, ulong value)
        {
            switch (offset)
            {
                case 0x00:
                    _configuration = (uint)value;
                    _pending = false;
                    break;
                case 0x08:
                    Ticks = value;
                    break;
                case >= 0x20 and < 0x30:
                    _comparators[(offset - 0x20) / 4] = (uint)value & 0xffff;
                    break;
                default:
                    throw new TestSystemException($"pwm: store to {offset:x}");
            }

            Update();
        }

        protected override void Update()
        {
            bool runs = (_configuration & (1 << 12)) != 0;
            Ticks = runs ? Ticks % 0x8000_0000 : 0;
            uint scaled = (uint)((ulong)Ticks >> (int)(_configuration & 15)) & 0xffff;
            bool past = scaled >= _comparators[0];
            Alarms += past && !_pending && runs ? 1 : 0;
            _pending |= past;
            Interrupt?.SetLine(_pending);
        }
    }

    private sealed class Ttc : Alarm
    {
        private uint _clock;
        private uint _control = 1;
        private uint _interval;
        private uint _enabled;
        private bool _pending;

        public bool IsStopped => (_control & 1) != 0;

        /// <summary>The fewest ticks between two rings.</summary>
        public double ShortestRound { get; private set; } = double.MaxValue;

        public override ulong Load(ulong offset, int width)
        {
            if (offset != 0x54)
            {
                throw new TestSystemException($"ttc: load of {offset:x}");
            }

            bool pending = _pending;
            _pending = false;
            Update();
            return pending ? 1u : 0;
        }

        public override void Store(ulong offset, int width, ulong value)
        {
            switch (offset)
            {
                case 0x00:
                    _clock = (uint)value;
                    break;
                case 0x0c:
                    _control = (uint)value;
                    Ticks = (_control & 16) != 0 ? 0 : Ticks;
                    break;
                case 0x24:
                    _interval = (uint)value;
                    break;
                case 0x60:
                    _enabled = (uint)value;
                    break;
                default:
                    throw new TestSystemException($"ttc: store to {offset:x}");
            }

            Update();
        }

        protected override void Update()
        {
            int scale = (_clock & 1) != 0 ? (int)((_clock >> 1) & 15) + 1 : 0;
            double whole = (double)(_interval + 1) * (1UL << scale);
            ShortestRound = (_control & 1) == 0 ? Math.Min(ShortestRound, whole) : ShortestRound;
            if ((_control & 1) == 0 && Ticks >= whole)
            {
                Ticks %= whole;
                Alarms += _pending ? 0 : 1;
                _pending = true;
            }

            Interrupt?.SetLine(_pending && (_enabled & 1) != 0);
        }
    }
}
