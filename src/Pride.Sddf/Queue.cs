// Queues of fixed-size entries that lie behind their header in one region. Both ends copy: an entry is
// private to its reader before anything of it is checked.

using System;
using Pride.Machine;

namespace Pride.Sddf;

/// <summary>The end that puts entries in. One PD, one thread.</summary>
public unsafe struct QueueProducer<TLayout, TEntry, TMemory>
    where TLayout : struct, IQueueLayout
    where TEntry : unmanaged
    where TMemory : struct, ISharedMemory
{
    private readonly TEntry* _entries;
    private ProducerIndex<TLayout, TMemory> _index;

    public QueueProducer(Region region, uint capacity)
    {
        _index = new ProducerIndex<TLayout, TMemory>(region, capacity);
        _entries = QueueEntries<TLayout, TEntry>.In(region, capacity);
    }

    public readonly uint Capacity => _index.Capacity;

    public readonly uint Violations => _index.Violations;

    public bool IsFull => _index.Free(1) == 0;

    /// <summary>True when <paramref name="count"/> more entries would fit.</summary>
    public bool HasRoom(uint count) => _index.Free(count) >= count;

    /// <summary>The index at which the next entry will be put.</summary>
    public uint Position => _index.Position();

    /// <summary>False when the queue is full.</summary>
    public bool TryEnqueue(in TEntry entry)
    {
        if (_index.Free(1) == 0)
        {
            return false;
        }

        Put(in entry);
        return true;
    }

    /// <summary>Where the next entry will be put; false when the queue is full. The entry follows by <see cref="Put"/>.</summary>
    public bool TryReserve(out uint position)
    {
        bool hasRoom = _index.Free(1) != 0;
        position = _index.Position();
        return hasRoom;
    }

    /// <summary>Puts an entry where <see cref="TryReserve"/> has found room.</summary>
    public void Put(in TEntry entry)
    {
        TMemory.StoreEntry(_entries + _index.Slot(), in entry);
        _index.Publish(1);
    }
}

/// <summary>The end that takes entries out. One PD, one thread.</summary>
public unsafe struct QueueConsumer<TLayout, TEntry, TMemory>
    where TLayout : struct, IQueueLayout
    where TEntry : unmanaged
    where TMemory : struct, ISharedMemory
{
    private readonly TEntry* _entries;
    private ConsumerIndex<TLayout, TMemory> _index;

    public QueueConsumer(Region region, uint capacity)
    {
        _index = new ConsumerIndex<TLayout, TMemory>(region, capacity);
        _entries = QueueEntries<TLayout, TEntry>.In(region, capacity);
    }

    public readonly uint Capacity => _index.Capacity;

    public readonly uint Violations => _index.Violations;

    public bool IsEmpty => _index.Available(1) == 0;

    /// <summary>The index of the entry at the head.</summary>
    public readonly uint Position => _index.Position();

    /// <summary>False when the queue is empty.</summary>
    public bool TryDequeue(out TEntry entry)
    {
        if (!TryPeek(out entry))
        {
            return false;
        }

        Advance();
        return true;
    }

    /// <summary>Copies the entry at the head and leaves it there until <see cref="Advance"/>; false when the queue is empty.</summary>
    public bool TryPeek(out TEntry entry)
    {
        if (_index.Available(1) == 0)
        {
            entry = default;
            return false;
        }

        entry = TMemory.LoadEntry(_entries + _index.Slot());
        return true;
    }

    /// <summary>Takes the entry that <see cref="TryPeek"/> has shown out of the queue.</summary>
    public void Advance() => _index.Publish(1);
}

internal static unsafe class QueueEntries<TLayout, TEntry>
    where TLayout : struct, IQueueLayout
    where TEntry : unmanaged
{
    public static TEntry* In(Region region, uint capacity)
    {
        if (region.Size < (ulong)TLayout.EntriesOffset + ((ulong)capacity * (ulong)sizeof(TEntry)))
        {
            throw new InvalidOperationException("a queue's region is too small for its capacity");
        }

        return (TEntry*)(region.Address + (nuint)TLayout.EntriesOffset);
    }
}
