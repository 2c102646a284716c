// PDs that misuse the kernel, the processor's time and the language.

using System;
using Pride.Machine;
using Pride.Microkit;

namespace Faults.Domains;

/// <summary>
/// Sends to made-up caps with made-up labels and lengths, which the kernel refuses in silence (a non-blocking send tells its sender
/// nothing), then makes a call whose number no system call has.
/// </summary>
public sealed class WildCalls : Victim
{
    private const int Rounds = 5_000;
    private const long NBSend = -6;
    private const long NoSuchCall = -4711;

    protected override void Misbehave()
    {
        ulong seed = 1;
        for (int i = 0; i < Rounds; i++)
        {
            seed = (seed * 6364136223846793005UL) + 1442695040888963407UL;

            // Beyond the caps this PD has; half of them are far outside any table.
            ulong cap = (seed >> 33) | 0x1000;
            KernelCalls.Enter(cap, seed, seed, seed >> 7, seed >> 13, seed >> 29, 0, NBSend, 0);
        }

        KernelCalls.Enter(0, 0, 0, 0, 0, 0, 0, NoSuchCall, 0);
    }
}

/// <summary>Throws an exception that nobody catches.</summary>
public sealed class UnhandledException : Victim
{
    protected override void Misbehave() => throw new InvalidOperationException("nobody catches this");
}

/// <summary>Never gives the processor back by itself. Its priority is above the supervisor's, so it cannot call it: it notifies.</summary>
public sealed class Spinner : ProtectionDomain
{
    private ulong _turns;

    [Wired] public Channel Supervisor;

    public override void Init() => Supervisor.Notify();

    public override void Notified(Channel channel)
    {
        while (true)
        {
            _turns++;
            Barrier.Full();
        }
    }
}
