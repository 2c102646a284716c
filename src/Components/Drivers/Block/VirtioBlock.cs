// Driver of the virtio block device (Virtio 1.2, 5.2) over MMIO, an sDDF block driver.
//
// A request is a chain of three descriptors that belong to its slot for good: header (16 bytes, device reads), data, status
// (1 byte, device writes). Headers and status bytes lie in a region of their own. Without a device the driver stays up
// and answers every request with NoDevice, so that a missing disk is an error message further up and not a silence.
//
// Requests that are not answered are in the driver's ledger, slot for slot. A restarted driver resets the device, which ends its
// DMA, and begins them again in the order in which they came. That may read or write a second time what the device had done,
// but only for requests without an answer, whose buffers nobody else uses; each request is answered once.

using System;
using System.Runtime.InteropServices;
using System.Threading;
using Pride.Abi.Sddf;
using Pride.Drivers.Virtio;
using Pride.Machine;
using Pride.Microkit;
using Pride.Sddf;

namespace Pride.Drivers.Block;

/// <summary>virtio-blk.</summary>
[Profile(Profile.Driver)]
public sealed class VirtioBlock : ProtectionDomain
{
    private const uint DeviceKind = 2;
    private const uint Queue = 0;
    private const uint MaximumRingSize = 1024;
    private const uint DescriptorsPerSlot = 3;

    // Feature bits (5.2.3): the medium is read-only; the device takes flush requests.
    private const ulong FeatureReadOnly = 1UL << 5;
    private const ulong FeatureFlush = 1UL << 9;

    // Configuration fields (5.2.4): capacity in sectors of 512 bytes, then geometry.
    private const nuint ConfigurationCapacity = 0x00;
    private const nuint ConfigurationGeometry = 0x10;
    private const ushort SectorSize = 512;
    private const uint SectorsPerBlock = BlockRequest.TransferSize / SectorSize;

    private const uint TypeRead = 0;
    private const uint TypeWrite = 1;
    private const uint TypeFlush = 4;
    private const byte StatusOk = 0;
    private const byte StatusPending = 0xff;

    // A slot's header and, behind it, its status byte.
    private const uint HeaderSize = 16;
    private const uint HeaderSpacing = 32;
    private const uint StatusOffset = HeaderSize;

    private const int RegistersRegion = 0;
    private const int HeadersRegion = 1;
    private const int RingRegion = 2;

    private VirtioMmio _device;
    private Irq _interrupt;
    private Channel _virtChannel;
    private BlockResponder _virt;
    private Region _headers;
    private Virtqueue _ring = null!;
    private Ledger<HeldRequest> _held = null!;
    private uint _barrierSlot;
    private ulong _capacityBlocks;
    private bool _hasDevice;
    private bool _hasFlush;
    private bool _isReadOnly;
    private bool _waitsAtBarrier;
    private bool _hasAnswered;
    private bool _isFull;

    [Wired]
    public Config<BlockDriverConfig> Configuration;

    [Wired]
    public Config<DeviceResources> Device;

    /// <summary>Memory of the driver's own, for the requests that are not answered.</summary>
    [Wired]
    public Region Ledger;

    /// <summary>Answers of the device that made no sense, and answers for which the queue had no room.</summary>
    public uint Dropped { get; private set; }

    /// <summary>Entries of the ledger that made no sense after a restart.</summary>
    public uint Forgotten => _held.Dropped;

    public override void Init()
    {
        ref readonly BlockDriverConfig config = ref Configuration.Value;
        ref readonly DeviceResources device = ref Device.Value;
        if (!config.Magic.Is(SddfClass.Block) || !device.Magic.Is(SddfClass.Device) || device.RegionCount != 3 || device.InterruptCount != 1)
        {
            throw new InvalidOperationException("virtio-blk driver: needs a block configuration, registers, two DMA regions and one interrupt");
        }

        _virt = new BlockResponder(in config.Virt);
        _virtChannel = new Channel(config.Virt.ChannelId);
        _interrupt = new Irq(device.Interrupts[0]);
        _device = new VirtioMmio(device.Regions[RegistersRegion].Region);
        _hasDevice = _device.IsDevice(DeviceKind)
            && _device.TryNegotiate(VirtioMmio.FeatureEventIndex | FeatureReadOnly | FeatureFlush, out ulong features)
            && SetUp(features, in device);
        _held ??= new Ledger<HeldRequest>(Ledger);
        Announce(config.Virt.StorageInfo);
        Recover();
        Submit();
        if (_held.Life != 0)
        {
            // The life before may have answered and not come to say so.
            _virtChannel.NotifyDeferred();
        }
    }

    public override void Notified(Channel channel)
    {
        if (_interrupt.Is(channel))
        {
            _device.AcknowledgeInterrupt();
            Complete();
            Submit();
            _interrupt.AcknowledgeDeferred();
        }
        else if (channel == _virtChannel)
        {
            if (_isFull)
            {
                Complete();
            }

            Submit();
        }
    }

    private bool SetUp(ulong features, in DeviceResources device)
    {
        ref readonly DeviceRegion headers = ref device.Regions[HeadersRegion];
        uint size = Math.Min(_device.MaximumQueueSize(Queue), MaximumRingSize);
        uint slots = Math.Min(size / DescriptorsPerSlot, (uint)(headers.Region.Size / HeaderSpacing));
        if (slots == 0)
        {
            return false;
        }

        _headers = headers.Region;
        _hasFlush = (features & FeatureFlush) != 0;
        _isReadOnly = (features & FeatureReadOnly) != 0;
        _ring = new Virtqueue(in device.Regions[RingRegion], 0, size, (features & VirtioMmio.FeatureEventIndex) != 0);
        _held = new Ledger<HeldRequest>(Ledger, slots);
        slots = _held.Limit;
        for (uint slot = 0; slot < slots; slot++)
        {
            uint head = slot * DescriptorsPerSlot;
            ulong header = headers.IoAddress + (slot * HeaderSpacing);
            _ring.Descriptor(head) = new() { IoAddress = header, Length = HeaderSize, Flags = VirtqueueDescriptor.FlagNext };
            _ring.Descriptor(head + 2) = new() { IoAddress = header + StatusOffset, Length = 1, Flags = VirtqueueDescriptor.FlagWrite };
        }

        _device.SetUpQueue(Queue, _ring);
        _device.Start();
        return true;
    }

    private void Announce(Region storageInfo)
    {
        ref BlockStorageInfo info = ref storageInfo.At<BlockStorageInfo>();
        if (!_hasDevice)
        {
            Volatile.Write(ref info.Ready, 0);
            return;
        }

        _capacityBlocks = _device.ReadConfiguration64(ConfigurationCapacity) / SectorsPerBlock;
        uint geometry = _device.ReadConfiguration32(ConfigurationGeometry);
        info.Cylinders = (ushort)geometry;
        info.Heads = (byte)(geometry >> 16);
        info.Blocks = (byte)(geometry >> 24);
        info.SectorSize = SectorSize;
        info.BlockSize = 1;
        info.QueueDepth = (ushort)_held.Limit;
        info.ReadOnly = _isReadOnly ? (byte)1 : (byte)0;
        info.Capacity = _capacityBlocks;
        Volatile.Write(ref info.Ready, 1);
    }

    /// <summary>Begins again what the life before had begun.</summary>
    private void Recover()
    {
        _held.SettleAll(_virt.ResponsePosition);
        uint next = _virt.RequestPosition;
        uint[] order = new uint[_held.HeldCount];
        int count = 0;
        for (uint slot = 0; slot < _held.Limit; slot++)
        {
            if (!_held.IsHeld(slot))
            {
                continue;
            }

            // Positions count on over the end of their range, so ages are compared.
            int at = count++;
            uint age = next - _held[slot].Position;
            for (; at > 0 && next - _held[order[at - 1]].Position < age; at--)
            {
                order[at] = order[at - 1];
            }

            order[at] = slot;
        }

        // Only the last can have been written down and not taken from the queue.
        if (count > 0 && _held[order[count - 1]].Position == next && _virt.TryPeekRequest(out _))
        {
            _virt.AdvanceRequest();
        }

        foreach (uint slot in order.AsSpan(0, count))
        {
            if (_waitsAtBarrier)
            {
                // Nothing is taken after a barrier before it is answered: no entry of this driver's.
                _held.Drop(slot);
            }
            else
            {
                Start(slot);
            }
        }
    }

    /// <summary>Virtualiser to device.</summary>
    private void Submit()
    {
        while (!_waitsAtBarrier && !_virt.IsResponseFull && _held.FreeCount > 0 && _virt.TryPeekRequest(out BlockRequest request))
        {
            ushort slot = _held.Hold(new HeldRequest(in request, _virt.RequestPosition));
            _virt.AdvanceRequest();
            Start(slot);
        }

        if (_hasDevice && _ring.Publish())
        {
            _device.Notify(Queue);
        }

        if (_hasAnswered)
        {
            _hasAnswered = false;
            _virtChannel.NotifyDeferred();
        }
    }

    private void Start(uint slot)
    {
        ref readonly HeldRequest request = ref _held[slot];
        if (TryRefuse(in request, out BlockStatus status))
        {
            Answer(slot, status);
        }
        else if (request.Code == BlockRequestCode.Barrier)
        {
            _waitsAtBarrier = true;
            _barrierSlot = slot;
            PassBarrier();
        }
        else
        {
            Post(slot, in request);
        }
    }

    /// <summary>Requests that are answered at once, and how.</summary>
    private bool TryRefuse(in HeldRequest request, out BlockStatus status)
    {
        bool transfers = request.Code is BlockRequestCode.Read or BlockRequestCode.Write;
        if (!_hasDevice)
        {
            status = BlockStatus.NoDevice;
        }
        else if (request.Code > BlockRequestCode.Barrier
            || (transfers && (request.Count == 0 || request.Count > _capacityBlocks || request.BlockNumber > _capacityBlocks - request.Count)))
        {
            status = BlockStatus.InvalidParameter;
        }
        else
        {
            // A device without a write cache has nothing to flush.
            status = BlockStatus.Ok;
            return request.Code == BlockRequestCode.Flush && !_hasFlush;
        }

        return true;
    }

    private void Post(uint slot, in HeldRequest request)
    {
        ulong at = slot * HeaderSpacing;
        bool transfers = request.Code != BlockRequestCode.Flush;
        _headers.At<VirtioBlockHeader>(at) = new VirtioBlockHeader
        {
            Type = request.Code switch { BlockRequestCode.Read => TypeRead, BlockRequestCode.Write => TypeWrite, _ => TypeFlush },
            Sector = transfers ? request.BlockNumber * SectorsPerBlock : 0,
        };
        _headers.At<byte>(at + StatusOffset) = StatusPending;
        uint head = slot * DescriptorsPerSlot;
        _ring.Descriptor(head).Next = (ushort)(transfers ? head + 1 : head + 2);
        if (transfers)
        {
            ushort direction = request.Code == BlockRequestCode.Read ? VirtqueueDescriptor.FlagWrite : (ushort)0;
            _ring.Descriptor(head + 1) = new VirtqueueDescriptor
            {
                IoAddress = request.IoAddress,
                Length = (uint)request.Count * BlockRequest.TransferSize,
                Flags = (ushort)(direction | VirtqueueDescriptor.FlagNext),
                Next = (ushort)(head + 2),
            };
        }

        _ring.Add((ushort)head);
    }

    /// <summary>Device to virtualiser.</summary>
    private void Complete()
    {
        if (!_hasDevice)
        {
            return;
        }

        do
        {
            while (!_virt.IsResponseFull && _ring.TryTakeUsed(out VirtqueueUsed used))
            {
                uint slot = used.Id / DescriptorsPerSlot;
                if (used.Id % DescriptorsPerSlot != 0 || !_held.IsHeld(slot) || IsBarrier(slot))
                {
                    Dropped++;
                    continue;
                }

                Answer(slot, _headers.At<byte>((slot * HeaderSpacing) + StatusOffset) == StatusOk ? BlockStatus.Ok : BlockStatus.IoError);
            }

            // Only after one of the two has lost its ledger do more requests wait than there is room for answers.
            _isFull = _virt.IsResponseFull;
        }
        while (!_isFull && _ring.ArmInterrupt());

        PassBarrier();
        if (_hasAnswered)
        {
            _hasAnswered = false;
            _virtChannel.Notify();
        }
    }

    private bool IsBarrier(uint slot) => _waitsAtBarrier && slot == _barrierSlot;

    /// <summary>Answers the barrier once nothing else is in flight; nothing more is started until then.</summary>
    private void PassBarrier()
    {
        if (_waitsAtBarrier && _held.HeldCount == 1)
        {
            _waitsAtBarrier = false;
            Answer(_barrierSlot, BlockStatus.Ok);
        }
    }

    private void Answer(uint slot, BlockStatus status)
    {
        ref readonly HeldRequest request = ref _held[slot];
        BlockResponse response = new() { Id = request.Id, Status = status, SuccessCount = status == BlockStatus.Ok ? request.Count : (ushort)0 };
        if (_virt.TryReserveResponse(out uint position))
        {
            _held.Giving(slot, position);
            _virt.PutResponse(in response);
            _hasAnswered = true;
        }
        else
        {
            Dropped++;
        }

        _held.Release(slot);
    }

    /// <summary>struct virtio_blk_req without data and status: type (0), reserved (4), first sector of 512 bytes (8).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct VirtioBlockHeader
    {
        public uint Type;
        public uint Reserved;
        public ulong Sector;
    }
}
