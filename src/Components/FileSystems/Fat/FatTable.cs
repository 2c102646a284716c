// The file allocation table: for each cluster, the one that follows it in its file (fatgen103, "FAT Data Structure").

using System;
using System.Buffers.Binary;

namespace Pride.FileSystems.Fat;

/// <summary>Reads links through the block cache.</summary>
internal sealed class FatTable(BlockCache blocks, Stall stall)
{
    /// <summary>The answer of <see cref="TryGetNext"/> for the last cluster of a chain.</summary>
    public const uint EndOfChain = 0;

    // A FAT32 entry has 28 bits; the others are reserved and kept as they are.
    private const uint Fat32Mask = 0x0fffffff;

    private FatGeometry _geometry;

    public void Mount(in FatGeometry geometry) => _geometry = geometry;

    /// <summary>
    /// The cluster after <paramref name="cluster"/>, or <see cref="EndOfChain"/>. A link to a free, bad or missing cluster fails.
    /// </summary>
    public Progress TryGetNext(uint cluster, out uint next)
    {
        Progress progress = TryGetEntry(cluster, out uint entry);
        next = entry;
        if (progress != Progress.Done || _geometry.IsCluster(entry))
        {
            return progress;
        }

        next = EndOfChain;
        return entry >= FirstEndMark ? Progress.Done : stall.Corrupt();
    }

    /// <summary>
    /// How many clusters after <paramref name="cluster"/> follow it one by one on the medium, as far as its block of the FAT tells. The
    /// block has just been read with <see cref="TryGetNext"/>.
    /// </summary>
    public uint CountContiguous(uint cluster)
    {
        int entrySize = (int)_geometry.Kind / 8;
        if (_geometry.Kind == FatKind.Fat12
            || blocks.TryGet(_geometry.FatPosition + ((ulong)cluster * (uint)entrySize), BlockCache.BlockSize, out ReadOnlySpan<byte> links) != Progress.Done)
        {
            return 0;
        }

        uint last = _geometry.ClusterCount + FatGeometry.FirstCluster - 1;
        uint current = cluster;
        while (current < last && links.Length >= entrySize)
        {
            uint link = entrySize == sizeof(ushort)
                ? BinaryPrimitives.ReadUInt16LittleEndian(links)
                : BinaryPrimitives.ReadUInt32LittleEndian(links) & Fat32Mask;
            if (link != current + 1)
            {
                break;
            }

            current++;
            links = links[entrySize..];
        }

        return current - cluster;
    }

    private uint FirstEndMark => _geometry.Kind switch
    {
        FatKind.Fat12 => 0xff8,
        FatKind.Fat16 => 0xfff8,
        _ => 0x0ffffff8,
    };

    private Progress TryGetEntry(uint cluster, out uint entry)
    {
        entry = 0;
        Progress progress;
        switch (_geometry.Kind)
        {
            case FatKind.Fat12:
                return TryGetFat12(cluster, out entry);
            case FatKind.Fat16:
                progress = blocks.TryGet(_geometry.FatPosition + ((ulong)cluster * sizeof(ushort)), sizeof(ushort), out ReadOnlySpan<byte> two);
                entry = progress == Progress.Done ? BinaryPrimitives.ReadUInt16LittleEndian(two) : 0u;
                return progress;
            default:
                progress = blocks.TryGet(_geometry.FatPosition + ((ulong)cluster * sizeof(uint)), sizeof(uint), out ReadOnlySpan<byte> four);
                entry = progress == Progress.Done ? BinaryPrimitives.ReadUInt32LittleEndian(four) & Fat32Mask : 0u;
                return progress;
        }
    }

    // Twelve bits: an even cluster has the low twelve of two bytes, an odd one the high twelve; they may lie in two blocks.
    private Progress TryGetFat12(uint cluster, out uint entry)
    {
        entry = 0;
        ulong position = _geometry.FatPosition + cluster + (cluster / 2);
        Progress progress = blocks.TryGet(position, 1, out ReadOnlySpan<byte> bytes);
        if (progress != Progress.Done)
        {
            return progress;
        }

        uint low = bytes[0];
        progress = blocks.TryGet(position + 1, 1, out bytes);
        if (progress != Progress.Done)
        {
            return progress;
        }

        uint both = low | ((uint)bytes[0] << 8);
        entry = (cluster & 1) == 0 ? both & 0xfff : both >> 4;
        return Progress.Done;
    }
}
