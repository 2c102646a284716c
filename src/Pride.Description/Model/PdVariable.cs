// A word in a PD's program that the image builder fills (Microkit's setvar): an id, an address or a size.

namespace Pride.Description;

/// <summary>What a variable gets.</summary>
public enum VariableKind
{
    /// <summary>The value itself: an id, a virtual address, a port.</summary>
    Value,

    /// <summary>The size of a region in bytes.</summary>
    RegionSize,

    /// <summary>The length in bytes of what a region is filled with.</summary>
    PrefillSize,

    /// <summary>The physical address of a region, known when the image is laid out.</summary>
    RegionAddress,
}

/// <summary>A variable.</summary>
/// <param name="Symbol">Its symbol, which has the size of a word.</param>
/// <param name="Kind">What it gets.</param>
/// <param name="Value">For <see cref="VariableKind.Value"/>.</param>
/// <param name="Region">For the other kinds.</param>
/// <param name="Origin">Where it was written.</param>
public sealed record PdVariable(string Symbol, VariableKind Kind, ulong Value, MemoryRegion? Region, SourceLocation? Origin);
