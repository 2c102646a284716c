// An interrupt line and whom it wakes.

using System.Runtime.InteropServices;

namespace Pride.Kernel.Objects;

/// <summary>How a line signals.</summary>
public enum IrqTrigger : uint
{
    Level = 0,
    Edge = 1,
}

/// <summary>
/// One interrupt. 64 bytes. The builder's array (<see cref="BootInfo.Irqs"/>) is indexed by the interrupt controller's id (GIC: SPI n is 32 + n,
/// PPI n is 16 + n); unused ones are zeroes. A line stays active, and so silent, from delivery until its handler acknowledges.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = Size)]
public unsafe struct IrqEntry
{
    public const int Size = 64;

    /// <summary>Builder: the notification of the PD that handles it; null: the line stays disabled.</summary>
    public Notification* Notification;

    /// <summary>Builder: 1 &lt;&lt; channel id.</summary>
    public ulong Badge;

    /// <summary>Builder: the interrupt's id (its index).</summary>
    public uint Id;

    /// <summary>Builder.</summary>
    public IrqTrigger Trigger;

    /// <summary>Builder: core that takes it.</summary>
    public uint Core;

    /// <summary>x86-64, builder: 1: the pin is active low. ACPI may correct it, and the trigger, at boot.</summary>
    public uint IsActiveLow;

    /// <summary>1 from delivery until acknowledgement.</summary>
    public uint InService;

    /// <summary>Deliveries since boot.</summary>
    public ulong Count;
}
