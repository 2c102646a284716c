// A memory region as a PD sees it: where it is mapped and how long it is.

using System;
using System.Runtime.CompilerServices;

namespace Pride.Machine;

/// <summary>
/// A mapped memory region. Layout: address, then size in bytes (both 64 bits), as sDDF's <c>region_resource_t</c>.
/// </summary>
public readonly unsafe struct Region(nuint address, ulong size)
{
    /// <summary>Virtual address of the first byte in this PD.</summary>
    public nuint Address { get; } = address;

    /// <summary>Length in bytes.</summary>
    public ulong Size { get; } = size;

    /// <summary>The bytes, for regions of ordinary (cached, not device) memory. Throws when it is longer than a span can be.</summary>
    public Span<byte> Bytes => new((void*)Address, checked((int)Size));

    /// <summary>A reference to a struct at <paramref name="offset"/> bytes; the whole struct must lie inside.</summary>
    public ref T At<T>(ulong offset = 0)
        where T : unmanaged
    {
        if (offset > Size || Size - offset < (ulong)Unsafe.SizeOf<T>())
        {
            ThrowOutside(offset);
        }

        return ref *(T*)(Address + (nuint)offset);
    }

    private static void ThrowOutside(ulong offset) =>
        throw new ArgumentOutOfRangeException(nameof(offset), offset, "outside the region");
}
