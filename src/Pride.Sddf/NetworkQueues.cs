// A network connection is two queues: free buffers one way, filled (active) ones the other way.
//
// The producer side takes free buffers, fills them and gives active ones (rx: driver to virtualiser to copier to client;
// tx: client to virtualiser to driver). The consumer side takes active buffers and gives free ones back.
// The consumer of each of the two queues asks for signals on it.

using Pride.Abi.Sddf;
using Pride.Machine;

namespace Pride.Sddf;

/// <summary>net_queue.</summary>
public readonly struct NetworkLayout : IQueueLayout
{
    public static int HeadOffset => NetworkQueueLayout.Head;

    public static int TailOffset => NetworkQueueLayout.Tail;

    public static int EntriesOffset => NetworkQueueLayout.Entries;

    public static uint IndexMask => ushort.MaxValue;
}

/// <summary>The side of a connection that fills buffers.</summary>
public struct NetworkProducer
{
    private readonly SignalFlag<CoherentMemory> _freeSignal;
    private readonly SignalFlag<CoherentMemory> _activeSignal;
    private QueueConsumer<NetworkLayout, NetworkBuffer, CoherentMemory> _free;
    private QueueProducer<NetworkLayout, NetworkBuffer, CoherentMemory> _active;

    public NetworkProducer(in NetworkConnection connection)
    {
        _free = new(connection.FreeQueue, connection.BufferCount);
        _active = new(connection.ActiveQueue, connection.BufferCount);
        _freeSignal = new(connection.FreeQueue.Address + NetworkQueueLayout.ConsumerSignalled);
        _activeSignal = new(connection.ActiveQueue.Address + NetworkQueueLayout.ConsumerSignalled);
    }

    public readonly uint Capacity => _free.Capacity;

    /// <summary>Times the neighbour's indices made no sense.</summary>
    public readonly uint Violations => _free.Violations + _active.Violations;

    public bool IsFreeEmpty => _free.IsEmpty;

    public bool IsActiveFull => _active.IsFull;

    /// <summary>The position of the active queue's next buffer.</summary>
    public uint ActivePosition => _active.Position;

    /// <summary>Takes a free buffer; false when there is none.</summary>
    public bool TryDequeueFree(out NetworkBuffer buffer) => _free.TryDequeue(out buffer);

    /// <summary>Shows the next free buffer, which <see cref="AdvanceFree"/> takes; false when there is none.</summary>
    public bool TryPeekFree(out NetworkBuffer buffer) => _free.TryPeek(out buffer);

    public void AdvanceFree() => _free.Advance();

    /// <summary>Gives a filled buffer; false when the queue is full (a neighbour that keeps the protocol never lets that happen).</summary>
    public bool TryEnqueueActive(in NetworkBuffer buffer) => _active.TryEnqueue(in buffer);

    /// <summary>Where the buffer that <see cref="PutActive"/> gives will stand; false when the queue is full.</summary>
    public bool TryReserveActive(out uint position) => _active.TryReserve(out position);

    public void PutActive(in NetworkBuffer buffer) => _active.Put(in buffer);

    /// <summary>Asks for a signal on the next free buffer. The caller must look at the queue again.</summary>
    public readonly void RequestFreeSignal() => _freeSignal.Request();

    public readonly void CancelFreeSignal() => _freeSignal.Cancel();

    /// <summary>Asks for a signal on the next free buffer; true when there is one already, and then no signal is asked for.</summary>
    public bool ArmFree()
    {
        _freeSignal.Request();
        if (_free.IsEmpty)
        {
            return false;
        }

        _freeSignal.Cancel();
        return true;
    }

    /// <summary>After filled buffers were given: true when the consumer must be notified.</summary>
    public readonly bool TakeActiveSignal() => _activeSignal.Take();
}

/// <summary>The side of a connection that empties buffers.</summary>
public struct NetworkConsumer
{
    private readonly SignalFlag<CoherentMemory> _freeSignal;
    private readonly SignalFlag<CoherentMemory> _activeSignal;
    private QueueProducer<NetworkLayout, NetworkBuffer, CoherentMemory> _free;
    private QueueConsumer<NetworkLayout, NetworkBuffer, CoherentMemory> _active;

    public NetworkConsumer(in NetworkConnection connection)
    {
        _free = new(connection.FreeQueue, connection.BufferCount);
        _active = new(connection.ActiveQueue, connection.BufferCount);
        _freeSignal = new(connection.FreeQueue.Address + NetworkQueueLayout.ConsumerSignalled);
        _activeSignal = new(connection.ActiveQueue.Address + NetworkQueueLayout.ConsumerSignalled);
    }

    public readonly uint Capacity => _active.Capacity;

    /// <summary>Times the neighbour's indices made no sense.</summary>
    public readonly uint Violations => _free.Violations + _active.Violations;

    public bool IsActiveEmpty => _active.IsEmpty;

    /// <summary>The position of the free queue's next buffer.</summary>
    public uint FreePosition => _free.Position;

    /// <summary>Takes a filled buffer; false when there is none.</summary>
    public bool TryDequeueActive(out NetworkBuffer buffer) => _active.TryDequeue(out buffer);

    /// <summary>Shows the next filled buffer, which <see cref="AdvanceActive"/> takes; false when there is none.</summary>
    public bool TryPeekActive(out NetworkBuffer buffer) => _active.TryPeek(out buffer);

    public void AdvanceActive() => _active.Advance();

    /// <summary>Gives an emptied buffer back; false when the queue is full (a neighbour that keeps the protocol never lets that happen).</summary>
    public bool TryEnqueueFree(in NetworkBuffer buffer) => _free.TryEnqueue(in buffer);

    /// <summary>Where the buffer that <see cref="PutFree"/> gives will stand; false when the queue is full.</summary>
    public bool TryReserveFree(out uint position) => _free.TryReserve(out position);

    public void PutFree(in NetworkBuffer buffer) => _free.Put(in buffer);

    /// <summary>Asks for a signal on the next filled buffer. The caller must look at the queue again.</summary>
    public readonly void RequestActiveSignal() => _activeSignal.Request();

    public readonly void CancelActiveSignal() => _activeSignal.Cancel();

    /// <summary>Asks for a signal on the next filled buffer; true when there is one already, and then no signal is asked for.</summary>
    public bool ArmActive()
    {
        _activeSignal.Request();
        if (_active.IsEmpty)
        {
            return false;
        }

        _activeSignal.Cancel();
        return true;
    }

    /// <summary>After emptied buffers were given back: true when the producer must be notified.</summary>
    public readonly bool TakeFreeSignal() => _freeSignal.Take();
}

/// <summary>The first filling of free queues, which exactly one PD does for each connection.</summary>
public static class NetworkBuffers
{
    /// <summary>
    /// Puts every buffer of a data region that begins at <paramref name="baseAddress"/> (0 where queues carry offsets) into the free
    /// queue, but only while nobody has used the connection: after a restart the buffers are where they were. Comes before either
    /// end of the connection is made in this PD, because an end keeps its index to itself.
    /// </summary>
    public static void FillOnce(in NetworkConnection connection, ulong baseAddress, uint bufferCount)
    {
        if (!IsUnused(connection.FreeQueue) || !IsUnused(connection.ActiveQueue))
        {
            return;
        }

        QueueProducer<NetworkLayout, NetworkBuffer, CoherentMemory> free = new(connection.FreeQueue, connection.BufferCount);
        NetworkBuffer buffer = default;
        for (uint i = 0; i < bufferCount; i++)
        {
            buffer.IoAddressOrOffset = baseAddress + ((ulong)i * NetworkBuffer.Size);
            if (!free.TryEnqueue(in buffer))
            {
                throw new System.InvalidOperationException("a data region has more buffers than its free queue holds");
            }
        }
    }

    private static bool IsUnused(Region queue) =>
        queue.At<ushort>(NetworkQueueLayout.Head) == 0 && queue.At<ushort>(NetworkQueueLayout.Tail) == 0;
}
