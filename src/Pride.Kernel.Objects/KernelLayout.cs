// Where things stand in the kernel's half of the address space, and how many of each there may be.
//
// The same on every architecture: the upper 256 GiB are the kernel's half of RISC-V's Sv39, the smallest, and lie in that of
// AArch64 (TTBR1, 48-bit addresses) and x86-64 as well. Three windows:
//   physical window   PhysicalWindow + physical address: all RAM and the kernel's devices. RAM counts by the addresses that the image was built for: when it is
//                     loaded elsewhere, the window's tables are changed, and every pointer stays (BootInfo.MemoryAt). Every pointer in a
//                     kernel object is an address in this window. RAM is read-write and never executable;
//                     pages of the kernel image are absent here, except that the kernel's writable segment
//                     may be (nothing uses it). Device registers are never cached.
//   kernel image      the kernel ELF at its link address ImageWindow: text R-X, rodata R--, data RW-. Only the tables say where in
//                     RAM it lies, so boards with the same constants of the build (KernelBuild.cs) have the same ELF.
//   kernel stacks     StackWindow + core * StackStride: StackBytes of RW memory whose lower neighbour is not mapped.
// W^X holds for the kernel as it does for PDs: no page is both writable and executable, in any window.

namespace Pride.Kernel.Objects;

/// <summary>Addresses, sizes and limits that the kernel and the image builder share.</summary>
public static class KernelLayout
{
    /// <summary>Virtual address of physical address 0. Its low 38 bits are clear, so that a bitwise or adds a physical address to it.</summary>
    public const ulong PhysicalWindow = 0xFFFF_FFC0_0000_0000;

    /// <summary>Bytes in the physical window: up to the kernel image's.</summary>
    public const ulong PhysicalWindowBytes = ImageWindow - PhysicalWindow;

    /// <summary>Link address of the kernel ELF: the top 2 GiB suits the code models of all three architectures.</summary>
    public const ulong ImageWindow = 0xFFFF_FFFF_8000_0000;

    /// <summary>Core n's stack occupies [StackWindow + n * StackStride, + StackBytes); the page below it stays unmapped.</summary>
    public const ulong StackWindow = 0xFFFF_FFFF_C000_0000;

    public const ulong StackStride = 0x1_0000;

    /// <summary>Far above the deepest kernel path (the compiler reports it; 16 KiB in debug builds leaves room for a panic's backtrace).</summary>
    public const ulong StackBytes = 0x4000;

    public const int PageBytes = 4096;

    /// <summary>Priorities 0 to 255; 255 is the most urgent.</summary>
    public const int Priorities = 256;

    /// <summary>PDs and virtual CPUs in a system: Microkit's limit is 63 PDs plus the monitor.</summary>
    public const int MaximumTcbs = 256;

    public const int MaximumCores = 8;

    /// <summary>Interrupt ids of GICv2 and GICv3 without LPIs end at 1019, those of the PLIC at 1023: the lesser.</summary>
    public const int MaximumIrqs = 1020;

    /// <summary>Slots in a PD's cap table (Microkit 2.3, PD_CAP_BITS = 9).</summary>
    public const int CapTableSlots = 512;

    /// <summary>Slots in a PD's root table (Microkit 2.3, PD_ROOT_CAP_BITS = 6). Slot 0 stands for the cap table itself.</summary>
    public const int RootTableSlots = 64;

    /// <summary>Every object's address is a multiple of this (a cache line).</summary>
    public const int ObjectAlignment = 64;

    /// <summary>The physical window's address of <paramref name="physical"/>.</summary>
    public static ulong ToVirtual(ulong physical) => PhysicalWindow + physical;

    /// <summary>The physical address behind <paramref name="address"/> in the physical window.</summary>
    public static ulong ToPhysical(ulong address) => address - PhysicalWindow;
}
