// What a driver of the virtio block device (Virtio 1.2, 5.2) does; by which transport, a class of its own says (VirtioBlock.cs, VirtioBlockPci.cs).
//
// A request is a chain of three descriptors that belong to its slot for good: header (16 bytes, device reads), data, status
// (1 byte, device writes). Headers and status bytes lie in a region of their own.

using System;
using System.Runtime.InteropServices;
using Pride.Abi.Sddf;
using Pride.Drivers.Virtio;
using Pride.Machine;

namespace Pride.Drivers.Block;

/// <summary>virtio-blk.</summary>
public abstract class VirtioBlockDriver<TTransport> : BlockDriver
    where TTransport : struct, IVirtioTransport
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

    /// <summary>A buffer of one descriptor: any request that the queue can hold.</summary>
    private const uint MaximumBlocks = ushort.MaxValue;

    // A slot's header and, behind it, its status byte.
    private const uint HeaderSize = 16;
    private const uint HeaderSpacing = 32;
    private const uint StatusOffset = HeaderSize;

    private const int RegistersRegion = 0;
    private const int HeadersRegion = 1;
    private const int RingRegion = 2;

    private TTransport _device;
    private Region _headers;
    private Virtqueue _ring = null!;

    /// <summary>The device behind its window of registers; false when it cannot be reached.</summary>
    protected abstract bool TryOpen(Region window, out TTransport device);

    protected override bool TrySetUp(ref readonly DeviceResources device, out BlockMedium medium)
    {
        medium = default;
        return TryOpen(device.Regions[RegistersRegion].Region, out _device)
            && _device.IsDevice(DeviceKind)
            && _device.TryNegotiate(VirtioDevice.FeatureEventIndex | FeatureReadOnly | FeatureFlush, out ulong features)
            && TrySetUpRing(features, in device, out medium);
    }

    private bool TrySetUpRing(ulong features, ref readonly DeviceResources device, out BlockMedium medium)
    {
        medium = default;
        ref readonly DeviceRegion headers = ref device.Regions[HeadersRegion];
        uint size = Math.Min(_device.MaximumQueueSize(Queue), MaximumRingSize);
        uint slots = Math.Min(size / DescriptorsPerSlot, (uint)(headers.Region.Size / HeaderSpacing));
        if (slots == 0)
        {
            return false;
        }

        _headers = headers.Region;
        _ring = new Virtqueue(in device.Regions[RingRegion], 0, size, (features & VirtioDevice.FeatureEventIndex) != 0);
        for (uint slot = 0; slot < slots; slot++)
        {
            uint head = slot * DescriptorsPerSlot;
            ulong header = headers.IoAddress + (slot * HeaderSpacing);
            _ring.Descriptor(head) = new() { IoAddress = header, Length = HeaderSize, Flags = VirtqueueDescriptor.FlagNext };
            _ring.Descriptor(head + 2) = new() { IoAddress = header + StatusOffset, Length = 1, Flags = VirtqueueDescriptor.FlagWrite };
        }

        _device.SetUpQueue(Queue, _ring);
        _device.Start();
        uint geometry = _device.ReadConfiguration32(ConfigurationGeometry);
        medium = new BlockMedium
        {
            CapacityBlocks = _device.ReadConfiguration64(ConfigurationCapacity) / SectorsPerBlock,
            SectorSize = SectorSize,
            Slots = slots,
            MaximumBlocks = MaximumBlocks,
            HasFlush = (features & FeatureFlush) != 0,
            IsReadOnly = (features & FeatureReadOnly) != 0,
            Cylinders = (ushort)geometry,
            Heads = (byte)(geometry >> 16),
            Blocks = (byte)(geometry >> 24),
        };
        return true;
    }

    protected override void AcknowledgeInterrupt() => _device.AcknowledgeInterrupt();

    protected override void Post(uint slot, in BlockCommand command)
    {
        ulong at = slot * HeaderSpacing;
        bool transfers = command.Count > 0;
        _headers.At<VirtioBlockHeader>(at) = new VirtioBlockHeader
        {
            Type = command.Code switch { BlockRequestCode.Read => TypeRead, BlockRequestCode.Write => TypeWrite, _ => TypeFlush },
            Sector = transfers ? command.BlockNumber * SectorsPerBlock : 0,
        };
        _headers.At<byte>(at + StatusOffset) = StatusPending;
        uint head = slot * DescriptorsPerSlot;
        _ring.Descriptor(head).Next = (ushort)(transfers ? head + 1 : head + 2);
        if (transfers)
        {
            ushort direction = command.Code == BlockRequestCode.Read ? VirtqueueDescriptor.FlagWrite : (ushort)0;
            _ring.Descriptor(head + 1) = new VirtqueueDescriptor
            {
                IoAddress = command.IoAddress,
                Length = command.Count * BlockRequest.TransferSize,
                Flags = (ushort)(direction | VirtqueueDescriptor.FlagNext),
                Next = (ushort)(head + 2),
            };
        }

        _ring.Add((ushort)head);
    }

    protected override void Publish()
    {
        if (_ring.Publish())
        {
            _device.Notify(Queue);
        }
    }

    protected override bool TryTakeDone(out uint slot, out bool isOk)
    {
        slot = NoSlot;
        isOk = false;
        if (!_ring.TryTakeUsed(out VirtqueueUsed used))
        {
            return false;
        }

        uint named = used.Id / DescriptorsPerSlot;
        if (used.Id % DescriptorsPerSlot == 0 && named < _headers.Size / HeaderSpacing)
        {
            slot = named;
            isOk = _headers.At<byte>((slot * HeaderSpacing) + StatusOffset) == StatusOk;
        }

        return true;
    }

    protected override bool ArmInterrupt() => _ring.ArmInterrupt();

    /// <summary>struct virtio_blk_req without data and status: type (0), reserved (4), first sector of 512 bytes (8).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct VirtioBlockHeader
    {
        public uint Type;
        public uint Reserved;
        public ulong Sector;
    }
}
