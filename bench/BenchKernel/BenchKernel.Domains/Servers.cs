// The PDs at the other end: each as small as it can be, so that the kernel is what is measured.

using Pride.Abi;
using Pride.Machine;
using Pride.Microkit;

namespace BenchKernel.Domains;

/// <summary>Answers a call with as many words as it got.</summary>
[Profile(Profile.Driver)]
public sealed class Server : ProtectionDomain
{
    [Wired] public Channel Caller;

    public override MessageInfo Protected(Channel channel, MessageInfo message) => new(0, message.Length);
}

/// <summary>Is signalled again and again but never runs meanwhile: its priority is below the signaller's.</summary>
[Profile(Profile.Driver)]
public sealed class Sleeper : ProtectionDomain
{
    [Wired] public Channel Signaller;

    public override void Notified(Channel channel)
    {
    }
}

/// <summary>Signals back.</summary>
[Profile(Profile.Driver)]
public sealed class Ponger : ProtectionDomain
{
    [Wired] public Channel Pinger;

    public override void Notified(Channel channel) => Pinger.Notify();
}

/// <summary>Loads from an address where nothing is mapped, when it is told to.</summary>
[Profile(Profile.Driver)]
public sealed class Faulter : ProtectionDomain
{
    // Below the program: no region is ever put here.
    private const nuint Unmapped = 0x10_0000;

    [Wired] public Channel Parent;

    public override void Notified(Channel channel) => Mmio.Access.Load32(Unmapped);
}
