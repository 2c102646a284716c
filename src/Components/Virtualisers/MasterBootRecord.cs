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
            for (int i = 0; i < Entries; i++)
            {
                if (_partitions[i].Type == TypeProtective)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Where a partition lies, in blocks of 4096 bytes. False when it is empty, or cannot be (<see cref="Sectors.TryPlace"/>).</summary>
    public readonly bool TryGetPartition(uint index, ulong capacityBlocks, out ulong firstBlock, out ulong blocks)
    {
        firstBlock = 0;
        blocks = 0;
        if (index >= Entries)
        {
            return false;
        }

        Partition partition = _partitions[(int)index];
        return partition.Type is not (TypeEmpty or TypeProtective)
            && Sectors.TryPlace(partition.FirstSector, partition.Sectors, capacityBlocks, out firstBlock, out blocks);
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
