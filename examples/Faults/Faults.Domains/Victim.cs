// What all misbehaving PDs share: they report for duty, and misbehave when told to.

using Pride.Abi;
using Pride.Machine;
using Pride.Microkit;

namespace Faults.Domains;

/// <summary>A child of the supervisor.</summary>
public abstract class Victim : ProtectionDomain
{
    /// <summary>What <see cref="s_starts"/> holds in a program that has just started.</summary>
    public const ulong FirstStart = 42;

    // Statics must be as at boot after each restart, whatever this PD did before: the supervisor checks the value.
    private static ulong s_starts = FirstStart - 1;

    [Wired] public Channel Supervisor;

    public override void Init()
    {
        s_starts++;
        MessageRegisters.Set(0, s_starts);
        Supervisor.Call(new MessageInfo(0, 1));
    }

    public override void Notified(Channel channel) => Misbehave();

    /// <summary>The forbidden thing.</summary>
    protected abstract void Misbehave();
}
