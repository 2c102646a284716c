// What an AHCI controller reads and writes in memory (Serial ATA AHCI 1.3.1, 4.2; ATA8-ACS): a list with a header for each slot, a table for
// each with the command and where its data lies, and the place for what the disk answers.

using System;
using System.Buffers.Binary;
using Pride.Abi.Sddf;
using Pride.Machine;

namespace Pride.Drivers.Block;

/// <summary>The memory of one port.</summary>
internal readonly struct AhciCommands
{
    // The list, then the answers (256 bytes, aligned), then a page for the disk's identity.
    private const uint HeaderBytes = 32;
    private const ulong ReceivedOffset = 1024;
    private const ulong IdentityOffset = 4096;
    private const int IdentityBytes = 512;

    // A table: the command's frame, then pieces of memory of 16 bytes each.
    private const uint TableBytes = 256;
    private const uint FrameBytes = 20;
    private const uint PiecesOffset = 0x80;
    private const uint PieceBytes = 16;
    private const uint MaximumPieces = (TableBytes - PiecesOffset) / PieceBytes;

    /// <summary>A piece is 4 MiB at most.</summary>
    private const uint MaximumPiece = 4 << 20;
    private const uint SectorSize = 512;
    private const uint SectorsPerBlock = BlockRequest.TransferSize / SectorSize;

    /// <summary>The count of a command has 16 bits, 0 for 65536.</summary>
    private const uint MaximumBlocks = MaximumPieces * (MaximumPiece / BlockRequest.TransferSize);

    private const uint HeaderWrite = 1 << 6;
    private const int HeaderPiecesShift = 16;

    // A frame from host to device (Serial ATA 3.0, 10.3.4).
    private const byte FrameHostToDevice = 0x27;
    private const byte FrameIsCommand = 0x80;
    private const byte DeviceLinear = 1 << 6;
    private const byte ReadDma = 0x25;
    private const byte WriteDma = 0x35;
    private const byte FlushCache = 0xea;
    private const byte Identify = 0xec;

    // IDENTIFY DEVICE (ATA8-ACS, 7.16): 48-bit commands, a write cache that is on, the size, and sectors that are not 512 bytes.
    private const int Word48Bits = 83;
    private const int Bit48Bits = 1 << 10;
    private const int WordWriteCache = 85;
    private const int BitWriteCache = 1 << 5;
    private const int WordSectors = 100;
    private const int WordSectorSize = 106;
    private const int ValidMask = 0xc000;
    private const int Valid = 0x4000;
    private const int BitLongSectors = 1 << 12;

    private readonly DeviceRegion _tables;
    private readonly DeviceRegion _list;

    /// <param name="tables">8 KiB at least.</param>
    /// <param name="list">8 KiB at least, page aligned.</param>
    public AhciCommands(DeviceRegion tables, DeviceRegion list)
    {
        _tables = tables;
        _list = list;
        _list.Region.Bytes[..(int)IdentityOffset].Clear();
    }

    public ulong ListIoAddress => _list.IoAddress;

    public ulong ReceivedIoAddress => _list.IoAddress + ReceivedOffset;

    /// <summary>One past the highest address of both regions.</summary>
    public ulong EndIoAddress => Math.Max(_tables.IoAddress + _tables.Region.Size, _list.IoAddress + _list.Region.Size);

    /// <summary>A command for the disk in <paramref name="slot"/>.</summary>
    public void Write(uint slot, in BlockCommand command)
    {
        byte code = command.Code switch { BlockRequestCode.Read => ReadDma, BlockRequestCode.Write => WriteDma, _ => FlushCache };
        WriteFrame(slot, code, command.BlockNumber * SectorsPerBlock, (ushort)(command.Count * SectorsPerBlock));
        uint pieces = WritePieces(slot, command.IoAddress, command.Count * BlockRequest.TransferSize);
        WriteHeader(slot, pieces, command.Code == BlockRequestCode.Write);
    }

    /// <summary>The command that asks the disk what it is.</summary>
    public void WriteIdentify(uint slot)
    {
        WriteFrame(slot, Identify, 0, 0);
        WriteHeader(slot, WritePieces(slot, _list.IoAddress + IdentityOffset, IdentityBytes), isWrite: false);
    }

    /// <summary>What the disk has answered; false when this driver cannot drive it.</summary>
    public bool TryReadIdentity(out BlockMedium medium)
    {
        Barrier.DmaRead();
        Span<byte> identity = stackalloc byte[IdentityBytes];
        _list.Region.Bytes.Slice((int)IdentityOffset, IdentityBytes).CopyTo(identity);
        int sectorSize = Word(identity, WordSectorSize);
        medium = new BlockMedium
        {
            CapacityBlocks = BinaryPrimitives.ReadUInt64LittleEndian(identity[(WordSectors * sizeof(ushort))..]) / SectorsPerBlock,
            SectorSize = (ushort)SectorSize,
            MaximumBlocks = MaximumBlocks,
            HasFlush = (Word(identity, WordWriteCache) & BitWriteCache) != 0,
        };
        return (Word(identity, Word48Bits) & Bit48Bits) != 0 && ((sectorSize & ValidMask) != Valid || (sectorSize & BitLongSectors) == 0);
    }

    private static int Word(ReadOnlySpan<byte> identity, int index) => BinaryPrimitives.ReadUInt16LittleEndian(identity[(index * sizeof(ushort))..]);

    private void WriteFrame(uint slot, byte code, ulong sector, ushort sectors)
    {
        Span<byte> frame = stackalloc byte[(int)FrameBytes];
        frame.Clear();
        frame[0] = FrameHostToDevice;
        frame[1] = FrameIsCommand;
        frame[2] = code;
        frame[4] = (byte)sector;
        frame[5] = (byte)(sector >> 8);
        frame[6] = (byte)(sector >> 16);
        frame[7] = DeviceLinear;
        frame[8] = (byte)(sector >> 24);
        frame[9] = (byte)(sector >> 32);
        frame[10] = (byte)(sector >> 40);
        frame[12] = (byte)sectors;
        frame[13] = (byte)(sectors >> 8);
        frame.CopyTo(_tables.Region.Bytes[(int)(slot * TableBytes)..]);
    }

    private uint WritePieces(uint slot, ulong ioAddress, uint bytes)
    {
        ulong at = (slot * TableBytes) + PiecesOffset;
        uint pieces = 0;
        for (uint done = 0; done < bytes; pieces++)
        {
            uint length = Math.Min(bytes - done, MaximumPiece);
            _tables.Region.At<ulong>(at + (pieces * PieceBytes)) = ioAddress + done;
            _tables.Region.At<ulong>(at + (pieces * PieceBytes) + sizeof(ulong)) = (ulong)(length - 1) << 32;
            done += length;
        }

        return pieces;
    }

    private void WriteHeader(uint slot, uint pieces, bool isWrite)
    {
        ulong at = slot * HeaderBytes;
        _list.Region.At<uint>(at) = (FrameBytes / sizeof(uint)) | (isWrite ? HeaderWrite : 0) | (pieces << HeaderPiecesShift);
        _list.Region.At<uint>(at + sizeof(uint)) = 0;
        _list.Region.At<ulong>(at + sizeof(ulong)) = _tables.IoAddress + (slot * TableBytes);
    }
}
