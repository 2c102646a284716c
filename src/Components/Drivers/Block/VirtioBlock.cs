// Driver of the virtio block device (Virtio 1.2, 5.2) over MMIO, an sDDF block driver.
//
// A request is a chain of three descriptors that belong to its slot for good: header (16 bytes, device reads), data, status
// (1 byte, device writes). Headers and status bytes lie in a region of their own. Without a device the driver stays up
// and answers every request with NoDevice, so that a missing disk is an error message further up and not a silence.

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
    private SlotStack _slots = null!;
    private BlockRequest[] _requests = [];
    private BlockRequest _barrier;
    private ulong _capacityBlocks;
    private bool _hasDevice;
    private bool _hasFlush;
    private bool _isReadOnly;
    private bool _waitsAtBarrier;

    [Wired]
    public Config<BlockDriverConfig> Configuration;

    [Wired]
    public Config<DeviceResources> Device;

    /// <summary>Answers of the device that made no sense.</summary>
    public uint Dropped { get; private set; }

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
        if (_hasDevice)
        {
            Announce(config.Virt.StorageInfo);
        }

        Submit();
    }

    public override void Notified(Channel channel)
    {
        if (_interrupt.Is(channel))
        {
            _device.AcknowledgeInterrupt();
            if (_hasDevice)
            {
                Complete();
            }

            Submit();
            _interrupt.AcknowledgeDeferred();
        }
        else if (channel == _virtChannel)
        {
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
        _slots = new SlotStack((int)slots);
        _requests = new BlockRequest[slots];
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
        _capacityBlocks = _device.ReadConfiguration64(ConfigurationCapacity) / SectorsPerBlock;
        uint geometry = _device.ReadConfiguration32(ConfigurationGeometry);
        info.Cylinders = (ushort)geometry;
        info.Heads = (byte)(geometry >> 16);
        info.Blocks = (byte)(geometry >> 24);
        info.SectorSize = SectorSize;
        info.BlockSize = 1;
        info.QueueDepth = (ushort)_requests.Length;
        info.ReadOnly = _isReadOnly ? (byte)1 : (byte)0;
        info.Capacity = _capacityBlocks;
        Volatile.Write(ref info.Ready, 1);
    }

    /// <summary>Virtualiser to device.</summary>
    private void Submit()
    {
        bool answered = false;
        while (!_waitsAtBarrier && !_virt.IsResponseFull && (!_hasDevice || _slots.FreeCount > 0) && _virt.TryDequeueRequest(out BlockRequest request))
        {
            if (TryRefuse(in request, out BlockStatus status))
            {
                Answer(request.Id, status, 0);
                answered = true;
            }
            else if (request.Code == BlockRequestCode.Barrier)
            {
                answered |= PassBarrier(in request);
            }
            else
            {
                Post(in request);
            }
        }

        if (_hasDevice && _ring.Publish())
        {
            _device.Notify(Queue);
        }

        if (answered)
        {
            _virtChannel.NotifyDeferred();
        }
    }

    /// <summary>Requests that are answered at once, and how.</summary>
    private bool TryRefuse(in BlockRequest request, out BlockStatus status)
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

    private void Post(in BlockRequest request)
    {
        ushort slot = _slots.Take();
        _requests[slot] = request;
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
                IoAddress = request.IoAddressOrOffset,
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
        bool answered = false;
        do
        {
            while (_ring.TryTakeUsed(out VirtqueueUsed used))
            {
                uint slot = used.Id / DescriptorsPerSlot;
                if (used.Id % DescriptorsPerSlot != 0 || !_slots.TryPut(slot))
                {
                    Dropped++;
                    continue;
                }

                BlockStatus status = _headers.At<byte>((slot * HeaderSpacing) + StatusOffset) == StatusOk ? BlockStatus.Ok : BlockStatus.IoError;
                Answer(_requests[slot].Id, status, status == BlockStatus.Ok ? _requests[slot].Count : (ushort)0);
                answered = true;
            }
        }
        while (_ring.ArmInterrupt());

        if (_waitsAtBarrier && _slots.InFlightCount == 0)
        {
            _waitsAtBarrier = false;
            Answer(_barrier.Id, BlockStatus.Ok, 0);
        }

        if (answered)
        {
            _virtChannel.Notify();
        }
    }

    /// <summary>True when nothing is in flight and the barrier is answered; else nothing more is started until it is.</summary>
    private bool PassBarrier(in BlockRequest request)
    {
        if (_slots.InFlightCount == 0)
        {
            Answer(request.Id, BlockStatus.Ok, 0);
            return true;
        }

        _barrier = request;
        _waitsAtBarrier = true;
        return false;
    }

    private void Answer(uint id, BlockStatus status, ushort blocks)
    {
        BlockResponse response = new() { Id = id, Status = status, SuccessCount = blocks };
        if (!_virt.TryEnqueueResponse(in response))
        {
            Dropped++;
        }
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
