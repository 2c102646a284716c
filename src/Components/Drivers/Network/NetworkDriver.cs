// What every Ethernet controller's driver does, an sDDF network driver: queues towards the virtualisers, and the ledger. A device's own class knows
// its registers and rings.
//
// Transmitted buffers are taken back when the driver is awake anyway; the device interrupts for them only when more than
// LazyReturns wait. No client is starved by that, because every client has many more transmit buffers.
//
// The buffers that the device has are in the driver's ledger, slot for slot. A restarted driver resets the device, which ends its
// DMA, posts the receive buffers again and gives the transmit buffers back, sent or not: frames may be lost, buffers are not.

using System;
using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Microkit;
using Pride.Sddf;

namespace Pride.Drivers.Network;

/// <summary>An Ethernet controller's driver.</summary>
public abstract class NetworkDriver : ProtectionDomain
{
    /// <summary>The slot of an answer that names no buffer.</summary>
    protected const uint NoSlot = uint.MaxValue;

    // Transmitted buffers that may stay unreturned while the driver sleeps: an eighth of the queue and of the ring, sixteen at most.
    private const uint MaximumLazyReturns = 16;
    private const int LazyReturnShift = 3;

    private const int RegistersRegion = 0;
    private const int RingRegion = 1;

    private Irq _interrupt;
    private NetworkProducer _rx;
    private NetworkConsumer _tx;
    private Channel _rxChannel;
    private Channel _txChannel;
    private ushort _lazyReturns;
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
            throw new InvalidOperationException("network driver: needs a network configuration, registers, ring memory and one interrupt");
        }

        _rx = new NetworkProducer(in config.VirtRx);
        _tx = new NetworkConsumer(in config.VirtTx);
        _rxChannel = new Channel(config.VirtRx.ChannelId);
        _txChannel = new Channel(config.VirtTx.ChannelId);
        _interrupt = new Irq(device.Interrupts[0]);
        SetUp(device.Regions[RegistersRegion].Region, in device.Regions[RingRegion], out uint rxSlots, out uint txSlots);
        ulong half = Ledger.Size / 2;
        _rxHeld = new Ledger<HeldBuffer>(new Region(Ledger.Address, half), rxSlots);
        _txHeld = new Ledger<HeldBuffer>(new Region(Ledger.Address + (nuint)half, half), txSlots);
        _lazyReturns = (ushort)Math.Min(Math.Min(_tx.Capacity, _txHeld.Limit) >> LazyReturnShift, MaximumLazyReturns);
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
            AcknowledgeInterrupt();
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

    /// <summary>Resets the device, which ends its DMA, and sets it going with empty rings in <paramref name="rings"/>; how many buffers it takes in each direction.</summary>
    /// <exception cref="InvalidOperationException">There is no such device, or it does not work; the message says which.</exception>
    protected abstract void SetUp(Region registers, in DeviceRegion rings, out uint rxSlots, out uint txSlots);

    /// <summary>Takes the interrupt off the line; called before the rings are looked at, so that what comes later raises it anew.</summary>
    protected abstract void AcknowledgeInterrupt();

    /// <summary>Puts a buffer to receive into in the ring; the device sees it at the next <see cref="PublishReceive"/>.</summary>
    protected abstract void PostReceive(uint slot, ulong ioAddress);

    protected abstract void PublishReceive();

    /// <summary>Takes the next buffer that the device has filled. <paramref name="slot"/> is what the device says: it is checked here. A length of 0 drops the frame.</summary>
    protected abstract bool TryTakeReceived(out uint slot, out ushort length);

    /// <summary>Asks for an interrupt at the next frame; true when one is there already.</summary>
    protected abstract bool ArmReceive();

    /// <summary>Puts a frame in the ring; the device sees it at the next <see cref="PublishTransmit"/>.</summary>
    protected abstract void PostTransmit(uint slot, ulong ioAddress, ushort length);

    protected abstract void PublishTransmit();

    /// <summary>Takes the next frame that the device has sent.</summary>
    protected abstract bool TryTakeTransmitted(out uint slot);

    /// <summary>Asks for an interrupt once more than <paramref name="after"/> further frames are sent; true when they are already.</summary>
    protected abstract bool ArmTransmit(ushort after);

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
                PostReceive(slot, _rxHeld[slot].IoAddress);
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
            while (TryTakeReceived(out uint slot, out ushort length))
            {
                given |= GiveReceived(slot, length);
            }
        }
        while (ArmReceive());

        if (given && _rx.TakeActiveSignal())
        {
            _rxChannel.Notify();
        }
    }

    private bool GiveReceived(uint slot, ushort length)
    {
        if (!_rxHeld.IsHeld(slot))
        {
            Dropped++;
            return false;
        }

        // A length that cannot be is passed on as an empty frame, which the virtualiser drops and whose buffer it gives back.
        NetworkBuffer buffer = new() { IoAddressOrOffset = _rxHeld[slot].IoAddress, Length = length <= NetworkBuffer.Size ? length : (ushort)0 };
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
                PostReceive(slot, buffer.IoAddressOrOffset);
            }

            // With every slot in flight nothing more can be posted: the next received frame leads back here.
        }
        while (_rxHeld.FreeCount > 0 && _rx.ArmFree());

        PublishReceive();
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
        while (ArmTransmit(_lazyReturns));

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
                PostTransmit(slot, buffer.IoAddressOrOffset, buffer.Length);
            }

            // With every slot in flight the interrupt for returns leads back here.
        }
        while (_txHeld.FreeCount > 0 && _tx.ArmActive());

        PublishTransmit();
    }

    private bool ReturnTx()
    {
        bool returned = false;
        while (TryTakeTransmitted(out uint slot))
        {
            if (_txHeld.IsHeld(slot))
            {
                returned |= GiveBack(slot);
            }
            else
            {
                Dropped++;
            }
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
