// How the block virtualiser learns the medium: it reads the first block, and where that has a GPT, the blocks of its entries; then each client's partition is
// known, or known to be missing. Until then requests wait.

using System;
using System.Threading;
using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Sddf;

namespace Pride.Virtualisers;

public sealed partial class Block
{
    private bool _hasAskedForTable;

    // The header of the medium's GPT, once it is read.
    private GuidPartitionTable _gpt;

    /// <summary>Asks the driver for the next part of the partition table, once there is room and unless it was asked already.</summary>
    private void AskForPartitionTable()
    {
        if (_hasAskedForTable || _held.FreeCount == 0 || _driver.IsRequestFull)
        {
            return;
        }

        uint position = _driver.RequestPosition;
        uint slot = _held.Hold(HeldBlockRequest.Own(position, _gpt.IsKnown));
        BlockRequest request = new()
        {
            Code = BlockRequestCode.Read,
            IoAddressOrOffset = _driverData.IoAddress,
            BlockNumber = _gpt.FirstBlock,
            Count = (ushort)_gpt.BlockCount,
            Id = IdOf(slot, position),
        };
        _driver.TryEnqueueRequest(in request);
        _hasAskedForTable = true;
        _driverChannel.NotifyDeferred();
    }

    private void TakePartitionTable(BlockStatus status, bool isEntries)
    {
        _hasAskedForTable = false;
        if (isEntries && !_gpt.IsKnown)
        {
            // The life before has asked, and knew the header: from the start.
            return;
        }

        int bytes = (int)_gpt.BlockCount * BlockRequest.TransferSize;
        Cache.CleanAndInvalidate(_driverData.Region.Address, (nuint)bytes);
        ReadOnlySpan<byte> read = _driverData.Region.Bytes[..bytes];
        MasterBootRecord table = default;
        bool readable = status == BlockStatus.Ok
            && Volatile.Read(ref _driverInfo.At<BlockStorageInfo>().Ready) != 0
            && (isEntries ? _gpt.IsWhole(read) : MasterBootRecord.TryRead(read[..Sectors.Size], out table));
        if (readable && !isEntries && table.IsProtective && GuidPartitionTable.TryReadHeader(read, MostTableBlocks, out _gpt))
        {
            return;
        }

        _medium = readable ? Medium.Known : Medium.Absent;
        LearnPartitions(in table, read);
    }

    // As many as there is memory for, and as a request can count.
    private ulong MostTableBlocks => Math.Min(_driverData.Region.Size / BlockRequest.TransferSize, ushort.MaxValue);

    private void LearnPartitions(in MasterBootRecord table, ReadOnlySpan<byte> read)
    {
        BlockStorageInfo medium = _driverInfo.At<BlockStorageInfo>();
        foreach (ref Client client in _states.AsSpan())
        {
            (ulong firstBlock, ulong blocks) = (0, 0);
            if (_medium == Medium.Known
                && (_gpt.IsKnown
                    ? _gpt.TryGetPartition(read, client.Partition, medium.Capacity, out firstBlock, out blocks)
                    : table.TryGetPartition(client.Partition, medium.Capacity, out firstBlock, out blocks)))
            {
                client.FirstBlock = firstBlock;
                client.Blocks = blocks;
                client.IsReadOnly = medium.ReadOnly != 0;
                Announce(in client, in medium);
            }
            else
            {
                Volatile.Write(ref client.StorageInfo.At<BlockStorageInfo>().Ready, 0);
            }

            client.MustNotify = true;
        }
    }

    private static void Announce(in Client client, in BlockStorageInfo medium)
    {
        ref BlockStorageInfo info = ref client.StorageInfo.At<BlockStorageInfo>();
        info.SectorSize = medium.SectorSize;
        info.BlockSize = medium.BlockSize;
        info.QueueDepth = medium.QueueDepth;
        info.ReadOnly = medium.ReadOnly;
        info.Capacity = client.Blocks;
        Volatile.Write(ref info.Ready, 1);
    }
}
