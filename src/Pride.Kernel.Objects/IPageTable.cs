// The format of one architecture's translation tables: pure arithmetic on entries, for the image builder, which writes tables,
// and for the kernel's walk of a PD's tables. All formats have 4 KiB pages and tables of 512 entries of 8 bytes.

namespace Pride.Kernel.Objects;

/// <summary>Entries of translation tables. Level 0 is the root.</summary>
public interface IPageTable
{
    /// <summary>The level whose entries map pages; entries of the level above may map large pages.</summary>
    static abstract int LastLevel { get; }

    /// <summary>True: PDs have tables of their own register, apart from the kernel's. False: the kernel's half is part of every PD's root.</summary>
    static abstract bool SplitsHalves { get; }

    /// <summary>Index into the table of <paramref name="level"/> for <paramref name="address"/>.</summary>
    static abstract int Index(ulong address, int level);

    /// <summary>An entry that points to the next level's table at <paramref name="physical"/>.</summary>
    static abstract ulong Table(ulong physical);

    /// <summary>An entry of the last level. Throws nothing: a mapping that is both writable and executable comes out not executable.</summary>
    static abstract ulong Page(ulong physical, PageMapping mapping);

    /// <summary>An entry of a level above the last that maps memory: a large page.</summary>
    static abstract ulong Block(ulong physical, PageMapping mapping);

    static abstract bool IsValid(ulong entry);

    /// <summary>Above the last level: the entry points to a table.</summary>
    static abstract bool IsTable(ulong entry);

    /// <summary>The physical address in an entry.</summary>
    static abstract ulong Address(ulong entry);

    /// <summary>A PD may read it and it is memory, not a device.</summary>
    static abstract bool IsUserMemory(ulong entry);
}

/// <summary>Figures that all formats share.</summary>
public static class PageTables
{
    /// <summary>Entries in a table.</summary>
    public const int Entries = 512;

    /// <summary>Bits of an address that choose an entry of a table.</summary>
    public const int IndexBits = 9;

    /// <summary>Bits of an address inside a page.</summary>
    public const int PageShift = 12;

    /// <summary>Bytes of the large page that an entry one level above the last maps.</summary>
    public const ulong LargePageBytes = 1UL << (PageShift + IndexBits);

    /// <summary>Bytes that an entry of <paramref name="level"/> maps.</summary>
    public static ulong BytesAt<TFormat>(int level)
        where TFormat : struct, IPageTable => 1UL << (PageShift + (IndexBits * (TFormat.LastLevel - level)));
}
