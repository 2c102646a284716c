// The fixed places of a PD's address space: where the builder puts what the description does not place. The same on every architecture:
// 38 bits, what RISC-V's Sv39 gives to user mode, suit AArch64 and x86-64 too.

using Pride.Machine;

namespace Pride.Description;

/// <summary>Virtual addresses, in bytes. Layout from low to high: unmapped page 0, image, regions, heap, guard, stack, guard, IPC buffer.</summary>
public static class PdLayout
{
    /// <summary>Where every PD's ELF file is linked (libmicrokit's linker script uses the same address).</summary>
    public const ulong ImageBase = 0x20_0000;

    /// <summary>One past the last address an image may use: regions start here unless placed by hand.</summary>
    public const ulong ImageEnd = VirtualAddressPlan.Base;

    /// <summary>The heap: above 4 GiB, so that 32-bit integers are never taken for pointers by the conservative stack scan.</summary>
    public const ulong HeapBase = 0x20_0000_0000;

    /// <summary>On the real seL4 of a PC: the page that says how fast its time counter runs.</summary>
    public const ulong ClockPage = HeapBase - Limits.PageSize;

    /// <summary>One past the last user address: seL4's user top on RISC-V, and below that of the others.</summary>
    public const ulong UserTop = 0x40_0000_0000;

    /// <summary>One past the last address that a description may map: seL4's user top without a hypervisor, 47 bits but for RISC-V.</summary>
    public static ulong AddressTop(Architecture architecture) => architecture == Architecture.RiscV64 ? UserTop : 0x8000_0000_0000;

    /// <summary>The IPC buffer: the top page of user space.</summary>
    public const ulong IpcBuffer = UserTop - Limits.PageSize;

    /// <summary>One past the stack; a guard page parts it from the IPC buffer.</summary>
    public const ulong StackTop = IpcBuffer - Limits.PageSize;

    /// <summary>The lowest stack address; the page below it is a guard.</summary>
    public static ulong StackBottom(ulong stackSize) => StackTop - stackSize;
}
