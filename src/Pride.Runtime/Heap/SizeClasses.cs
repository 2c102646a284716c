// The slot sizes of small objects: multiples of 16 with at most a quarter lost to rounding, chosen so that a block of
// 8 KiB wastes little at its end. What is larger than the last class takes whole blocks.

using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pride.Runtime.Heap;

/// <summary>Sizes and the table from size to class.</summary>
internal static class SizeClasses
{
    public const int Count = 25;

    /// <summary>Bytes of the largest object that shares a block with others.</summary>
    public const uint MaximumSmall = 4096;

    /// <summary>Slots start at multiples of this, so that every object is aligned for 128-bit loads.</summary>
    public const uint Granule = 16;

    private static ReadOnlySpan<ushort> Sizes =>
    [
        16, 32, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 624, 736, 816, 1024, 1168, 1360, 2048, 2720, 4096,
    ];

    public static uint SizeOf(int sizeClass) => Sizes[sizeClass];

    /// <summary>The class of objects of <paramref name="size"/> bytes, which is at most <see cref="MaximumSmall"/>. Constant when the size is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Of(nuint size) => Unsafe.Add(ref MemoryMarshal.GetReference(ClassOfGranules), (size + (Granule - 1)) / Granule);

    // The first class whose slots have room, by size in granules (0 .. MaximumSmall / Granule). Data, not computed: the
    // allocator's look-up for a type whose size is known then costs nothing.
    private static ReadOnlySpan<byte> ClassOfGranules =>
    [
        0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 15, 15, 15,
        15, 16, 16, 16, 16, 16, 16, 16, 17, 17, 17, 17, 17, 17, 17, 18, 18, 18, 18, 18, 19, 19, 19, 19, 19, 19, 19, 19, 19, 19, 19, 19,
        19, 20, 20, 20, 20, 20, 20, 20, 20, 20, 21, 21, 21, 21, 21, 21, 21, 21, 21, 21, 21, 21, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22,
        22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22,
        22, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23,
        23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24,
        24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24,
        24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24,
        24,
    ];
}
