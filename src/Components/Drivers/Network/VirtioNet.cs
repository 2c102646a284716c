// Driver of the virtio network device (Virtio 1.2, 5.1) over MMIO, an sDDF network driver.
//
// A frame is a chain of two descriptors: the 12-byte virtio header, which this driver has no use for, and the buffer. Descriptors
// 2n and 2n+1 belong to slot n for good, so that posting a buffer writes one address and one length. All receive chains share
// one header that nobody reads, all transmit chains one that is always zero.
//
// Transmitted buffers are taken back when the driver is awake anyway; the device interrupts for them only when more than
// LazyReturns wait. No client is starved by that, because every client has many more transmit buffers.
//
// The buffers that the device has are in the driver's ledger, slot for slot. A restarted driver resets the device, which ends its
// DMA, posts the receive buffers again and gives the transmit buffers back, sent or not: frames may be lost, buffers are not.

using System;
using Pride.Abi.Sddf;
using Pride.Drivers.Virtio;
using Pride.Machine;
using Pride.Microkit;
using Pride.Sddf;

namespace Pride.Drivers.Network;

/// <summary>virtio-net.</summary>
[Profile(Profile.Driver)]
public sealed class VirtioNet : ProtectionDomain
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

    // Transmitted buffers that may stay unreturned while the driver sleeps: an eighth of the queue and of the ring, sixteen at most.
    private const uint MaximumLazyReturns = 16;
    private const int LazyReturnShift = 3;

    private const int RegistersRegion = 0;
    private const int RingRegion = 1;

    private VirtioMmio _device;
    private Irq _interrupt;
    private NetworkProducer _rx;
    private NetworkConsumer _tx;
    private Channel _rxChannel;
    private Channel _txChannel;
    private ushort _lazyReturns;
    private Virtqueue _rxRing = null!;
    private Virtqueue _txRing = null!;
    private Ledger<HeldBuffer> _rxHeld = null!;
    private Ledger<HeldBuffer> _txHeld = null!;

    [Wired]
    public Config<NetworkDriverConfig> Configuration;

    [Wired]
    public Config<DeviceResources> Device;

    /// <summary>Memory of the driver's own, for the buffers that the device has: half for each direction.</summary>
    [Wired]
    public Region Ledger;

    /// <summary>Answers of the device that made no sense, and buffers for which a queue had no room.</summary>
    public uint Dropped { get; private set; }

    /// <summary>Entries of the ledger that made no sense after a restart.</summary>
    public uint Forgotten => _rxHeld.Dropped + _txHeld.Dropped;

    public override void Init()
    {
        ref readonly NetworkDriverConfig config = ref Configuration.Value;
        ref readonly DeviceResources device = ref Device.Value;
        if (!config.Magic.Is(SddfClass.Network) || !device.Magic.Is(SddfClass.Device) || device.RegionCount != 2 || device.InterruptCount != 1)
        {
            throw new InvalidOperationException("virtio-net driver: needs a network configuration, registers, ring memory and one interrupt");
        }

        _rx = new NetworkProducer(in config.VirtRx);
        _tx = new NetworkConsumer(in config.VirtTx);
        _rxChannel = new Channel(config.VirtRx.ChannelId);
        _txChannel = new Channel(config.VirtTx.ChannelId);
        _interrupt = new Irq(device.Interrupts[0]);
        _device = new VirtioMmio(device.Regions[RegistersRegion].Region);
        SetUp(in device.Regions[RingRegion]);
        RecoverRx();
        RecoverTx();
        ProvideRx();
        ProvideTx();
        if (_rxHeld.Life != 0)
        {
            // The life before may have given buffers and not come to say so.
            _rxChannel.Notify();
            _txChannel.NotifyDeferred();
        }
    }

    public override void Notified(Channel channel)
    {
        if (_interrupt.Is(channel))
        {
            _device.AcknowledgeInterrupt();
            ReturnRx();
            ProvideRx();
            ProvideTx();
            _interrupt.AcknowledgeDeferred();
        }
        else if (channel == _txChannel)
        {
            ProvideTx();
        }
        else if (channel == _rxChannel)
        {
            ProvideRx();
        }
    }

    private void SetUp(in DeviceRegion memory)
    {
        if (!_device.IsDevice(DeviceKind))
        {
            throw new InvalidOperationException("virtio-net driver: no modern virtio network device answers at the registers");
        }

        if (!_device.TryNegotiate(VirtioMmio.FeatureEventIndex, out ulong features))
        {
            throw new InvalidOperationException("virtio-net driver: the device does not reset or refuses the features");
        }

        bool eventIndex = (features & VirtioMmio.FeatureEventIndex) != 0;
        _rxRing = NewRing(in memory, 2 * HeaderSpacing, RxQueue, eventIndex);
        ulong txOffset = (2 * HeaderSpacing) + ((Virtqueue.BytesFor(_rxRing.Size) + 15) & ~15UL);
        _txRing = NewRing(in memory, txOffset, TxQueue, eventIndex);
        ulong half = Ledger.Size / 2;
        _rxHeld = new Ledger<HeldBuffer>(new Region(Ledger.Address, half), _rxRing.Size / DescriptorsPerSlot);
        _txHeld = new Ledger<HeldBuffer>(new Region(Ledger.Address + (nuint)half, half), _txRing.Size / DescriptorsPerSlot);
        _lazyReturns = (ushort)Math.Min(Math.Min(_tx.Capacity, _txHeld.Limit) >> LazyReturnShift, MaximumLazyReturns);
        memory.Region.Bytes[..(int)(2 * HeaderSpacing)].Clear();
        WriteChains(_rxRing, memory.IoAddress, VirtqueueDescriptor.FlagWrite);
        WriteChains(_txRing, memory.IoAddress + HeaderSpacing, 0);
        _device.SetUpQueue(RxQueue, _rxRing);
        _device.SetUpQueue(TxQueue, _txRing);
        _device.Start();
    }

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

    /// <summary>Receive buffers that the device had in the life before: it gets them again.</summary>
    private void RecoverRx()
    {
        _rxHeld.SettleAll(_rx.ActivePosition);
        if (_rx.TryPeekFree(out NetworkBuffer next) && Holds(_rxHeld, in next))
        {
            _rx.AdvanceFree();
        }

        for (uint slot = 0; slot < _rxHeld.Limit; slot++)
        {
            if (_rxHeld.IsHeld(slot))
            {
                Post(slot, _rxHeld[slot].IoAddress);
            }
        }
    }

    /// <summary>Transmit buffers that the device had in the life before: they go back.</summary>
    private void RecoverTx()
    {
        _txHeld.SettleAll(_tx.FreePosition);
        if (_tx.TryPeekActive(out NetworkBuffer next) && Holds(_txHeld, in next))
        {
            _tx.AdvanceActive();
        }

        for (uint slot = 0; slot < _txHeld.Limit; slot++)
        {
            if (_txHeld.IsHeld(slot))
            {
                GiveBack(slot);
            }
        }
    }

    private static bool Holds(Ledger<HeldBuffer> ledger, in NetworkBuffer buffer)
    {
        uint slot = 0;
        while (slot < ledger.Limit && !(ledger.IsHeld(slot) && ledger[slot].IoAddress == buffer.IoAddressOrOffset))
        {
            slot++;
        }

        return slot < ledger.Limit;
    }

    /// <summary>Device to virtualiser: the frames that have arrived.</summary>
    private void ReturnRx()
    {
        bool given = false;
        do
        {
            while (_rxRing.TryTakeUsed(out VirtqueueUsed used))
            {
                given |= GiveReceived(used);
            }
        }
        while (_rxRing.ArmInterrupt());

        if (given && _rx.TakeActiveSignal())
        {
            _rxChannel.Notify();
        }
    }

    private bool GiveReceived(VirtqueueUsed used)
    {
        uint slot = used.Id / DescriptorsPerSlot;
        if (used.Id % DescriptorsPerSlot != 0 || !_rxHeld.IsHeld(slot))
        {
            Dropped++;
            return false;
        }

        // A length that cannot be is passed on as an empty frame, which the virtualiser drops and whose buffer it gives back.
        uint length = used.Length - HeaderSize;
        NetworkBuffer buffer = new()
        {
            IoAddressOrOffset = _rxHeld[slot].IoAddress,
            Length = length <= NetworkBuffer.Size ? (ushort)length : (ushort)0,
        };
        bool hasRoom = _rx.TryReserveActive(out uint position);
        if (hasRoom)
        {
            _rxHeld.Giving(slot, position);
            _rx.PutActive(in buffer);
        }
        else
        {
            Dropped++;
        }

        _rxHeld.Release(slot);
        return hasRoom;
    }

    /// <summary>Virtualiser to device: free buffers to receive into.</summary>
    private void ProvideRx()
    {
        do
        {
            while (_rxHeld.FreeCount > 0 && _rx.TryPeekFree(out NetworkBuffer buffer))
            {
                ushort slot = _rxHeld.Hold(new HeldBuffer(buffer.IoAddressOrOffset));
                _rx.AdvanceFree();
                Post(slot, buffer.IoAddressOrOffset);
            }

            // With every slot in flight nothing more can be posted: the next received frame leads back here.
        }
        while (_rxHeld.FreeCount > 0 && _rx.ArmFree());

        if (_rxRing.Publish())
        {
            _device.Notify(RxQueue);
        }
    }

    private void Post(uint slot, ulong ioAddress)
    {
        uint head = slot * DescriptorsPerSlot;
        _rxRing.Descriptor(head + 1).IoAddress = ioAddress;
        _rxRing.Add((ushort)head);
    }

    /// <summary>Takes transmitted buffers back and sends what the virtualiser has given, until neither has more.</summary>
    private void ProvideTx()
    {
        bool returned = false;
        do
        {
            returned |= ReturnTx();
            Send();
        }
        while (_txRing.ArmInterrupt(_lazyReturns));

        if (returned && _tx.TakeFreeSignal())
        {
            _txChannel.Notify();
        }
    }

    private void Send()
    {
        do
        {
            while (_txHeld.FreeCount > 0 && _tx.TryPeekActive(out NetworkBuffer buffer))
            {
                uint slot = _txHeld.Hold(new HeldBuffer(buffer.IoAddressOrOffset));
                _tx.AdvanceActive();
                uint head = slot * DescriptorsPerSlot;
                ref VirtqueueDescriptor descriptor = ref _txRing.Descriptor(head + 1);
                descriptor.IoAddress = buffer.IoAddressOrOffset;
                descriptor.Length = buffer.Length;
                _txRing.Add((ushort)head);
            }

            // With every slot in flight the interrupt for returns leads back here.
        }
        while (_txHeld.FreeCount > 0 && _tx.ArmActive());

        if (_txRing.Publish())
        {
            _device.Notify(TxQueue);
        }
    }

    private bool ReturnTx()
    {
        bool returned = false;
        while (_txRing.TryTakeUsed(out VirtqueueUsed used))
        {
            uint slot = used.Id / DescriptorsPerSlot;
            if (used.Id % DescriptorsPerSlot != 0 || !_txHeld.IsHeld(slot))
            {
                Dropped++;
                continue;
            }

            returned |= GiveBack(slot);
        }

        return returned;
    }

    private bool GiveBack(uint slot)
    {
        NetworkBuffer buffer = new() { IoAddressOrOffset = _txHeld[slot].IoAddress };
        bool hasRoom = _tx.TryReserveFree(out uint position);
        if (hasRoom)
        {
            _txHeld.Giving(slot, position);
            _tx.PutFree(in buffer);
        }
        else
        {
            Dropped++;
        }

        _txHeld.Release(slot);
        return hasRoom;
    }

    /// <summary>A buffer that the device has, by the address that the device uses.</summary>
    private readonly struct HeldBuffer(ulong ioAddress) : ILedgerItem
    {
        public ulong IoAddress { get; } = ioAddress;

        public uint Fold => LedgerFold.Of(IoAddress);
    }
}
