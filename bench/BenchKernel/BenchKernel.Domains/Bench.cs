// Measures the kernel's operations, one phase after the other. What needs no event runs in Init; what does is driven by its events.

using Pride.Abi;
using Pride.Machine;
using Pride.Microkit;
using Pride.Runtime;

namespace BenchKernel.Domains;

/// <summary>The measuring PD. Its own loops are part of each figure, as they are in the reference.</summary>
[Profile(Profile.Driver)]
public sealed class Bench : ProtectionDomain
{
    private const ulong WarmUps = 64;
    private const ulong Calls = 10_000;
    private const ulong Rounds = 10_000;
    private const ulong Interrupts = 1_000;
    private const ulong Faults = 1_000;

    // Long enough for every PD to be asleep when the interrupt fires.
    private const ulong InterruptDelayNanoseconds = 32_000;

    private Stopwatch _watch;
    private ulong _round;
    private Alarm _alarm;
    private ulong _interruptInstructions;
    private ulong _due;

    [Wired] public Channel Passive;
    [Wired] public Channel Active;
    [Wired] public Channel Sleeper;
    [Wired] public Channel Ponger;
    [Wired] public Channel Faulter;
    [Wired] public Irq Timer;

    /// <summary>The timer's registers, where it has some in memory.</summary>
    [Wired] public Region TimerRegisters;

    /// <summary>PCs: the pin that the timer signals by.</summary>
    [Wired] public uint TimerPin;

    public override void Init()
    {
        // The passive server becomes passive when the monitor has heard of its Init; all of them have higher priority than this PD.
        Call(Passive, 0, WarmUps);
        Measure("ppc-passive-0"u8, Passive, 0);
        Measure("ppc-passive-4"u8, Passive, 4);
        Measure("ppc-passive-16"u8, Passive, 16);
        Measure("ppc-passive-64"u8, Passive, 64);
        Call(Active, 0, WarmUps);
        Measure("ppc-active-0"u8, Active, 0);
        MeasurePending();
        MeasureYield();
        _watch.Start();
        Ponger.Notify();
    }

    public override void Notified(Channel channel)
    {
        if (Timer.Is(channel))
        {
            CountInterrupt();
        }
        else if (++_round < Rounds)
        {
            Ponger.Notify();
        }
        else
        {
            _watch.Print("notify-pingpong"u8, Rounds);
            _round = 0;
            _alarm = new Alarm(TimerRegisters, TimerPin);
            ArmTimer();
        }
    }

    public override bool Fault(Child child, MessageInfo message, out MessageInfo reply)
    {
        // The reply lets the child go on where it was: at the load, which faults again.
        reply = new MessageInfo(0, 0);
        if (_round == 0)
        {
            _watch.Start();
        }

        if (_round++ < Faults)
        {
            return true;
        }

        _watch.Print("fault-to-parent"u8, Faults);
        DebugConsole.WriteLine("bench done"u8);
        return false;
    }

    private static void Call(Channel server, int words, ulong count)
    {
        for (ulong i = 0; i < count; i++)
        {
            server.Call(new MessageInfo(0, words));
        }
    }

    private void Measure(System.ReadOnlySpan<byte> name, Channel server, int words)
    {
        _watch.Start();
        Call(server, words, Calls);
        _watch.Print(name, Calls);
    }

    private void MeasurePending()
    {
        // The first wakes it, the second finds it awake; from the third on the signal is pending already.
        Sleeper.Notify();
        Sleeper.Notify();
        _watch.Start();
        for (ulong i = 0; i < Rounds; i++)
        {
            Sleeper.Notify();
        }

        _watch.Print("notify-pending"u8, Rounds);
    }

    private void MeasureYield()
    {
        _watch.Start();
        for (ulong i = 0; i < Rounds; i++)
        {
            Kernel.Yield();
        }

        _watch.Print("yield"u8, Rounds);
    }

    private void ArmTimer()
    {
        _due = _alarm.Now + InterruptDelayNanoseconds;
        _alarm.Set(_due);
    }

    // From the moment it is due, through the kernel and this PD, until it is acknowledged.
    private void CountInterrupt()
    {
        _alarm.Clear();
        Timer.Acknowledge();
        _interruptInstructions += _alarm.Now - _due;
        if (++_round < Interrupts)
        {
            ArmTimer();
            return;
        }

        Stopwatch.PrintInstructions("irq-to-pd"u8, _interruptInstructions, Interrupts);
        _round = 0;
        Faulter.Notify();
    }
}
