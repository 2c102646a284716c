// What a driver of the virtio entropy device (Virtio 1.2, 5.4) does. Serves Pride's entropy protocol; by which transport it has the device, a
// class of its own says (VirtioRng.cs, VirtioRngPci.cs).
//
// The device fills a pool; words are handed out from it once, and cleared. An empty pool is filled again; until the device has done so,
// callers get none and may ask again. Without a device every caller gets none.

using System;
using Pride.Abi;
using Pride.Abi.Sddf;
using Pride.Abi.Services;
using Pride.Drivers.Virtio;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Drivers.Entropy;

/// <summary>virtio-rng.</summary>
public abstract class VirtioRngDriver<TTransport> : ProtectionDomain
    where TTransport : struct, IVirtioTransport
{
    /// <summary>Bytes of the pool: one request to the device.</summary>
    public const uint PoolBytes = 512;

    private const uint DeviceKind = 4;
    private const uint Queue = 0;
    private const ushort RingSize = 2;
    private const int RegistersRegion = 0;
    private const int RingRegion = 1;

    // Clients draw their seed in their Init, so the first one waits for the device: some milliseconds at most.
    private const int FirstFillPollLimit = 10_000_000;

    // Behind the rings in the same page.
    private const ulong PoolOffset = 1024;

    private TTransport _device;
    private Irq _interrupt;
    private Region _memory;
    private Virtqueue _ring = null!;
    private ulong _poolIoAddress;
    private uint _next;
    private uint _end;
    private bool _hasDevice;
    private bool _isFilling;

    [Wired]
    public Config<DeviceResources> Device;

    /// <summary>Calls with a label that no entropy driver serves, and answers of the device that made no sense.</summary>
    public uint Dropped { get; private set; }

    public override void Init()
    {
        ref readonly DeviceResources device = ref Device.Value;
        if (!device.Magic.Is(SddfClass.Device) || device.RegionCount != 2 || device.InterruptCount != 1)
        {
            throw new InvalidOperationException("virtio-rng driver: needs registers, a DMA region and one interrupt");
        }

        _interrupt = new Irq(device.Interrupts[0]);
        _memory = device.Regions[RingRegion].Region;
        _poolIoAddress = device.Regions[RingRegion].IoAddress + PoolOffset;
        _hasDevice = TryOpen(device.Regions[RegistersRegion].Region, out _device)
            && _device.IsDevice(DeviceKind)
            && _device.TryNegotiate(0, out _)
            && _device.MaximumQueueSize(Queue) >= RingSize;
        if (!_hasDevice)
        {
            return;
        }

        _ring = new Virtqueue(in device.Regions[RingRegion], 0, RingSize, hasEventIndex: false);
        _device.SetUpQueue(Queue, _ring);
        _device.Start();
        Fill();
        for (int i = 0; i < FirstFillPollLimit && _isFilling; i++)
        {
            TakeFilled();
        }
    }

    public override void Notified(Channel channel)
    {
        if (_interrupt.Is(channel))
        {
            if (_hasDevice)
            {
                _device.AcknowledgeInterrupt();
                TakeFilled();
            }

            _interrupt.AcknowledgeDeferred();
        }
    }

    public override MessageInfo Protected(Channel channel, MessageInfo message)
    {
        if (message.Label != EntropyProtocol.Draw || message.Length < 1)
        {
            Dropped++;
            return new MessageInfo(0, 0);
        }

        if (!_hasDevice)
        {
            return new MessageInfo(0, 0);
        }

        ulong wanted = Math.Min(MessageRegisters.Get(0), EntropyProtocol.MaximumWords);
        int given = 0;
        for (; (ulong)given < wanted && _next + sizeof(ulong) <= _end; given++, _next += sizeof(ulong))
        {
            ref ulong word = ref _memory.At<ulong>(PoolOffset + _next);
            MessageRegisters.Set(given, word);
            word = 0;
        }

        if ((ulong)given < wanted)
        {
            TakeFilled();
            Fill();
        }

        return new MessageInfo(0, given);
    }

    /// <summary>The device behind its window of registers; false when it cannot be reached.</summary>
    protected abstract bool TryOpen(Region window, out TTransport device);

    private void Fill()
    {
        if (_isFilling || _next + sizeof(ulong) <= _end)
        {
            return;
        }

        _isFilling = true;
        _ring.Descriptor(0) = new VirtqueueDescriptor { IoAddress = _poolIoAddress, Length = PoolBytes, Flags = VirtqueueDescriptor.FlagWrite };
        _ring.Add(0);
        if (_ring.Publish())
        {
            _device.Notify(Queue);
        }
    }

    private void TakeFilled()
    {
        while (_ring.TryTakeUsed(out VirtqueueUsed used))
        {
            if (!_isFilling || used.Id != 0 || used.Length > PoolBytes)
            {
                Dropped++;
                continue;
            }

            _isFilling = false;
            _next = 0;
            _end = used.Length;
        }
    }
}
