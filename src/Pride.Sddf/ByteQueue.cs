// Queues of bytes whose ring lies in a region of its own (the serial class). Bytes are moved in at most two runs, around the end of the ring.

using System;
using Pride.Abi.Sddf;
using Pride.Machine;

namespace Pride.Sddf;

/// <summary>serial_queue.</summary>
public readonly struct SerialLayout : IQueueLayout
{
    public static int HeadOffset => SerialQueueLayout.Head;

    public static int TailOffset => SerialQueueLayout.Tail;

    public static int EntriesOffset => SerialQueueLayout.Size;

    public static uint IndexMask => uint.MaxValue;
}

/// <summary>The end that writes bytes; it may ask to be signalled when there is room again.</summary>
public unsafe struct ByteQueueProducer
{
    private readonly Region _ring;
    private ProducerIndex<SerialLayout, CoherentMemory> _index;

    public ByteQueueProducer(in SerialConnection connection)
    {
        _index = new ProducerIndex<SerialLayout, CoherentMemory>(connection.Queue, checked((uint)connection.Data.Size));
        _ring = connection.Data;
        SpaceSignal = new SignalFlag<CoherentMemory>(connection.Queue.Address + SerialQueueLayout.ProducerSignalled);
    }

    /// <summary>This side requests it; the consumer takes it.</summary>
    public SignalFlag<CoherentMemory> SpaceSignal { get; }

    public readonly uint Capacity => _index.Capacity;

    public readonly uint Violations => _index.Violations;

    /// <summary>Bytes that can be written now; exact when it is less than <paramref name="wanted"/>.</summary>
    public uint Free(uint wanted) => _index.Free(wanted);

    /// <summary>Writes as many of <paramref name="bytes"/> as there is room for, and returns how many.</summary>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        int count = (int)Math.Min((uint)bytes.Length, _index.Free((uint)bytes.Length));
        if (count == 0)
        {
            return 0;
        }

        Span<byte> ring = _ring.Bytes;
        int slot = (int)_index.Slot();
        int first = Math.Min(count, ring.Length - slot);
        bytes[..first].CopyTo(ring[slot..]);
        bytes[first..count].CopyTo(ring);
        _index.Publish((uint)count);
        return count;
    }

    /// <summary>Writes one byte; false when there is no room.</summary>
    public bool TryWrite(byte value)
    {
        if (_index.Free(1) == 0)
        {
            return false;
        }

        *(byte*)(_ring.Address + _index.Slot()) = value;
        _index.Publish(1);
        return true;
    }
}

/// <summary>The end that reads bytes.</summary>
public unsafe struct ByteQueueConsumer
{
    private readonly Region _ring;
    private ConsumerIndex<SerialLayout, CoherentMemory> _index;

    public ByteQueueConsumer(in SerialConnection connection)
    {
        _index = new ConsumerIndex<SerialLayout, CoherentMemory>(connection.Queue, checked((uint)connection.Data.Size));
        _ring = connection.Data;
        SpaceSignal = new SignalFlag<CoherentMemory>(connection.Queue.Address + SerialQueueLayout.ProducerSignalled);
    }

    /// <summary>The producer requests it; this side takes it after it has made room.</summary>
    public SignalFlag<CoherentMemory> SpaceSignal { get; }

    public readonly uint Capacity => _index.Capacity;

    public readonly uint Violations => _index.Violations;

    /// <summary>Bytes that wait, as of now.</summary>
    public uint Available => _index.Available(_index.Capacity);

    public bool IsEmpty => _index.Available(1) == 0;

    /// <summary>Reads up to <paramref name="buffer"/>'s length, and returns how many bytes it got.</summary>
    public int Read(Span<byte> buffer)
    {
        int count = (int)Math.Min((uint)buffer.Length, _index.Available((uint)buffer.Length));
        if (count == 0)
        {
            return 0;
        }

        Span<byte> ring = _ring.Bytes;
        int slot = (int)_index.Slot();
        int first = Math.Min(count, ring.Length - slot);
        ring.Slice(slot, first).CopyTo(buffer);
        ring[..(count - first)].CopyTo(buffer[first..]);
        _index.Publish((uint)count);
        return count;
    }

    /// <summary>What waits, as far as it lies in one run (the rest follows after <see cref="Consume"/>). The producer may still write to it when it is hostile.</summary>
    public ReadOnlySpan<byte> Peek()
    {
        int slot = (int)_index.Slot();
        return _ring.Bytes.Slice(slot, (int)Math.Min(_index.Available(_index.Capacity), _index.Capacity - (uint)slot));
    }

    /// <summary>Gives back the first <paramref name="count"/> bytes that <see cref="Peek"/> showed.</summary>
    public void Consume(int count) => _index.Publish((uint)count);

    /// <summary>Reads one byte; false when none waits.</summary>
    public bool TryRead(out byte value)
    {
        if (_index.Available(1) == 0)
        {
            value = 0;
            return false;
        }

        value = *(byte*)(_ring.Address + _index.Slot());
        _index.Publish(1);
        return true;
    }
}
