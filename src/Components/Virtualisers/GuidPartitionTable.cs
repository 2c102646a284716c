// The GUID partition table of a disk (UEFI 2.10, 5.3): its header is the second sector, behind a "protective" MBR, and says where its entries lie.
//
// Whatever is in it comes from a disk image: both checksums must be right, and every number is checked before it is used. The copy of the table at the end
// of the disk is not asked for: a disk whose first table is damaged is one for a repair tool, not for a guess.

using System;
using System.Buffers.Binary;
using System.Numerics;
using Pride.Abi.Sddf;

namespace Pride.Virtualisers;

/// <summary>What the header says.</summary>
internal readonly struct GuidPartitionTable
{
    // Within the header.
    private const int HeaderSizeOffset = 12;
    private const int HeaderChecksumOffset = 16;
    private const int BehindHeaderChecksum = 20;
    private const int OwnSectorOffset = 24;
    private const int EntriesSectorOffset = 72;
    private const int EntryCountOffset = 80;
    private const int EntrySizeOffset = 84;
    private const int EntriesChecksumOffset = 88;
    private const int LeastHeaderSize = 92;

    private const ulong HeaderSector = 1;

    // Within an entry: its type is all zeros when it is not used; the last sector belongs to the partition.
    private const int TypeSize = 16;
    private const int FirstSectorOffset = 32;
    private const int LastSectorOffset = 40;
    private const uint LeastEntrySize = 128;

    private readonly uint _offset;
    private readonly uint _entryCount;
    private readonly uint _entrySize;
    private readonly uint _checksum;

    private GuidPartitionTable(ReadOnlySpan<byte> header, ulong firstSector)
    {
        FirstBlock = firstSector / Sectors.PerBlock;
        _offset = (uint)(firstSector % Sectors.PerBlock) * Sectors.Size;
        _entryCount = BinaryPrimitives.ReadUInt32LittleEndian(header[EntryCountOffset..]);
        _entrySize = BinaryPrimitives.ReadUInt32LittleEndian(header[EntrySizeOffset..]);
        _checksum = BinaryPrimitives.ReadUInt32LittleEndian(header[EntriesChecksumOffset..]);
    }

    /// <summary>True: this is a table, not the default value.</summary>
    public bool IsKnown => _entryCount != 0;

    /// <summary>The first block of 4096 bytes that has entries.</summary>
    public ulong FirstBlock { get; }

    /// <summary>How many blocks have entries; 1 for the default value.</summary>
    public ulong BlockCount => IsKnown ? (_offset + Size + BlockRequest.TransferSize - 1) / BlockRequest.TransferSize : 1;

    private ulong Size => (ulong)_entryCount * _entrySize;

    /// <summary>Reads the header from a disk's first block; false when there is none, it is damaged, or its entries take more than <paramref name="mostBlocks"/>.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> firstBlock, ulong mostBlocks, out GuidPartitionTable table)
    {
        table = default;
        ReadOnlySpan<byte> header = firstBlock.Slice(Sectors.Size, Sectors.Size);
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(header[HeaderSizeOffset..]);
        ulong firstSector = BinaryPrimitives.ReadUInt64LittleEndian(header[EntriesSectorOffset..]);
        if (!header.StartsWith("EFI PART"u8)
            || size is < LeastHeaderSize or > Sectors.Size
            || BinaryPrimitives.ReadUInt32LittleEndian(header[HeaderChecksumOffset..]) != ChecksumOf(header[..(int)size])
            || BinaryPrimitives.ReadUInt64LittleEndian(header[OwnSectorOffset..]) != HeaderSector
            || firstSector <= HeaderSector)
        {
            return false;
        }

        GuidPartitionTable found = new(header, firstSector);
        if (!found.IsKnown || found._entrySize < LeastEntrySize || !BitOperations.IsPow2(found._entrySize) || found.BlockCount > mostBlocks)
        {
            return false;
        }

        table = found;
        return true;
    }

    /// <summary>True: <paramref name="blocks"/>, which are <see cref="BlockCount"/> from <see cref="FirstBlock"/> on, have the entries undamaged.</summary>
    public bool IsWhole(ReadOnlySpan<byte> blocks) => ~Checksum(uint.MaxValue, blocks.Slice((int)_offset, (int)Size)) == _checksum;

    /// <inheritdoc cref="MasterBootRecord.TryGetPartition"/>
    public bool TryGetPartition(ReadOnlySpan<byte> entries, uint index, ulong capacityBlocks, out ulong firstBlock, out ulong blocks)
    {
        firstBlock = 0;
        blocks = 0;
        if (index >= _entryCount)
        {
            return false;
        }

        ReadOnlySpan<byte> entry = entries.Slice((int)(_offset + (index * _entrySize)), (int)_entrySize);
        ulong first = BinaryPrimitives.ReadUInt64LittleEndian(entry[FirstSectorOffset..]);
        ulong last = BinaryPrimitives.ReadUInt64LittleEndian(entry[LastSectorOffset..]);
        return entry[..TypeSize].ContainsAnyExcept((byte)0)
            && last >= first
            && Sectors.TryPlace(first, last - first + 1, capacityBlocks, out firstBlock, out blocks);
    }

    // Its own field counts as zero.
    private static uint ChecksumOf(ReadOnlySpan<byte> header)
    {
        uint state = Checksum(uint.MaxValue, header[..HeaderChecksumOffset]);
        state = Checksum(state, [0, 0, 0, 0]);
        return ~Checksum(state, header[BehindHeaderChecksum..]);
    }

    // CRC-32 of ISO 3309, reflected, a bit at a time: it runs once for each disk.
    private static uint Checksum(uint state, ReadOnlySpan<byte> bytes)
    {
        const uint Polynomial = 0xedb8_8320;
        foreach (byte b in bytes)
        {
            state ^= b;
            for (int bit = 0; bit < 8; bit++)
            {
                state = (state >> 1) ^ ((state & 1) != 0 ? Polynomial : 0);
            }
        }

        return state;
    }
}
