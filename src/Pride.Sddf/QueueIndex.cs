// The indices of a single-producer single-consumer queue: the one place where queue arithmetic is done.
//
// Each side keeps its own index privately and only publishes it, so that what a hostile neighbour writes over it does
// no harm; it trusts the neighbour's index only as far as it is plausible. Indices run freely over their width (16 or
// 32 bits), differences are taken within that width, and the capacity is a power of two, because with any other
// the slot sequence breaks where the index wraps.
//
// Order: the producer writes entries, then publishes the tail with release; the consumer reads the tail with acquire,
// then the entries, and publishes the head with release when it has copied them.

using System;
using System.Numerics;
using Pride.Machine;

namespace Pride.Sddf;

/// <summary>Where a class of queues keeps its indices, in bytes from the start of the queue.</summary>
public interface IQueueLayout
{
    static abstract int HeadOffset { get; }

    static abstract int TailOffset { get; }

    /// <summary>Where the entries begin: the bytes of the header.</summary>
    static abstract int EntriesOffset { get; }

    /// <summary>All ones in the width of an index: 0xffff or 0xffffffff.</summary>
    static abstract uint IndexMask { get; }
}

/// <summary>What both sides do with a queue's header.</summary>
internal static unsafe class QueueHeader<TLayout, TMemory>
    where TLayout : struct, IQueueLayout
    where TMemory : struct, ISharedMemory
{
    private const uint ShortMask = ushort.MaxValue;

    public static uint Load(byte* index) =>
        TLayout.IndexMask == ShortMask ? TMemory.LoadAcquire((ushort*)index) : TMemory.LoadAcquire((uint*)index);

    public static void Store(byte* index, uint value)
    {
        if (TLayout.IndexMask == ShortMask)
        {
            TMemory.StoreRelease((ushort*)index, (ushort)value);
        }
        else
        {
            TMemory.StoreRelease((uint*)index, value);
        }
    }

    public static uint Distance(uint from, uint to) => (to - from) & TLayout.IndexMask;

    /// <summary>Checks what the description gave: a wrong one is a bug of the system, not of a neighbour.</summary>
    public static byte* Check(Region region, uint capacity)
    {
        if (!BitOperations.IsPow2(capacity) || capacity > (TLayout.IndexMask >> 1) + 1)
        {
            throw new InvalidOperationException("a queue's capacity must be a power of two and at most half the range of its indices");
        }

        if (region.Address == 0 || region.Size < (ulong)TLayout.EntriesOffset)
        {
            throw new InvalidOperationException("a queue's region is missing or shorter than its header");
        }

        return (byte*)region.Address;
    }
}

/// <summary>The producer's side: owns the tail.</summary>
public unsafe struct ProducerIndex<TLayout, TMemory>
    where TLayout : struct, IQueueLayout
    where TMemory : struct, ISharedMemory
{
    private readonly byte* _header;
    private readonly uint _capacity;
    private uint _tail;
    private uint _headSeen;
    private bool _isTakenUp;

    /// <summary>
    /// The queue will be taken up where its last producer left it, when it is first used and not now: in sDDF the free queue of a
    /// connection is filled by the other side (a client fills the one that its tx virtualiser produces into), in any order of start.
    /// Zeroed memory is an empty queue.
    /// </summary>
    public ProducerIndex(Region region, uint capacity)
    {
        _header = QueueHeader<TLayout, TMemory>.Check(region, capacity);
        _capacity = capacity;
        _tail = capacity;
        _headSeen = 0;
        _isTakenUp = false;
        Violations = 0;
    }

    public readonly uint Capacity => _capacity;

    /// <summary>Times the neighbour's index made no sense. The queue then counts as it did before.</summary>
    public uint Violations { get; private set; }

    /// <summary>Room for entries, looked up anew only when what is known is less than <paramref name="wanted"/>.</summary>
    public uint Free(uint wanted)
    {
        uint free = _capacity - QueueHeader<TLayout, TMemory>.Distance(_headSeen, _tail);
        return free >= wanted ? free : Refresh(free);
    }

    /// <summary>The slot of the next entry. Only after <see cref="Free"/> has said that there is room.</summary>
    public readonly uint Slot() => _tail & (_capacity - 1);

    /// <summary>The index of the next entry: it grows by one with each, over restarts too.</summary>
    public uint Position()
    {
        TakeUp();
        return _tail;
    }

    /// <summary>Makes <paramref name="count"/> written entries visible.</summary>
    public void Publish(uint count)
    {
        _tail = (_tail + count) & TLayout.IndexMask;
        QueueHeader<TLayout, TMemory>.Store(_header + TLayout.TailOffset, _tail);
    }

    // A head outside the queue, or one that goes back, is no head.
    private uint Refresh(uint known)
    {
        TakeUp();
        uint head = QueueHeader<TLayout, TMemory>.Load(_header + TLayout.HeadOffset);
        uint used = QueueHeader<TLayout, TMemory>.Distance(head, _tail);
        if (used > _capacity - known)
        {
            Violations++;
            return known;
        }

        _headSeen = head;
        return _capacity - used;
    }

    private void TakeUp()
    {
        if (!_isTakenUp)
        {
            _isTakenUp = true;
            _tail = QueueHeader<TLayout, TMemory>.Load(_header + TLayout.TailOffset);
            _headSeen = (_tail - _capacity) & TLayout.IndexMask;
        }
    }
}

/// <summary>The consumer's side: owns the head.</summary>
public unsafe struct ConsumerIndex<TLayout, TMemory>
    where TLayout : struct, IQueueLayout
    where TMemory : struct, ISharedMemory
{
    private readonly byte* _header;
    private readonly uint _capacity;
    private uint _head;
    private uint _tailSeen;

    /// <summary>Takes up the queue where its last consumer left it: zeroed memory is an empty queue.</summary>
    public ConsumerIndex(Region region, uint capacity)
    {
        _header = QueueHeader<TLayout, TMemory>.Check(region, capacity);
        _capacity = capacity;
        _head = QueueHeader<TLayout, TMemory>.Load(_header + TLayout.HeadOffset);
        _tailSeen = _head;
        Violations = 0;
    }

    public readonly uint Capacity => _capacity;

    /// <summary>Times the neighbour's index made no sense. The queue then counts as it did before.</summary>
    public uint Violations { get; private set; }

    /// <summary>Entries that wait, looked up anew only when what is known is less than <paramref name="wanted"/>.</summary>
    public uint Available(uint wanted)
    {
        uint available = QueueHeader<TLayout, TMemory>.Distance(_head, _tailSeen);
        return available >= wanted ? available : Refresh(available);
    }

    /// <summary>The slot of the next entry.</summary>
    public readonly uint Slot() => _head & (_capacity - 1);

    /// <summary>The index of the next entry: it grows by one with each, over restarts too.</summary>
    public readonly uint Position() => _head;

    /// <summary>Gives the slots of <paramref name="count"/> entries, which have been copied, back to the producer.</summary>
    public void Publish(uint count)
    {
        _head = (_head + count) & TLayout.IndexMask;
        QueueHeader<TLayout, TMemory>.Store(_header + TLayout.HeadOffset, _head);
    }

    // A tail outside the queue, or one that goes back, is no tail.
    private uint Refresh(uint known)
    {
        uint tail = QueueHeader<TLayout, TMemory>.Load(_header + TLayout.TailOffset);
        uint available = QueueHeader<TLayout, TMemory>.Distance(_head, tail);
        if (available > _capacity || available < known)
        {
            Violations++;
            return known;
        }

        _tailSeen = tail;
        return available;
    }
}
