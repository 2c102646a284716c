// A split virtqueue (Virtio 1.2, 2.7) as its driver uses it.
//
// The ring memory is shared with the device. The driver never reads back what it wrote there, and believes nothing of what
// it reads: an index that is no index stops the queue (Violations), an id is checked by the caller against what it has in flight.
// Interrupts and doorbells are asked for by index (VIRTIO_F_EVENT_IDX) where the device has that, else by flag.

using System;
using System.Runtime.InteropServices;
using System.Threading;
using Pride.Abi.Sddf;
using Pride.Machine;
using Barrier = Pride.Machine.Barrier;

namespace Pride.Drivers.Virtio;

/// <summary>virtq_desc, 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct VirtqueueDescriptor
{
    /// <summary>VIRTQ_DESC_F_NEXT: the chain goes on at <see cref="Next"/>.</summary>
    public const ushort FlagNext = 1;

    /// <summary>VIRTQ_DESC_F_WRITE: the device writes this buffer.</summary>
    public const ushort FlagWrite = 2;

    public ulong IoAddress;

    /// <summary>Bytes.</summary>
    public uint Length;

    public ushort Flags;
    public ushort Next;
}

/// <summary>virtq_used_elem, 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct VirtqueueUsed
{
    /// <summary>Head of the descriptor chain.</summary>
    public uint Id;

    /// <summary>Bytes the device has written to it.</summary>
    public uint Length;
}

/// <summary>One queue of a device, from the driver's side.</summary>
public sealed class Virtqueue
{
    // 2.7.6 and 2.7.8: each ring starts with flags and index (16 bits each); the event field stands behind the last entry.
    private const uint RingIndex = 2;
    private const uint RingEntries = 4;
    private const uint DescriptorSize = 16;
    private const uint UsedSize = 8;
    private const uint AvailableSize = 2;
    private const uint EventSize = 2;

    // The used ring is aligned to 4, and is put where its entries, 4 bytes behind its start, are aligned to 8: none lies across two pages. (QEMU before 9.0
    // writes what lies in the second page to a wrong address, when an IOMMU stands before the device.)
    private const uint UsedEntryAlignment = UsedSize;

    // VIRTQ_AVAIL_F_NO_INTERRUPT and VIRTQ_USED_F_NO_NOTIFY.
    private const ushort FlagSuppress = 1;

    private readonly Region _memory;
    private readonly ulong _descriptors;
    private readonly ulong _available;
    private readonly ulong _used;
    private readonly ulong _usedEvent;
    private readonly ulong _availableEvent;
    private readonly uint _size;
    private readonly bool _hasEventIndex;
    private ushort _nextAvailable;
    private ushort _published;
    private ushort _nextUsed;
    private ushort _usedSeen;

    /// <param name="memory">DMA memory that holds the rings; it is cleared.</param>
    /// <param name="offset">Where in it, a multiple of 16.</param>
    /// <param name="size">Descriptors, a power of two up to 32768.</param>
    /// <param name="hasEventIndex">VIRTIO_F_EVENT_IDX was agreed on.</param>
    public Virtqueue(in DeviceRegion memory, ulong offset, uint size, bool hasEventIndex)
    {
        _size = size;
        _hasEventIndex = hasEventIndex;
        _descriptors = offset;
        _available = offset + (size * DescriptorSize);
        _usedEvent = _available + RingEntries + (size * AvailableSize);
        _used = UsedBehind(_usedEvent + EventSize);
        _availableEvent = _used + RingEntries + (size * UsedSize);
        if (_availableEvent + EventSize > memory.Region.Size)
        {
            throw new InvalidOperationException("virtqueue: the DMA region is too small for the rings");
        }

        _memory = memory.Region;
        _memory.Bytes.Slice((int)offset, (int)BytesFor(size)).Clear();
        DescriptorsIoAddress = memory.IoAddress + _descriptors;
        DriverIoAddress = memory.IoAddress + _available;
        DeviceIoAddress = memory.IoAddress + _used;
    }

    /// <summary>Descriptors.</summary>
    public uint Size => _size;

    public ulong DescriptorsIoAddress { get; }

    /// <summary>The available ring: what the driver writes.</summary>
    public ulong DriverIoAddress { get; }

    /// <summary>The used ring: what the device writes.</summary>
    public ulong DeviceIoAddress { get; }

    /// <summary>Times the device's index made no sense.</summary>
    public uint Violations { get; private set; }

    /// <summary>Bytes that the rings of <paramref name="size"/> descriptors take.</summary>
    public static ulong BytesFor(uint size) =>
        UsedBehind((size * (DescriptorSize + AvailableSize)) + RingEntries + EventSize) + RingEntries + (size * UsedSize) + EventSize;

    /// <summary>The descriptor at <paramref name="index"/>, for writing.</summary>
    public ref VirtqueueDescriptor Descriptor(uint index) => ref _memory.At<VirtqueueDescriptor>(_descriptors + (index * DescriptorSize));

    /// <summary>Puts the chain that starts at descriptor <paramref name="head"/> in the available ring; the device sees it at the next <see cref="Publish"/>.</summary>
    public void Add(ushort head)
    {
        _memory.At<ushort>(_available + RingEntries + ((_nextAvailable & (_size - 1)) * AvailableSize)) = head;
        _nextAvailable++;
    }

    /// <summary>Shows the device what was added; true when it wants its doorbell rung.</summary>
    public bool Publish()
    {
        if (_published == _nextAvailable)
        {
            return false;
        }

        // 2.7.13.3: descriptors and entries before the index; 2.7.13.4: the index before the device's wish is read.
        Barrier.DmaWrite();
        Volatile.Write(ref _memory.At<ushort>(_available + RingIndex), _nextAvailable);
        Barrier.DmaFull();
        ushort previous = _published;
        _published = _nextAvailable;
        if (!_hasEventIndex)
        {
            return (Volatile.Read(ref _memory.At<ushort>(_used)) & FlagSuppress) == 0;
        }

        ushort wish = Volatile.Read(ref _memory.At<ushort>(_availableEvent));
        return (ushort)(_published - wish - 1) < (ushort)(_published - previous);
    }

    /// <summary>Takes the next chain that the device is done with.</summary>
    public bool TryTakeUsed(out VirtqueueUsed used)
    {
        if (_nextUsed == _usedSeen && !Refresh())
        {
            used = default;
            return false;
        }

        used = _memory.At<VirtqueueUsed>(_used + RingEntries + ((_nextUsed & (_size - 1)) * UsedSize));
        _nextUsed++;
        return true;
    }

    /// <summary>
    /// Asks for an interrupt once more than <paramref name="after"/> further chains are done; true when that is so already
    /// (then there may be no interrupt: take them).
    /// </summary>
    public bool ArmInterrupt(ushort after = 0)
    {
        if (_hasEventIndex)
        {
            Volatile.Write(ref _memory.At<ushort>(_usedEvent), (ushort)(_nextUsed + after));
        }

        // The wish before the second look, as the device has its index before it looks at the wish.
        Barrier.DmaFull();
        Refresh();
        return (ushort)(_usedSeen - _nextUsed) > after;
    }

    private bool Refresh()
    {
        ushort index = Volatile.Read(ref _memory.At<ushort>(_used + RingIndex));
        if ((ushort)(index - _nextUsed) > (ushort)(_published - _nextUsed) || (ushort)(index - _nextUsed) > _size)
        {
            Violations++;
            return false;
        }

        Barrier.DmaRead();
        _usedSeen = index;
        return index != _nextUsed;
    }

    private static ulong UsedBehind(ulong end) => RoundUp(end + RingEntries, UsedEntryAlignment) - RingEntries;

    private static ulong RoundUp(ulong value, ulong alignment) => (value + alignment - 1) & ~(alignment - 1);
}
