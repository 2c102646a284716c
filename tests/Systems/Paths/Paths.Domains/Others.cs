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

    public override void Notified(Channel channel)
    {
    }
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
