// Where everything of a FAT volume lies, worked out from its boot sector (Microsoft, "FAT: General Overview of On-Disk Format" 1.03,
// sections "Boot Sector and BPB" and "FAT Type Determination"). Nothing in the boot sector is believed before it has been
// checked here, so the rest of the server may compute with these numbers.

using System;
using System.Buffers.Binary;
using System.Numerics;

namespace Pride.FileSystems.Fat;

/// <summary>Bits of an entry in the FAT.</summary>
internal enum FatKind
{
    Fat12 = 12,
    Fat16 = 16,
    Fat32 = 32,
}

/// <summary>The layout of a volume. Positions are bytes on the medium.</summary>
internal readonly struct FatGeometry
{
    /// <summary>Bytes of the sector that a boot sector and a partition table fit in.</summary>
    public const int BootSectorSize = 512;

    /// <summary>Bytes of a directory entry.</summary>
    public const int EntrySize = 32;

    /// <summary>The first cluster that holds data; 0 and 1 are no clusters.</summary>
    public const uint FirstCluster = 2;

    private const int MaximumSectorSize = 4096;
    private const int MaximumSectorsPerCluster = 128;

    // "FAT Type Determination": fewer clusters than this make FAT12, FAT16; FAT32 has 28 bits, of which the topmost values are marks.
    private const uint Fat16MinimumClusters = 4085;
    private const uint Fat32MinimumClusters = 65525;
    private const uint Fat32MaximumClusters = 0x0ffffff5;

    // BPB_ExtFlags: bit 7 one FAT is active, bits 3..0 which.
    private const int ExtendedFlagsOneActive = 0x80;
    private const int ExtendedFlagsActiveMask = 0x0f;

    public FatKind Kind { get; private init; }

    /// <summary>log2 of a cluster's bytes.</summary>
    public int ClusterShift { get; private init; }

    /// <summary>Data clusters: valid numbers are 2 to this plus 1.</summary>
    public uint ClusterCount { get; private init; }

    /// <summary>The FAT that is read.</summary>
    public ulong FatPosition { get; private init; }

    /// <summary>Of cluster 2.</summary>
    public ulong DataPosition { get; private init; }

    /// <summary>FAT12 and FAT16: the root directory's place.</summary>
    public ulong RootPosition { get; private init; }

    /// <summary>FAT12 and FAT16: entries of the root directory.</summary>
    public uint RootEntries { get; private init; }

    /// <summary>FAT32: the root directory's first cluster; 0 for the others.</summary>
    public uint RootCluster { get; private init; }

    public uint ClusterSize => 1u << ClusterShift;

    public bool IsCluster(uint cluster) => cluster - FirstCluster < ClusterCount;

    public ulong PositionOf(uint cluster) => DataPosition + ((ulong)(cluster - FirstCluster) << ClusterShift);

    /// <summary>
    /// Reads a boot sector that lies at <paramref name="volumePosition"/> on a medium of <paramref name="mediumSize"/> bytes (0: not
    /// known). False when it is not the boot sector of a FAT volume whose tables lie on the medium.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> sector, ulong volumePosition, ulong mediumSize, out FatGeometry geometry)
    {
        geometry = default;
        uint sectorSize = BinaryPrimitives.ReadUInt16LittleEndian(sector[11..]);
        uint sectorsPerCluster = sector[13];
        uint reserved = BinaryPrimitives.ReadUInt16LittleEndian(sector[14..]);
        uint fats = sector[16];
        uint rootEntries = BinaryPrimitives.ReadUInt16LittleEndian(sector[17..]);
        if (sector[510] != 0x55
            || sector[511] != 0xaa
            || !BitOperations.IsPow2(sectorSize)
            || sectorSize is < BootSectorSize or > MaximumSectorSize
            || !BitOperations.IsPow2(sectorsPerCluster)
            || sectorsPerCluster > MaximumSectorsPerCluster
            || reserved == 0
            || fats == 0)
        {
            return false;
        }

        uint fatSize = BinaryPrimitives.ReadUInt16LittleEndian(sector[22..]);
        bool isFat32 = fatSize == 0;
        fatSize = isFat32 ? BinaryPrimitives.ReadUInt32LittleEndian(sector[36..]) : fatSize;
        uint totalSectors = BinaryPrimitives.ReadUInt16LittleEndian(sector[19..]);
        totalSectors = totalSectors == 0 ? BinaryPrimitives.ReadUInt32LittleEndian(sector[32..]) : totalSectors;
        ulong rootSectors = (((ulong)rootEntries * EntrySize) + sectorSize - 1) / sectorSize;
        ulong rootSector = reserved + ((ulong)fats * fatSize);
        ulong dataSector = rootSector + rootSectors;
        if (fatSize == 0 || isFat32 != (rootEntries == 0) || dataSector >= totalSectors)
        {
            return false;
        }

        ulong clusters = (totalSectors - dataSector) / sectorsPerCluster;
        int active = isFat32 ? ActiveFat(sector) : 0;
        FatKind kind = isFat32 ? FatKind.Fat32 : clusters < Fat16MinimumClusters ? FatKind.Fat12 : FatKind.Fat16;
        ulong entriesInFat = (ulong)fatSize * sectorSize * 8 / (ulong)kind;
        geometry = new FatGeometry
        {
            Kind = kind,
            ClusterShift = BitOperations.Log2(sectorSize * sectorsPerCluster),
            ClusterCount = (uint)clusters,
            FatPosition = volumePosition + ((reserved + ((ulong)active * fatSize)) * sectorSize),
            RootPosition = volumePosition + (rootSector * sectorSize),
            DataPosition = volumePosition + (dataSector * sectorSize),
            RootEntries = rootEntries,
            RootCluster = isFat32 ? BinaryPrimitives.ReadUInt32LittleEndian(sector[44..]) : 0,
        };
        return clusters != 0
            && clusters < (isFat32 ? Fat32MaximumClusters : Fat32MinimumClusters)
            && entriesInFat >= clusters + FirstCluster
            && active < fats
            && (!isFat32 || (IsVersionZero(sector) && geometry.IsCluster(geometry.RootCluster)))
            && (mediumSize == 0 || geometry.DataPosition <= mediumSize);
    }

    private static int ActiveFat(ReadOnlySpan<byte> sector)
    {
        int flags = sector[40];
        return (flags & ExtendedFlagsOneActive) != 0 ? flags & ExtendedFlagsActiveMask : 0;
    }

    // BPB_FSVer: a volume of a later version is not to be mounted.
    private static bool IsVersionZero(ReadOnlySpan<byte> sector) => BinaryPrimitives.ReadUInt16LittleEndian(sector[42..]) == 0;
}

/// <summary>A medium that was not partitioned for the virtualiser may still carry a partition table of its own.</summary>
internal static class FatPartition
{
    private const int TableOffset = 446;
    private const int PartitionSize = 16;
    private const int Partitions = 4;

    /// <summary>The position of the first partition of a FAT type; false when there is none.</summary>
    public static bool TryFind(ReadOnlySpan<byte> sector, out ulong position)
    {
        position = 0;
        if (sector[510] != 0x55 || sector[511] != 0xaa)
        {
            return false;
        }

        for (int i = 0; i < Partitions; i++)
        {
            ReadOnlySpan<byte> entry = sector.Slice(TableOffset + (i * PartitionSize), PartitionSize);
            uint firstSector = BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]);

            // FAT12, FAT16 below 32 MiB, FAT16, FAT32, FAT32 with LBA, FAT16 with LBA.
            if (entry[4] is 0x01 or 0x04 or 0x06 or 0x0b or 0x0c or 0x0e && firstSector != 0)
            {
                position = (ulong)firstSector * FatGeometry.BootSectorSize;
                return true;
            }
        }

        return false;
    }
}
