// The slot sizes of small objects: multiples of 16 with at most a quarter lost to rounding, chosen so that a block of
// 8 KiB wastes little at its end. What is larger than the last class takes whole blocks.

using System;

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

    /// <summary>Writes the class of every size in granules (0 .. MaximumSmall / Granule) to <paramref name="table"/>.</summary>
    public static unsafe void FillTable(byte* table)
    {
        int sizeClass = 0;
        for (uint granules = 0; granules <= MaximumSmall / Granule; granules++)
        {
            while (SizeOf(sizeClass) < granules * Granule)
            {
                sizeClass++;
            }

            table[granules] = (byte)sizeClass;
        }
    }
}
