// Second-level translation tables of an x86-64 IOMMU: three levels, 39-bit addresses (Intel VT-d 4.1, 9.8 "Second-stage paging entries"), and the
// root and context entries that lead to them (9.1, 9.3).

namespace Pride.Kernel.Objects;

/// <summary>Entries by which a device's addresses are translated.</summary>
public readonly struct IoPageTable : IPageTable
{
    private const ulong ReadBit = 1UL << 0;
    private const ulong WriteBit = 1UL << 1;
    private const ulong LargePage = 1UL << 7;
    private const ulong AddressMask = 0x000F_FFFF_FFFF_F000;
    private const ulong Present = 1UL << 0;

    /// <summary>A context entry's second word: three levels, and the domain's number above.</summary>
    private const ulong ThreeLevels = 1;
    private const int DomainShift = 8;

    /// <summary>Bytes of a root or context entry; each table of them is a page.</summary>
    public const int EntryBytes = 16;

    /// <summary>Functions on a bus, and buses.</summary>
    public const int EntriesOfPage = 256;

    /// <summary>Domain numbers are 16 bits wide at the most; 0 is left to hardware that reserves it (VT-d 4.1, 6.2.2.1).</summary>
    public const ulong MaximumDomain = ushort.MaxValue;

    /// <summary>Levels 0 to 2.</summary>
    public static int LastLevel => 2;

    /// <summary>There is no kernel in them.</summary>
    public static bool SplitsHalves => true;

    public static int Index(ulong address, int level) => (int)((address >> (30 - (9 * level))) & (PageTables.Entries - 1));

    public static ulong Table(ulong physical) => (physical & AddressMask) | WriteBit | ReadBit;

    public static ulong Page(ulong physical, PageMapping mapping) => (physical & AddressMask) | ReadBit | (mapping.Writable ? WriteBit : 0);

    public static ulong Block(ulong physical, PageMapping mapping) => Page(physical, mapping) | LargePage;

    public static bool IsValid(ulong entry) => (entry & (ReadBit | WriteBit)) != 0;

    public static bool IsTable(ulong entry) => IsValid(entry) && (entry & LargePage) == 0;

    public static ulong Address(ulong entry) => entry & AddressMask;

    public static bool IsUserMemory(ulong entry) => IsValid(entry);

    /// <summary>The first word of a root entry, for a bus; the second is 0.</summary>
    public static ulong RootEntry(ulong contextTable) => contextTable | Present;

    /// <summary>The two words of a context entry, for a function.</summary>
    public static (ulong Low, ulong High) ContextEntry(ulong table, ulong domain) => (table | Present, ThreeLevels | (domain << DomainShift));
}
