// What a driver of the virtio network device (Virtio 1.2, 5.1) does; by which transport, a class of its own says (VirtioNet.cs, VirtioNetPci.cs).
//
// A frame is a chain of two descriptors: the 12-byte virtio header, which this driver has no use for, and the buffer. Descriptors
// 2n and 2n+1 belong to slot n for good, so that posting a buffer writes one address and one length. All receive chains share
// one header that nobody reads, all transmit chains one that is always zero.

using System;
using Pride.Abi.Sddf;
using Pride.Drivers.Virtio;
using Pride.Machine;

namespace Pride.Drivers.Network;

/// <summary>virtio-net.</summary>
public abstract class VirtioNetDriver<TTransport> : NetworkDriver
    where TTransport : struct, IVirtioTransport
{
    private const uint DeviceKind = 1;
    private const uint RxQueue = 0;
    private const uint TxQueue = 1;

    // Descriptors in each ring at most; two make a slot.
    private const uint MaximumRingSize = 512;
    private const uint DescriptorsPerSlot = 2;

    // struct virtio_net_hdr with VIRTIO_F_VERSION_1 (5.1.6).
    private const uint HeaderSize = 12;
    private const uint HeaderSpacing = 16;

    private TTransport _device;
    private Virtqueue _rxRing = null!;
    private Virtqueue _txRing = null!;

    /// <summary>The device behind its window of registers.</summary>
    /// <exception cref="InvalidOperationException">It cannot be reached; the message says why.</exception>
    protected abstract TTransport Open(Region window);

    protected override void SetUp(Region registers, in DeviceRegion rings, out uint rxSlots, out uint txSlots)
    {
        _device = Open(registers);
        if (!_device.IsDevice(DeviceKind))
        {
            throw new InvalidOperationException("virtio-net driver: no modern virtio network device answers at the registers");
        }

        if (!_device.TryNegotiate(VirtioDevice.FeatureEventIndex, out ulong features))
        {
            throw new InvalidOperationException("virtio-net driver: the device does not reset or refuses the features");
        }

        bool eventIndex = (features & VirtioDevice.FeatureEventIndex) != 0;
        _rxRing = NewRing(in rings, 2 * HeaderSpacing, RxQueue, eventIndex);
        ulong txOffset = (2 * HeaderSpacing) + ((Virtqueue.BytesFor(_rxRing.Size) + 15) & ~15UL);
        _txRing = NewRing(in rings, txOffset, TxQueue, eventIndex);
        rings.Region.Bytes[..(int)(2 * HeaderSpacing)].Clear();
        WriteChains(_rxRing, rings.IoAddress, VirtqueueDescriptor.FlagWrite);
        WriteChains(_txRing, rings.IoAddress + HeaderSpacing, 0);
        _device.SetUpQueue(RxQueue, _rxRing);
        _device.SetUpQueue(TxQueue, _txRing);
        _device.Start();
        rxSlots = _rxRing.Size / DescriptorsPerSlot;
        txSlots = _txRing.Size / DescriptorsPerSlot;
    }

    protected override void AcknowledgeInterrupt() => _device.AcknowledgeInterrupt();

    protected override void PostReceive(uint slot, ulong ioAddress)
    {
        uint head = slot * DescriptorsPerSlot;
        _rxRing.Descriptor(head + 1).IoAddress = ioAddress;
        _rxRing.Add((ushort)head);
    }

    protected override void PublishReceive()
    {
        if (_rxRing.Publish())
        {
            _device.Notify(RxQueue);
        }
    }

    protected override bool TryTakeReceived(out uint slot, out ushort length)
    {
        bool isTaken = _rxRing.TryTakeUsed(out VirtqueueUsed used);
        slot = SlotOf(used.Id);
        uint bytes = used.Length - HeaderSize;
        length = bytes <= NetworkBuffer.Size ? (ushort)bytes : (ushort)0;
        return isTaken;
    }

    protected override bool ArmReceive() => _rxRing.ArmInterrupt();

    protected override void PostTransmit(uint slot, ulong ioAddress, ushort length)
    {
        uint head = slot * DescriptorsPerSlot;
        ref VirtqueueDescriptor descriptor = ref _txRing.Descriptor(head + 1);
        descriptor.IoAddress = ioAddress;
        descriptor.Length = length;
        _txRing.Add((ushort)head);
    }

    protected override void PublishTransmit()
    {
        if (_txRing.Publish())
        {
            _device.Notify(TxQueue);
        }
    }

    protected override bool TryTakeTransmitted(out uint slot)
    {
        bool isTaken = _txRing.TryTakeUsed(out VirtqueueUsed used);
        slot = SlotOf(used.Id);
        return isTaken;
    }

    protected override bool ArmTransmit(ushort after) => _txRing.ArmInterrupt(after);

    private static uint SlotOf(uint descriptor) => descriptor % DescriptorsPerSlot == 0 ? descriptor / DescriptorsPerSlot : NoSlot;

    private Virtqueue NewRing(in DeviceRegion memory, ulong offset, uint queue, bool eventIndex)
    {
        uint size = Math.Min(_device.MaximumQueueSize(queue), MaximumRingSize);
        return size >= DescriptorsPerSlot
            ? new Virtqueue(in memory, offset, size, eventIndex)
            : throw new InvalidOperationException("virtio-net driver: the device lacks a queue");
    }

    private static void WriteChains(Virtqueue ring, ulong header, ushort direction)
    {
        for (uint i = 0; i < ring.Size; i += DescriptorsPerSlot)
        {
            ring.Descriptor(i) = new VirtqueueDescriptor
            {
                IoAddress = header,
                Length = HeaderSize,
                Flags = (ushort)(direction | VirtqueueDescriptor.FlagNext),
                Next = (ushort)(i + 1),
            };
            ring.Descriptor(i + 1) = new VirtqueueDescriptor { Length = NetworkBuffer.Size, Flags = direction };
        }
    }
}
