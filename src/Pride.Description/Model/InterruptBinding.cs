// An interrupt that a PD handles, in the forms that the architectures know.

using Pride.Abi;

namespace Pride.Description;

/// <summary>How an interrupt line signals.</summary>
public enum Trigger
{
    Level,
    Edge,
}

/// <summary>Which level of an x86 line means "interrupt".</summary>
public enum Polarity
{
    High,
    Low,
}

/// <summary>Where an x86 interrupt comes from; elsewhere the number alone says it.</summary>
public abstract record InterruptSource;

/// <summary>A pin of an I/O APIC.</summary>
/// <param name="IoApic">Which one, from 0.</param>
/// <param name="Pin">Its input.</param>
/// <param name="Polarity">Active high or low.</param>
public sealed record IoApicPin(ulong IoApic, ulong Pin, Polarity Polarity) : InterruptSource;

/// <summary>A message-signalled interrupt of a PCI function.</summary>
/// <param name="Device">The function.</param>
/// <param name="Handle">What the device is to write.</param>
public sealed record MessageSignalled(PciAddress Device, ulong Handle) : InterruptSource;

/// <summary>A PCI function.</summary>
public readonly record struct PciAddress(byte Bus, byte Device, byte Function)
{
    public override string ToString() => $"{Bus:x2}:{Device:x2}.{Function:x}";
}

/// <summary>An interrupt that a PD handles.</summary>
/// <param name="Number">The interrupt controller's number (on a GIC: the INTID, SPI n is 32 + n); on x86 the CPU vector.</param>
/// <param name="Id">The id by which the PD knows it, from the same space as channels.</param>
/// <param name="Trigger">Level or edge.</param>
public sealed record InterruptBinding(uint Number, int Id, Trigger Trigger)
{
    /// <summary>On x86 alone.</summary>
    public InterruptSource? Source { get; init; }

    /// <summary>The line by which Pride's kernel knows it: on x86 the pin, which also chooses the vector, or the message's; elsewhere <see cref="Number"/>.</summary>
    public uint Line => Source switch
    {
        IoApicPin { Pin: <= uint.MaxValue } pin => (uint)pin.Pin,
        MessageSignalled => X64Messages.FirstLine + Number,
        _ => Number,
    };

    /// <summary>The symbol in the PD's program that gets <see cref="Id"/>.</summary>
    public string? IdVariable { get; init; }

    /// <summary>Where it was written.</summary>
    public SourceLocation? Origin { get; init; }
}
