// The client's end of the block class: requests over a data region that the client divides as it likes.
//
// After a restart of the client's PD, requests of its life before may still be under way, and what they read arrives in the data
// region. So a client that finds its queue used begins with a barrier, and does nothing else until that is answered
// (IsSettled): by then all earlier requests are, and their answers have been dropped.

using System;
using System.Threading;
using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Sddf;

/// <summary>One medium (a partition). Requests end in any order; the id says which one a response is for.</summary>
public sealed class BlockClient
{
    /// <summary>The id that no request may have: it is the client's own.</summary>
    public const uint ReservedId = uint.MaxValue;

    private readonly Region _data;
    private readonly Region _storageInfo;
    private BlockRequester _queues;
    private uint _outstanding;
    private bool _asked;
    private bool _hasAskedToSettle;

    /// <exception cref="InvalidOperationException">The configuration is not one of the block class.</exception>
    public BlockClient(Config<BlockClientConfig> config)
    {
        ref readonly BlockClientConfig value = ref config.Value;
        if (!value.Magic.Is(SddfClass.Block))
        {
            throw new InvalidOperationException("no block client configuration: connect this PD to a block system");
        }

        _queues = new BlockRequester(in value.Virt);
        _data = value.Data;
        _storageInfo = value.Virt.StorageInfo;
        Channel = new Channel(value.Virt.ChannelId);
        IsSettled = _queues.RequestPosition == 0;
        Settle();
    }

    /// <summary>
    /// Nothing of a life before is under way. While false, nothing can be asked and no response is given; taking responses on every
    /// notification (<see cref="TryGetResponse"/>) makes it true.
    /// </summary>
    public bool IsSettled { get; private set; }

    /// <summary>Responses to requests of a life before, which were dropped.</summary>
    public uint Leftovers { get; private set; }

    /// <summary>Where responses, and news of the medium, arrive.</summary>
    public Channel Channel { get; }

    /// <summary>The most requests that can be on their way.</summary>
    public uint QueueCapacity => _queues.Capacity;

    /// <summary>The medium can be used. While false, <see cref="Storage"/> says nothing; the virtualiser notifies when it becomes true.</summary>
    public bool IsReady => Volatile.Read(ref _storageInfo.At<BlockStorageInfo>().Ready) != 0;

    /// <summary>What is known of the medium: a copy.</summary>
    public BlockStorageInfo Storage => _storageInfo.At<BlockStorageInfo>();

    /// <summary>The data region: what is read arrives here, what is written lies here.</summary>
    public Span<byte> Data => _data.Bytes;

    /// <summary>
    /// Reads <paramref name="count"/> blocks of 4096 bytes from <paramref name="block"/> to <paramref name="offset"/> in the data region
    /// (a multiple of 4096). False when the queue is full.
    /// </summary>
    public bool TryRead(ulong block, ushort count, ulong offset, uint id) => TryAsk(BlockRequestCode.Read, block, count, offset, id);

    /// <summary>Writes blocks, as <see cref="TryRead"/> reads them.</summary>
    public bool TryWrite(ulong block, ushort count, ulong offset, uint id) => TryAsk(BlockRequestCode.Write, block, count, offset, id);

    /// <summary>Brings all writes answered so far to the medium. False when the queue is full.</summary>
    public bool TryFlush(uint id) => TryAsk(BlockRequestCode.Flush, 0, 0, 0, id);

    /// <summary>Takes the next response; false when none waits.</summary>
    public bool TryGetResponse(out BlockResponse response)
    {
        while (_queues.TryDequeueResponse(out response))
        {
            if (IsSettled && response.Id != ReservedId)
            {
                _outstanding -= _outstanding > 0 ? 1u : 0;
                return true;
            }

            IsSettled |= _hasAskedToSettle && response.Id == ReservedId;
            Leftovers++;
        }

        Settle();
        return false;
    }

    /// <summary>Tells the virtualiser of the requests made since the last time. Joins the PD's next wait.</summary>
    public void Submit()
    {
        if (_asked)
        {
            _asked = false;
            Channel.NotifyDeferred();
        }
    }

    // The virtualiser is told even when the barrier is in its queue already: it may have had no room for the answer until now.
    private void Settle()
    {
        if (!IsSettled)
        {
            BlockRequest barrier = new() { Code = BlockRequestCode.Barrier, Id = ReservedId };
            _hasAskedToSettle = _hasAskedToSettle || _queues.TryEnqueueRequest(in barrier);
            Channel.NotifyDeferred();
        }
    }

    private bool TryAsk(BlockRequestCode code, ulong block, ushort count, ulong offset, uint id)
    {
        BlockRequest request = new() { Code = code, BlockNumber = block, Count = count, IoAddressOrOffset = offset, Id = id };
        if (id == ReservedId)
        {
            throw new ArgumentOutOfRangeException(nameof(id), "this id is the client's own");
        }

        if (!IsSettled || _outstanding == _queues.Capacity || !_queues.TryEnqueueRequest(in request))
        {
            return false;
        }

        // Never more than the response queue holds: the virtualiser would leave the rest lying, and nobody would wake it.
        _outstanding++;
        _asked = true;
        return true;
    }
}
