// The local APIC of a core in xAPIC mode (Intel SDM volume 3, chapter 11): what delivers interrupts to it, and its timer.

using Pride.Kernel.Objects;
using Pride.Machine;

namespace Pride.Kernel.X64;

/// <summary>The local APIC.</summary>
internal static unsafe class LocalApic
{
    // Registers (SDM volume 3, table 11-1).
    private const ulong TaskPriority = 0x80;
    private const ulong EndOfInterrupt = 0xB0;
    private const ulong LogicalId = 0xD0;
    private const ulong LogicalFormat = 0xE0;
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
    private const uint ToLogical = 1 << 11;
    private const uint DeliverReset = 5 << 8;
    private const uint DeliverStartUp = 6 << 8;

    /// <summary>Flat: eight bits, one for each core, as many as the kernel may have.</summary>
    private const uint Flat = uint.MaxValue;
    private const int PageShift = 12;
    private const int IdShift = 24;

    /// <summary>IA32_APIC_BASE: the APIC is on.</summary>
    private const uint BaseRegister = 0x1B;
    private const ulong Enable = 1 << 11;

    /// <summary>The number of this core's APIC (CPUID 1, ebx, SDM volume 2).</summary>
    public static uint OwnId() => X64Instructions.ReadFeatures(1, 0).Ebx >> IdShift;

    /// <summary>Turns it on. What the machine could send past the IOAPIC (the old interrupt controller, errors) stays masked.</summary>
    public static void Initialise(CoreState* core, BootInfo* boot)
    {
        X64Instructions.WriteModelRegister(BaseRegister, X64Instructions.ReadModelRegister(BaseRegister) | Enable);
        core->InterruptRegisters = boot->CoreInterruptRegisters;
        Write(core, LogicalFormat, Flat);
        Write(core, LogicalId, LogicalDestination(core->Index));
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

    /// <summary>Interrupts core <paramref name="target"/>. What this core has written before is visible there: registers are written in order with memory (SDM 10.6).</summary>
    public static void Interrupt(CoreState* core, uint target)
    {
        Write(core, CommandHigh, LogicalDestination(target));
        Write(core, CommandLow, ToLogical | Assert | X64Interrupts.CoreVector);
    }

    /// <summary>How messages and pins name core <paramref name="index"/>: the high byte of a destination.</summary>
    public static uint LogicalDestination(uint index) => 1U << (IdShift + (int)index);

    /// <summary>Resets the core whose APIC has number <paramref name="id"/>: it waits for a start-up message.</summary>
    public static void Reset(CoreState* core, ulong id) => Send(core, id, DeliverReset | Assert);

    /// <summary>Lets a core that waits for it start at the trampoline.</summary>
    public static void StartUp(CoreState* core, ulong id) => Send(core, id, DeliverStartUp | Assert | (uint)(X64Boot.Trampoline >> PageShift));

    private static void Send(CoreState* core, ulong id, uint command)
    {
        Write(core, CommandHigh, (uint)id << IdShift);
        Write(core, CommandLow, command);
    }

    private static uint Read(CoreState* core, ulong register) => Mmio.Access.Load32((nuint)(core->InterruptRegisters + register));

    private static void Write(CoreState* core, ulong register, uint value) => Mmio.Access.Store32((nuint)(core->InterruptRegisters + register), value);
}
