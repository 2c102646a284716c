// x86 I/O ports that a PD may use through the kernel.

namespace Pride.Description;

/// <summary>A run of I/O ports.</summary>
/// <param name="Id">The id by which the PD knows it, 0..61.</param>
/// <param name="Address">The first port.</param>
/// <param name="Size">How many.</param>
public sealed record IoPort(int Id, ulong Address, ulong Size)
{
    /// <summary>The symbol in the PD's program that gets <see cref="Id"/>.</summary>
    public string? IdVariable { get; init; }

    /// <summary>The symbol in the PD's program that gets <see cref="Address"/>.</summary>
    public string? AddressVariable { get; init; }

    /// <summary>Where it was written.</summary>
    public SourceLocation? Origin { get; init; }
}
