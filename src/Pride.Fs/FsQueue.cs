// The two ends of a file-system queue. Each end keeps its own index privately and only publishes it, so a hostile
// neighbour that overwrites it does no harm; the neighbour's index is believed only as far as it is plausible.
//
// Order: the producer writes the message, then the tail with release; the consumer reads the tail with acquire, copies
// the message, then publishes the head with release. A message is private to its reader before anything of it is checked.

using System;
using System.Threading;
using Pride.Abi.Fs;
using Pride.Machine;

namespace Pride.Fs;

/// <summary>The end that puts messages in.</summary>
public struct FsQueueProducer<TMessage>
    where TMessage : unmanaged
{
    private readonly Region _queue;
    private ulong _tail;

    /// <summary>Takes up the queue where its last producer left it: zeroed memory is an empty queue.</summary>
    /// <exception cref="InvalidOperationException">The region is too small.</exception>
    public FsQueueProducer(Region queue)
    {
        FsQueueRegion.Check(queue);
        _queue = queue;
        _tail = Volatile.Read(ref queue.At<ulong>(FsQueueLayout.Tail));
        Violations = 0;
    }

    /// <summary>Times the neighbour's index made no sense. The queue then counts as full.</summary>
    public uint Violations { get; private set; }

    /// <summary>Messages that were ever put in.</summary>
    public readonly ulong Produced => _tail;

    /// <summary>Messages that the queue has room for now.</summary>
    public int Free()
    {
        ulong used = _tail - Volatile.Read(ref _queue.At<ulong>(FsQueueLayout.Head));
        if (used > FsLimits.QueueCapacity)
        {
            Violations++;
            return 0;
        }

        return FsLimits.QueueCapacity - (int)used;
    }

    /// <summary>Puts one message in; the caller knows that there is room.</summary>
    public void Enqueue(in TMessage message)
    {
        _queue.At<TMessage>(FsQueueRegion.OffsetOf(_tail)) = message;
        _tail++;
        Volatile.Write(ref _queue.At<ulong>(FsQueueLayout.Tail), _tail);
        CrashPoint.Pass();
    }
}

/// <summary>The end that takes messages out.</summary>
public struct FsQueueConsumer<TMessage>
    where TMessage : unmanaged
{
    private readonly Region _queue;
    private ulong _head;

    /// <summary>Takes up the queue where its last consumer left it: zeroed memory is an empty queue.</summary>
    /// <exception cref="InvalidOperationException">The region is too small.</exception>
    public FsQueueConsumer(Region queue)
    {
        FsQueueRegion.Check(queue);
        _queue = queue;
        _head = Volatile.Read(ref queue.At<ulong>(FsQueueLayout.Head));
        Violations = 0;
    }

    /// <summary>Times the neighbour's index made no sense. The queue then counts as empty.</summary>
    public uint Violations { get; private set; }

    /// <summary>Messages that were ever taken out.</summary>
    public readonly ulong Consumed => _head;

    /// <summary>False when the queue is empty.</summary>
    public bool TryDequeue(out TMessage message)
    {
        if (!TryPeek(out message))
        {
            return false;
        }

        Advance();
        return true;
    }

    /// <summary>Copies the message at the head and leaves it there until <see cref="Advance"/>; false when the queue is empty.</summary>
    public bool TryPeek(out TMessage message)
    {
        ulong waiting = Volatile.Read(ref _queue.At<ulong>(FsQueueLayout.Tail)) - _head;
        if (waiting == 0 || waiting > FsLimits.QueueCapacity)
        {
            Violations += waiting == 0 ? 0u : 1;
            message = default;
            return false;
        }

        message = _queue.At<TMessage>(FsQueueRegion.OffsetOf(_head));
        return true;
    }

    /// <summary>Takes the message that <see cref="TryPeek"/> has shown out of the queue.</summary>
    public void Advance()
    {
        _head++;
        Volatile.Write(ref _queue.At<ulong>(FsQueueLayout.Head), _head);
        CrashPoint.Pass();
    }
}

internal static class FsQueueRegion
{
    public static ulong OffsetOf(ulong index) => FsQueueLayout.Messages + (index % FsLimits.QueueCapacity * FsQueueLayout.MessageSize);

    public static void Check(Region queue)
    {
        if (queue.Address == 0 || queue.Size < FsQueueLayout.Size)
        {
            throw new InvalidOperationException("a file-system queue's region is missing or too small: 32 KiB are needed");
        }
    }
}
