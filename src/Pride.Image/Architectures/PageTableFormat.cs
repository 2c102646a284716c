// A page-table format as an object, for the builder of address spaces, which is one for all architectures.

using Pride.Kernel.Objects;

namespace Pride.Image.Architectures;

/// <summary>The members of <see cref="IPageTable"/> on an object.</summary>
public abstract class PageTableFormat
{
    private PageTableFormat()
    {
    }

    /// <summary>AArch64, four levels.</summary>
    public static PageTableFormat Aarch64 { get; } = new Of<Aarch64PageTable>();

    /// <summary>What guests' physical addresses are translated by on AArch64, three levels.</summary>
    public static PageTableFormat Aarch64SecondStage { get; } = new Of<Aarch64SecondStage>();

    /// <summary>RISC-V, three levels.</summary>
    public static PageTableFormat Sv39 { get; } = new Of<Sv39PageTable>();

    /// <summary>x86-64, four levels.</summary>
    public static PageTableFormat X64 { get; } = new Of<X64PageTable>();

    /// <summary>What an x86-64 IOMMU reads, three levels.</summary>
    public static PageTableFormat Iommu { get; } = new Of<IoPageTable>();

    /// <inheritdoc cref="IPageTable.LastLevel"/>
    public abstract int LastLevel { get; }

    /// <inheritdoc cref="IPageTable.SplitsHalves"/>
    public abstract bool SplitsHalves { get; }

    /// <inheritdoc cref="IPageTable.Index"/>
    public abstract int Index(ulong address, int level);

    /// <inheritdoc cref="IPageTable.Table"/>
    public abstract ulong Table(ulong physical);

    /// <summary>An entry of <paramref name="level"/> that maps memory.</summary>
    public abstract ulong Leaf(ulong physical, int level, PageMapping mapping);

    /// <inheritdoc cref="IPageTable.IsValid"/>
    public abstract bool IsValid(ulong entry);

    /// <summary>True when <paramref name="entry"/>, of <paramref name="level"/>, points to a table.</summary>
    public abstract bool IsTable(ulong entry, int level);

    /// <inheritdoc cref="IPageTable.Address"/>
    public abstract ulong Address(ulong entry);

    /// <inheritdoc cref="PageTables.BytesAt"/>
    public abstract ulong BytesAt(int level);

    private sealed class Of<TFormat> : PageTableFormat
        where TFormat : struct, IPageTable
    {
        public override int LastLevel => TFormat.LastLevel;

        public override bool SplitsHalves => TFormat.SplitsHalves;

        public override int Index(ulong address, int level) => TFormat.Index(address, level);

        public override ulong Table(ulong physical) => TFormat.Table(physical);

        public override ulong Leaf(ulong physical, int level, PageMapping mapping) =>
            level == TFormat.LastLevel ? TFormat.Page(physical, mapping) : TFormat.Block(physical, mapping);

        public override bool IsValid(ulong entry) => TFormat.IsValid(entry);

        public override bool IsTable(ulong entry, int level) => level < TFormat.LastLevel && TFormat.IsTable(entry);

        public override ulong Address(ulong entry) => TFormat.Address(entry);

        public override ulong BytesAt(int level) => PageTables.BytesAt<TFormat>(level);
    }
}
