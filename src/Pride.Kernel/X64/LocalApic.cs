// The local APIC of a core in xAPIC mode (Intel SDM volume 3, chapter 11): what delivers interrupts to it, and its timer.

using Pride.Kernel.Objects;
using Pride.Machine;

namespace Pride.Kernel.X64;

/// <summary>The local APIC.</summary>
internal static unsafe class LocalApic
{
    // Registers (SDM volume 3, table 11-1).
    private const ulong Id = 0x20;
    private const ulong TaskPriority = 0x80;
    private const ulong EndOfInterrupt = 0xB0;
    private const ulong Spurious = 0xF0;
    private const ulong CommandLow = 0x300;
    private const ulong CommandHigh = 0x310;
    private const ulong TimerEntry = 0x320;
    private const ulong Line0 = 0x350;
    private const ulong Line1 = 0x360;
    private const ulong ErrorEntry = 0x370;
    private const ulong InitialCount = 0x380;
    private const ulong CurrentCount = 0x390;
    private const ulong Divisor = 0x3E0;

    private const uint SoftwareEnable = 1 << 8;
    private const uint Masked = 1 << 16;
    private const uint DivideBy1 = 0xB;
    private const uint Assert = 1 << 14;
    private const int IdShift = 24;

    /// <summary>IA32_APIC_BASE: the APIC is on.</summary>
    private const uint BaseRegister = 0x1B;
    private const ulong Enable = 1 << 11;

    /// <summary>Turns it on. What the machine could send past the IOAPIC (the old interrupt controller, errors) stays masked.</summary>
    public static void Initialise(CoreState* core, BootInfo* boot)
    {
        X64Instructions.WriteModelRegister(BaseRegister, X64Instructions.ReadModelRegister(BaseRegister) | Enable);
        core->InterruptRegisters = boot->CoreInterruptRegisters;
        core->HardwareId = Read(core, Id) >> IdShift;
        Write(core, Line0, Masked);
        Write(core, Line1, Masked);
        Write(core, ErrorEntry, Masked);
        Write(core, TaskPriority, 0);
        Write(core, Divisor, DivideBy1);
        Write(core, TimerEntry, Masked | X64Interrupts.TimerVector);
        Write(core, Spurious, SoftwareEnable | X64Interrupts.SpuriousVector);
    }

    /// <summary>The timer's interrupt after <paramref name="ticks"/> of its own; 0: never.</summary>
    public static void SetTimer(CoreState* core, uint ticks) => Write(core, InitialCount, ticks);

    /// <summary>What is left of the last <see cref="SetTimer"/>.</summary>
    public static uint TimerLeft(CoreState* core) => Read(core, CurrentCount);

    /// <summary>Lets the timer interrupt; it counts anyway.</summary>
    public static void UnmaskTimer(CoreState* core) => Write(core, TimerEntry, X64Interrupts.TimerVector);

    /// <summary>The interrupt that was delivered last is done with, so that others may come.</summary>
    public static void Complete(CoreState* core) => Write(core, EndOfInterrupt, 0);

    /// <summary>Interrupts the core whose APIC has number <paramref name="id"/>.</summary>
    public static void Interrupt(CoreState* core, ulong id)
    {
        Write(core, CommandHigh, (uint)id << IdShift);
        Write(core, CommandLow, Assert | X64Interrupts.CoreVector);
    }

    private static uint Read(CoreState* core, ulong register) => Mmio.Access.Load32((nuint)(core->InterruptRegisters + register));

    private static void Write(CoreState* core, ulong register, uint value) => Mmio.Access.Store32((nuint)(core->InterruptRegisters + register), value);
}
