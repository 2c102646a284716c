// The partition table in the first sector of a disk (the MS-DOS master boot record, as UEFI 2.10, 5.2.1 describes it).
//
// Whatever is in it comes from a disk image: every number is checked against the medium before it is used.

using System;
using System.Buffers.Binary;
using Pride.Abi.Sddf;

namespace Pride.Virtualisers;

/// <summary>The four primary partitions.</summary>
internal struct MasterBootRecord
{
    private const int TableOffset = 446;
    private const int EntrySize = 16;
    private const int Entries = 4;
    private const int SignatureOffset = 510;
    private const ushort Signature = 0xaa55;

    // Within an entry.
    private const int TypeOffset = 4;
    private const int FirstSectorOffset = 8;
    private const int SectorsOffset = 12;

    private const byte TypeEmpty = 0;

    // Covers the disk where the real table is a GPT.
    private const byte TypeProtective = 0xee;

    private const uint SectorsPerBlock = BlockRequest.TransferSize / 512;

    private Partitions _partitions;

    /// <summary>Reads the table from a copy of the first sector; false when there is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> sector, out MasterBootRecord table)
    {
        table = default;
        if (BinaryPrimitives.ReadUInt16LittleEndian(sector[SignatureOffset..]) != Signature)
        {
            return false;
        }

        for (int i = 0; i < Entries; i++)
        {
            ReadOnlySpan<byte> entry = sector.Slice(TableOffset + (i * EntrySize), EntrySize);
            table._partitions[i] = new Partition
            {
                Type = entry[TypeOffset],
                FirstSector = BinaryPrimitives.ReadUInt32LittleEndian(entry[FirstSectorOffset..]),
                Sectors = BinaryPrimitives.ReadUInt32LittleEndian(entry[SectorsOffset..]),
            };
        }

        return true;
    }

    /// <summary>True: the real table is a GPT.</summary>
    public readonly bool IsProtective
    {
        get
        {
            bool found = false;
            for (int i = 0; i < Entries; i++)
            {
                found |= _partitions[i].Type == TypeProtective;
            }

            return found;
        }
    }

    /// <summary>
    /// Where a partition lies, in blocks of 4096 bytes. False when it is empty, does not start on a block, or does not fit a
    /// medium of <paramref name="capacityBlocks"/>. What is left behind its last whole block is not used.
    /// </summary>
    public readonly bool TryGetPartition(uint index, ulong capacityBlocks, out ulong firstBlock, out ulong blocks)
    {
        firstBlock = 0;
        blocks = 0;
        if (index >= Entries)
        {
            return false;
        }

        Partition partition = _partitions[(int)index];
        if (partition.Type is TypeEmpty or TypeProtective || partition.FirstSector == 0 || partition.FirstSector % SectorsPerBlock != 0)
        {
            return false;
        }

        firstBlock = partition.FirstSector / SectorsPerBlock;
        blocks = partition.Sectors / SectorsPerBlock;
        return blocks != 0 && firstBlock < capacityBlocks && blocks <= capacityBlocks - firstBlock;
    }

    private struct Partition
    {
        public byte Type;
        public uint FirstSector;
        public uint Sectors;
    }

    [System.Runtime.CompilerServices.InlineArray(Entries)]
    private struct Partitions
    {
        private Partition _first;
    }
}
