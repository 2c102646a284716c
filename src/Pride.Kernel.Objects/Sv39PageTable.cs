// RISC-V translation tables: Sv39, three levels, 39-bit addresses (RISC-V privileged architecture, "Sv39").
//
// Pure arithmetic on entries, for the image builder and for the kernel's walk of a PD's tables. What kind of memory a page is the
// machine knows by itself (physical memory attributes), so a mapping's memory kind does not appear here. Accessed and dirty bits are set
// from the start: hardware may fault on a clear one instead of setting it.

namespace Pride.Kernel.Objects;

/// <summary>Sv39 page-table entries.</summary>
public readonly struct Sv39PageTable : IPageTable
{
    private const ulong Valid = 1UL << 0;
    private const ulong ReadBit = 1UL << 1;
    private const ulong WriteBit = 1UL << 2;
    private const ulong ExecuteBit = 1UL << 3;
    private const ulong UserBit = 1UL << 4;
    private const ulong GlobalBit = 1UL << 5;
    private const ulong Accessed = 1UL << 6;
    private const ulong Dirty = 1UL << 7;

    /// <summary>Bits 53..10 hold the physical page number.</summary>
    private const int PageNumberShift = 10;
    private const ulong PageNumberMask = (1UL << 44) - 1;

    /// <summary>satp: mode 8 is Sv39; address space identifier in bits 59..44; the root's page number below.</summary>
    private const ulong SatpMode = 8UL << 60;
    private const int SatpAsidShift = 44;

    /// <summary>Levels 0 to 2.</summary>
    public static int LastLevel => 2;

    /// <summary>One root for both: the kernel's half is part of every PD's.</summary>
    public static bool SplitsHalves => false;

    public static int Index(ulong address, int level) => (int)((address >> (30 - (9 * level))) & (PageTables.Entries - 1));

    public static ulong Table(ulong physical) => PageNumber(physical) | Valid;

    public static ulong Page(ulong physical, PageMapping mapping)
    {
        ulong bits = Valid | ReadBit | Accessed | Dirty;
        bits |= mapping.User ? UserBit : GlobalBit;
        bits |= mapping.Writable ? WriteBit : mapping.Executable ? ExecuteBit : 0;
        return PageNumber(physical) | bits;
    }

    /// <summary>An entry maps memory, at any level, when it can be read or executed: blocks look like pages.</summary>
    public static ulong Block(ulong physical, PageMapping mapping) => Page(physical, mapping);

    public static bool IsValid(ulong entry) => (entry & Valid) != 0;

    public static bool IsTable(ulong entry) => (entry & (Valid | ReadBit | WriteBit | ExecuteBit)) == Valid;

    public static ulong Address(ulong entry) => ((entry >> PageNumberShift) & PageNumberMask) << PageTables.PageShift;

    public static bool IsUserMemory(ulong entry) => (entry & (UserBit | ReadBit)) == (UserBit | ReadBit);

    /// <summary>satp's value for a root table at <paramref name="root"/>.</summary>
    public static ulong Satp(ulong root, ulong asid) => SatpMode | (asid << SatpAsidShift) | (root >> PageTables.PageShift);

    /// <summary>The root table that satp names.</summary>
    public static ulong RootOf(ulong satp) => (satp & PageNumberMask) << PageTables.PageShift;

    private static ulong PageNumber(ulong physical) => ((physical >> PageTables.PageShift) & PageNumberMask) << PageNumberShift;
}
