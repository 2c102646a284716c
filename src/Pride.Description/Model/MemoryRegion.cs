// A memory region: a run of physical pages that PDs map.

using System;

namespace Pride.Description;

/// <summary>What stands behind a region.</summary>
public enum RegionKind
{
    /// <summary>Zeroed main memory that the image builder places.</summary>
    Memory,

    /// <summary>Contiguous main memory whose physical address the description knows, for devices that read and write it.</summary>
    Dma,

    /// <summary>Device registers at a fixed physical address.</summary>
    Device,

    /// <summary>The kernel's page of CPU-time and memory figures; PDs may only read it.</summary>
    Statistics,
}

/// <summary>A memory region. Sizes and addresses are in bytes and multiples of the page size.</summary>
public sealed class MemoryRegion
{
    internal MemoryRegion(string name, RegionKind kind, ulong size, ulong? physicalAddress, ReadOnlyMemory<byte> prefill)
    {
        Name = name;
        Kind = kind;
        Size = size;
        FixedPhysicalAddress = physicalAddress;
        Prefill = prefill;
    }

    public string Name { get; }

    public RegionKind Kind { get; }

    public ulong Size { get; }

    /// <summary>Where it lies, for device and DMA regions; null when the image builder chooses.</summary>
    public ulong? FixedPhysicalAddress { get; }

    /// <summary>The first bytes of the region at boot; the rest is zero.</summary>
    public ReadOnlyMemory<byte> Prefill { get; }

    /// <summary>The pages that must be used: their size bounds the alignment of the region; null: the builder's choice.</summary>
    public ulong? PageSize { get; init; }

    /// <summary>Which piece of the boot loader's information fills the region (SDF: <c>prefill_bootinfo</c>); null: none.</summary>
    public string? BootInformation { get; init; }

    /// <summary>Where it was written.</summary>
    public SourceLocation? Origin { get; init; }

    /// <summary>Offset of the device inside its first page and its length: registers need not fill pages.</summary>
    internal (ulong Offset, ulong Length) Window { get; init; }

    /// <summary>Physical address of the first byte.</summary>
    /// <exception cref="SystemDescriptionException">The region is ordinary memory, whose place is chosen later.</exception>
    public ulong PhysicalAddress => FixedPhysicalAddress ?? throw new SystemDescriptionException(
        "physical-address-unknown",
        $"the physical address of region '{Name}' was asked for, but the image builder chooses it after the description has run",
        $"make it with system.DmaRegion(\"{Name}\", ...)");

    /// <summary>By which address devices reach a DMA region: its physical one; where an IOMMU translates, that which it has when the image is not moved.</summary>
    public ulong IoAddress => PhysicalAddress - IoDistance;

    /// <summary>How far the physical address lies above the one that devices use.</summary>
    internal ulong IoDistance { get; init; }

    public override string ToString() => Name;
}

/// <summary>What a PD may do with a mapping.</summary>
[Flags]
public enum Permissions
{
    None = 0,
    Read = 1,
    Write = 2,
    Execute = 4,
    ReadWrite = Read | Write,
}

/// <summary>How a mapping is cached.</summary>
public enum Caching
{
    /// <summary>Write-back, inner shareable.</summary>
    Cached,

    /// <summary>Normal memory, not cached.</summary>
    Uncached,

    /// <summary>Device registers: no gathering, reordering or early acknowledgement.</summary>
    Device,
}

/// <summary>A region in the address space of one PD.</summary>
/// <param name="Region">What is mapped.</param>
/// <param name="VirtualAddress">Address of the region's first page in the PD.</param>
/// <param name="Permissions">What the PD may do.</param>
/// <param name="Caching">Memory type.</param>
public sealed record Mapping(MemoryRegion Region, ulong VirtualAddress, Permissions Permissions, Caching Caching)
{
    /// <summary>Address of the first byte that belongs to the PD: differs from <see cref="VirtualAddress"/> for a device inside a page.</summary>
    public ulong Address => VirtualAddress + Region.Window.Offset;

    /// <summary>Bytes that belong to the PD.</summary>
    public ulong Length => Region.Window.Length;

    /// <summary>One past the last mapped byte.</summary>
    public ulong End => VirtualAddress + Region.Size;

    /// <summary>The symbol in the PD's program that gets <see cref="VirtualAddress"/>.</summary>
    public string? AddressVariable { get; init; }

    /// <summary>The symbol in the PD's program that gets the region's size.</summary>
    public string? SizeVariable { get; init; }

    /// <summary>The symbol in the PD's program that gets the length of what the region is filled with.</summary>
    public string? PrefillSizeVariable { get; init; }

    /// <summary>Where it was written.</summary>
    public SourceLocation? Origin { get; init; }
}
