// Whom the prober deals with.

using Pride.Abi;
using Pride.Machine;
using Pride.Microkit;

namespace Paths.Domains;

/// <summary>Answers a call with as many words as it got.</summary>
[Profile(Profile.Driver)]
public sealed class Server : ProtectionDomain
{
    [Wired] public Channel Caller;

    public override MessageInfo Protected(Channel channel, MessageInfo message) => new(0, message.Length);

    /// <summary>Signals back, so that its caller has something to receive.</summary>
    public override void Notified(Channel channel) => Caller.Notify();
}

/// <summary>Makes a call that is none and loads from an address where nothing is mapped, when it is told to.</summary>
[Profile(Profile.Driver)]
public sealed class Faulter : ProtectionDomain
{
    // Below the program: no region is ever put here.
    private const nuint Unmapped = 0x10_0000;
    private const long NoSuchCall = -4711;

    [Wired] public Channel Parent;

    public override void Notified(Channel channel)
    {
        MarkedCalls.Unknown(0, 0, 0, 0, 0, 0, 0, NoSuchCall, 0);
        Mmio.Access.Load32(Unmapped);
    }
}

/// <summary>Has a budget of twice what a thread must have left to be let run, and enters the kernel all the while: so also when too little is left.</summary>
[Profile(Profile.Driver)]
public sealed class Spender : ProtectionDomain
{
    private const int Calls = 40;
    private const ulong MicrosecondsBetween = 3;
    private const ulong MicrosecondsPerSecond = 1_000_000;

    public override void Init()
    {
        ulong pause = MicrosecondsBetween * CpuCounter.Frequency() / MicrosecondsPerSecond;
        for (int i = 0; i < Calls; i++)
        {
            ulong start = CpuCounter.Count();
            while (CpuCounter.Count() - start < pause)
            {
            }

            MarkedCalls.NBWait(CapSlots.Input, 0, 0, 0, 0, 0, 0, SystemCalls.NBWait, 0);
        }
    }
}
