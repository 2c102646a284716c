// What the image builder tells the kernel: the board's facts and where the objects are.
//
// The kernel ELF has one at the symbol `pride_boot_info` (section .pride.boot, one page of rodata, zeroed). The
// builder writes it there, at that symbol's file offset. Until it carries Magic, the entry code stops.

using System.Runtime.InteropServices;
using Pride.Abi;

namespace Pride.Kernel.Objects;

/// <summary>How the firmware is called.</summary>
public enum FirmwareKind : uint
{
    /// <summary>There is none.</summary>
    None = 0,

    /// <summary>PSCI (Arm DEN 0022) by HVC.</summary>
    PsciByHypervisorCall = 1,

    /// <summary>PSCI by SMC.</summary>
    PsciByMonitorCall = 2,

    /// <summary>RISC-V SBI.</summary>
    Sbi = 3,

    /// <summary>None that can be called, but one that has left the other cores waiting for an address (device trees' "spin-table").</summary>
    SpinTable = 4,
}

/// <summary>The boot information. At most one page.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct BootInfo
{
    /// <summary>The kernel ELF's symbol that the builder overwrites.</summary>
    public const string Symbol = "pride_boot_info";

    /// <summary>"PrideBI" and the layout's version.</summary>
    public const ulong ExpectedMagic = 0x0001_4942_6469_7250;

    /// <summary>The words that the entry code reads, by byte offset.</summary>
    public const int KernelRootOffset = 8;
    public const int IdentityRootOffset = 16;
    public const int LoadAddressOffset = 24;
    public const int CoresOffset = 32;
    public const int RamStartOffset = 96;
    public const int RamEndOffset = 104;
    public const int ZeroStartOffset = 112;
    public const int ZeroEndOffset = 120;
    public const int LoadedEndOffset = 128;
    public const int CoreCountOffset = 40;
    public const int BuiltForOffset = 136;
    public const int RelocationOffsetOffset = 144;
    public const int RelocationCountOffset = 152;
    public const int ConsoleUartOffset = 160;
    public const int ConsoleRegistersOffset = 168;

    /// <summary>
    /// An entry of the list of relocations: in the low half the first word, counted from the image's start; then how many words; at the top how far to the right
    /// addresses stand in them. The distance, shifted so, is added to each.
    /// </summary>
    public const int RelocationCountShift = 32;
    public const int RelocationKindShift = 56;
    public const uint LongestRelocation = 0xFF_FFFF;

    /// <summary><see cref="ExpectedMagic"/>.</summary>
    public ulong Magic;

    /// <summary>Physical address of the root table of the kernel's half.</summary>
    public ulong KernelRoot;

    /// <summary>
    /// AArch64, x86-64: physical address of a root table that maps the kernel image's text at its physical address, read-only and executable
    /// for the kernel. Used for the few instructions between turning the MMU on and the jump to the kernel window. x86-64: it maps the kernel's
    /// half and, in a window (X64Boot.cs), the lowest 4 GiB as well, and is used until the firmware's tables have been read.
    /// </summary>
    public ulong IdentityRoot;

    /// <summary>Physical address of the kernel image's first byte, where it is: the entry code has moved it with all that depends on it.</summary>
    public ulong LoadAddress;

    /// <summary>The cores' states, an array.</summary>
    public CoreState* Cores;

    public uint CoreCount;

    public uint TcbCount;

    /// <summary>All threads, an array in order of <see cref="Tcb.Index"/>.</summary>
    public Tcb* Tcbs;

    /// <summary>All scheduling contexts: an array of <see cref="ContextCount"/> pointers.</summary>
    public SchedulingContext** Contexts;

    public uint ContextCount;

    /// <summary>Entries in <see cref="Irqs"/>: the highest interrupt id in use + 1.</summary>
    public uint IrqCount;

    /// <summary>The interrupts by id.</summary>
    public IrqEntry* Irqs;

    /// <summary>The statistics page(s): kernel-writable; the builder may map them read-only into a PD.</summary>
    public StatisticsHeader* Statistics;

    /// <summary>Physical address of a root table that maps nothing of any PD: while no PD runs.</summary>
    public ulong EmptyRoot;

    /// <summary>Physical range of RAM: what ReadMemory may read from.</summary>
    public ulong RamStart;
    public ulong RamEnd;

    /// <summary>Physical range that boot zeroes before any PD runs: stacks, heaps, regions. Whole pages; the image file does not hold them.</summary>
    public ulong ZeroStart;
    public ulong ZeroEnd;

    /// <summary>One past the last physical byte that the image file fills.</summary>
    public ulong LoadedEnd;

    /// <summary>Where the image was built for: the board's load address.</summary>
    public ulong BuiltFor;

    /// <summary>The list of what changes when the image is loaded elsewhere: how far behind the image's start it lies, and its entries; 0: the image stays.</summary>
    public ulong RelocationOffset;
    public ulong RelocationCount;

    /// <summary>Physical-window address of a UART (x86-64: first I/O port of a 16550) for panics (and debug output, when <see cref="DebugCalls"/>); 0: none, or the firmware's console.</summary>
    public ulong ConsoleUart;

    /// <summary>AArch64: how that UART is driven.</summary>
    public ConsoleRegisters ConsoleRegisters;

    /// <summary>The notifications by <see cref="Notification.Index"/>.</summary>
    public Notification* Notifications;

    /// <summary>How the firmware is called.</summary>
    public FirmwareKind Firmware;

    /// <summary>Builder: the domain schedule, which repeats for ever; the same on every core.</summary>
    public DomainSlot* DomainSchedule;

    /// <summary>Slots in <see cref="DomainSchedule"/>; 0: there is one domain, 0.</summary>
    public uint DomainSlots;

    /// <summary>AArch64, <see cref="FirmwareKind.SpinTable"/>: physical-window address of the words that other cores wait for, one for each core.</summary>
    public ulong SpinTable;

    /// <summary>Number by which the machine reports the kernel's own timer (AArch64: the virtual timer, 27). No PD can have it.</summary>
    public uint TimerIrq;

    /// <summary>Physical-window address of the GIC's distributor, of the BCM2836's local part, of the PLIC or of the IOAPIC.</summary>
    public ulong InterruptRegisters;

    /// <summary>GICv2: the CPU interface. GICv3: the redistributors (128 KiB for each core). BCM2836: the BCM2835's part. PLIC: nothing. x86-64: the local APIC.</summary>
    public ulong CoreInterruptRegisters;

    /// <summary>AArch64 hypervisor: the interrupt of the guests' timer, and the one by which the virtual interrupt controller calls the kernel.</summary>
    public uint GuestTimerIrq;
    public uint MaintenanceIrq;

    /// <summary>GICv2 hypervisor: physical-window address of the virtual interface's control registers (GICH).</summary>
    public ulong VirtualInterfaceRegisters;

    /// <summary>PLIC: the context of hart 0's supervisor mode, and how many contexts further the next hart's is.</summary>
    public uint PlicFirstContext;
    public uint PlicContextStride;

    /// <summary>RISC-V: the first hart that has supervisor mode.</summary>
    public uint FirstHart;

    /// <summary>Ticks per second of a counter that does not say so itself (RISC-V: time).</summary>
    public ulong CounterFrequency;

    /// <summary>1: PDs may use DebugPutChar and its kin, as in Microkit's debug configuration. 0 in release: those numbers are unknown system calls.</summary>
    public uint DebugCalls;

    /// <summary>What PDs have begun to print, an array in order of <see cref="Tcb.Index"/>; null: without <see cref="DebugCalls"/>.</summary>
    public DebugLine* DebugLines;

    /// <summary>x86-64: physical-window address of the HPET, by which counter and timer are measured.</summary>
    public ulong ReferenceTimer;

    /// <summary>x86-64: physical-window address at which the board has PCI's configuration space (ECAM), which the kernel compares with ACPI's; 0: no PCI.</summary>
    public ulong PciConfiguration;

    /// <summary>x86-64: physical-window address of the IOMMU's registers; 0: there is none, and devices reach all memory.</summary>
    public ulong IommuRegisters;

    /// <summary>Physical address of its root table, by which functions of PCI reach what the description maps for them.</summary>
    public ulong IommuRoot;

    /// <summary>Words of PDs that take the frequency that boot has measured: an array of <see cref="FrequencyWordCount"/> pointers.</summary>
    public ulong** FrequencyWords;

    public ulong FrequencyWordCount;

    /// <summary>The kernel ELF's build id (first 20 bytes), for the backtrace of a panic.</summary>
    public fixed byte BuildId[24];

    /// <summary>How far main memory and the image lie above the place that the image was built for (modulo 2^64).</summary>
    public readonly ulong Moved => LoadAddress - BuiltFor;

    /// <summary>The physical window's address of main memory at <paramref name="physical"/>. (Devices are not moved: KernelLayout.ToVirtual.)</summary>
    public readonly ulong MemoryAt(ulong physical) => KernelLayout.ToVirtual(physical - Moved);
}
