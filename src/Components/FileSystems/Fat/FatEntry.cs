// A directory entry, out of its 32 bytes (fatgen103, "FAT Directory Structure").

using System;
using System.Buffers.Binary;

namespace Pride.FileSystems.Fat;

/// <summary>DIR_Attr.</summary>
[Flags]
internal enum FatAttributes : byte
{
    ReadOnly = 0x01,
    Hidden = 0x02,
    System = 0x04,
    VolumeLabel = 0x08,
    Directory = 0x10,
    Archive = 0x20,

    /// <summary>All four together mark a part of a long name.</summary>
    LongName = 0x0f,

    /// <summary>The bits that are looked at to tell a long name.</summary>
    LongNameMask = 0x3f,
}

/// <summary>What a directory says of a file.</summary>
internal readonly struct FatEntry
{
    public uint FirstCluster { get; private init; }

    /// <summary>Bytes; of no meaning for directories.</summary>
    public uint Size { get; private init; }

    /// <summary>The entry's own position on the medium; 0 for the root directory, which has none.</summary>
    public ulong Position { get; private init; }

    public FatAttributes Attributes { get; private init; }

    public ushort WriteTime { get; private init; }

    public ushort WriteDate { get; private init; }

    public ushort CreationTime { get; private init; }

    public ushort CreationDate { get; private init; }

    public ushort AccessDate { get; private init; }

    public bool IsDirectory => (Attributes & FatAttributes.Directory) != 0;

    /// <summary>The root directory, whose first cluster is 0 except on FAT32.</summary>
    public static FatEntry Root(in FatGeometry geometry) => new() { FirstCluster = geometry.RootCluster, Attributes = FatAttributes.Directory };

    /// <summary>Reads the 32 bytes found at <paramref name="position"/>.</summary>
    public static FatEntry Read(ReadOnlySpan<byte> raw, FatKind kind, ulong position)
    {
        uint low = BinaryPrimitives.ReadUInt16LittleEndian(raw[26..]);
        uint high = kind == FatKind.Fat32 ? BinaryPrimitives.ReadUInt16LittleEndian(raw[20..]) : 0u;
        return new FatEntry
        {
            FirstCluster = low | (high << 16),
            Size = BinaryPrimitives.ReadUInt32LittleEndian(raw[28..]),
            Position = position,
            Attributes = (FatAttributes)raw[11],
            CreationTime = BinaryPrimitives.ReadUInt16LittleEndian(raw[14..]),
            CreationDate = BinaryPrimitives.ReadUInt16LittleEndian(raw[16..]),
            AccessDate = BinaryPrimitives.ReadUInt16LittleEndian(raw[18..]),
            WriteTime = BinaryPrimitives.ReadUInt16LittleEndian(raw[22..]),
            WriteDate = BinaryPrimitives.ReadUInt16LittleEndian(raw[24..]),
        };
    }
}
