// Who has which physical memory: one record for each piece, kept for `pride map` and for the check that nothing overlaps.

namespace Pride.Image.Memory;

/// <summary>How a piece of memory gets its first content.</summary>
public enum MemoryOrigin
{
    /// <summary>It is in the image file.</summary>
    Loaded,

    /// <summary>The kernel zeroes it at boot.</summary>
    Zeroed,

    /// <summary>A device: not memory at all.</summary>
    Device,
}

/// <summary>A run of physical memory.</summary>
/// <param name="Owner">"kernel" or the PD's or region's name.</param>
/// <param name="What">"text", "stack", "page tables", "TCBs", ...</param>
/// <param name="Physical">Physical address.</param>
/// <param name="Bytes">Length.</param>
/// <param name="Origin">Where its content comes from.</param>
public sealed record MemoryUse(string Owner, string What, ulong Physical, ulong Bytes, MemoryOrigin Origin)
{
    public ulong End => Physical + Bytes;
}
