// x86-64 translation tables: four levels, 48-bit addresses (Intel SDM volume 3, 4.5 "4-level paging").
//
// Pure arithmetic on entries, for the image builder and for the kernel's walk of a PD's tables. Accessed and dirty bits are set from the
// start, so that the CPU never writes to a table. A page is executable unless the NX bit says no (EFER.NXE is on).

namespace Pride.Kernel.Objects;

/// <summary>Four-level page-table entries.</summary>
public readonly struct X64PageTable : IPageTable
{
    private const ulong Present = 1UL << 0;
    private const ulong WriteBit = 1UL << 1;
    private const ulong UserBit = 1UL << 2;

    /// <summary>Write-through and cache-disable together choose entry 3 of the page attribute table, which is "uncacheable" at reset (SDM 12.12.4).</summary>
    private const ulong Uncacheable = 3UL << 3;
    private const ulong Accessed = 1UL << 5;
    private const ulong Dirty = 1UL << 6;

    /// <summary>Above the last level: the entry maps memory.</summary>
    private const ulong LargePage = 1UL << 7;
    private const ulong GlobalBit = 1UL << 8;
    private const ulong NoExecute = 1UL << 63;
    private const ulong AddressMask = 0x000F_FFFF_FFFF_F000;

    /// <summary>Levels 0 (PML4) to 3.</summary>
    public static int LastLevel => 3;

    /// <summary>One root for both: the kernel's half is part of every PD's.</summary>
    public static bool SplitsHalves => false;

    public static int Index(ulong address, int level) => (int)((address >> (39 - (9 * level))) & (PageTables.Entries - 1));

    /// <summary>Rights are those of the last entry: a table allows everything.</summary>
    public static ulong Table(ulong physical) => (physical & AddressMask) | Accessed | UserBit | WriteBit | Present;

    public static ulong Page(ulong physical, PageMapping mapping)
    {
        ulong bits = Present | Accessed | Dirty;
        bits |= mapping.User ? UserBit : GlobalBit;
        bits |= mapping.Writable ? WriteBit : 0;
        bits |= mapping.Executable && !mapping.Writable ? 0 : NoExecute;
        bits |= mapping.Memory == MemoryKind.Normal ? 0 : Uncacheable;
        return (physical & AddressMask) | bits;
    }

    public static ulong Block(ulong physical, PageMapping mapping) => Page(physical, mapping) | LargePage;

    public static bool IsValid(ulong entry) => (entry & Present) != 0;

    public static bool IsTable(ulong entry) => (entry & (Present | LargePage)) == Present;

    public static ulong Address(ulong entry) => entry & AddressMask;

    public static bool IsUserMemory(ulong entry) => (entry & (Present | UserBit | Uncacheable)) == (Present | UserBit);
}
