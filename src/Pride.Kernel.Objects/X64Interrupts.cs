// The numbers of x86-64's interrupts, and their vectors in the interrupt descriptor table.
//
// An IOAPIC pin's number (global system interrupt, ACPI 5.2.12) is the interrupt's; its vector lies 32 higher, behind the CPU's
// exceptions. Message-signalled interrupts follow from 16 on (X64Messages.cs); a system may use a number for one or the other. The kernel's own lie
// beyond all others, so that no PD can have them.

namespace Pride.Kernel.Objects;

/// <summary>Interrupts and vectors.</summary>
public static class X64Interrupts
{
    /// <summary>The vector of interrupt 0: vectors below are exceptions (Intel SDM volume 3, 6.2).</summary>
    public const uint FirstVector = Abi.X64Messages.FirstCpuVector;

    /// <summary>Pins of the IOAPIC (ICH9 datasheet, 13.5): interrupts that a description may name.</summary>
    public const uint Pins = 24;

    /// <summary>The IOMMU's report of what it has refused.</summary>
    public const uint IommuVector = 0x9C;

    /// <summary>The local APIC's timer, which is the kernel's.</summary>
    public const uint TimerVector = 0x9D;

    /// <summary>Another core's call.</summary>
    public const uint CoreVector = 0x9E;

    /// <summary>What the local APIC delivers when an interrupt has gone meanwhile; not to be completed; its low four bits are set (SDM 11.9).</summary>
    public const uint SpuriousVector = 0x9F;

    /// <summary>Vectors in the table: what an `int` instruction names beyond it faults as any other privileged instruction.</summary>
    public const int Vectors = 0xA0;

    public const uint Timer = TimerVector - FirstVector;
    public const uint Core = CoreVector - FirstVector;
}
