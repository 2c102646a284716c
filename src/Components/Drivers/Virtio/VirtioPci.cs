// The virtio transport over PCI (Virtio 1.2, 4.1), modern devices alone.
//
// Capabilities say where in the device's window each group of registers lies. All groups must lie in the one window that the driver has,
// as QEMU's devices have them; what a capability says is checked against the window before it is used.

using System;
using Pride.Abi.Services;
using Pride.Drivers.Pci;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Drivers.Virtio;

/// <summary>One virtio function's registers.</summary>
public readonly struct VirtioPci : IVirtioTransport
{
    // 4.1.2: vendor, and the first device number of modern devices, to which the kind is added.
    private const uint Vendor = 0x1af4;
    private const uint FirstDevice = 0x1040;

    // struct virtio_pci_cap (4.1.4): kind of group, base address register, offset, length; behind it, for doorbells, how far they are apart.
    private const uint VendorCapability = 0x09;
    private const uint GroupKind = 0;
    private const int GroupKindShift = 24;
    private const uint GroupRegister = 4;
    private const uint GroupOffset = 8;
    private const uint GroupLength = 12;
    private const uint DoorbellSpacing = 16;
    private const uint ByteMask = 0xff;

    private const uint CommonGroup = 1;
    private const uint DoorbellGroup = 2;
    private const uint InterruptGroup = 3;
    private const uint DeviceGroup = 4;

    // struct virtio_pci_common_cfg (4.1.4.3).
    private const nuint DeviceFeaturesSelect = 0x00;
    private const nuint DeviceFeatures = 0x04;
    private const nuint DriverFeaturesSelect = 0x08;
    private const nuint DriverFeatures = 0x0c;
    private const nuint Status = 0x14;
    private const nuint QueueSelect = 0x16;
    private const nuint QueueSize = 0x18;
    private const nuint QueueMessage = 0x1a;
    private const ushort FirstMessage = 0;
    private const nuint QueueEnable = 0x1c;
    private const nuint QueueDoorbell = 0x1e;
    private const nuint QueueDescriptors = 0x20;
    private const nuint QueueDriver = 0x28;
    private const nuint QueueDevice = 0x30;
    private const ulong CommonBytes = 0x38;

    /// <summary>A device has five groups, some of them twice; a list of more is taken for one that loops.</summary>
    private const int MaximumCapabilities = 16;

    /// <summary>Queues that drivers use: their doorbells' places are remembered.</summary>
    private const int MaximumQueues = 4;

    private readonly uint _identity;
    private readonly PciSignal _signal;
    private readonly Mmio _common;
    private readonly Mmio _interrupt;
    private readonly Mmio _device;
    private readonly Mmio _doorbells;
    private readonly uint _spacing;
    private readonly nuint[] _doorbellOffsets;

    private VirtioPci(uint identity, PciSignal signal, Region common, Region interrupt, Region device, Region doorbells, uint spacing)
    {
        _identity = identity;
        _signal = signal;
        _common = new Mmio(common);
        _interrupt = new Mmio(interrupt);
        _device = new Mmio(device);
        _doorbells = new Mmio(doorbells);
        _spacing = spacing;
        _doorbellOffsets = new nuint[MaximumQueues];
    }

    /// <summary>Opens the function behind <paramref name="host"/>, whose window is <paramref name="window"/>; allocates. Not ready: <paramref name="transport"/> is nothing.</summary>
    public static PciStatus Open(Channel host, Region window, out VirtioPci transport)
    {
        transport = default;
        PciFunction function = new(host);
        PciStatus status = function.Open(out uint windowRegister, out PciSignal signal);
        if (status != PciStatus.Ready)
        {
            return status;
        }

        Span<Region> groups = stackalloc Region[(int)DeviceGroup + 1];
        uint spacing = 0;
        uint at = 0;
        for (int i = 0; i < MaximumCapabilities && (at = PciCapabilities.Find(function, VendorCapability, at)) != 0; i++)
        {
            uint kind = function.Read(at + GroupKind) >> GroupKindShift;
            if (kind is < CommonGroup or > DeviceGroup || groups[(int)kind].Size != 0
                || (function.Read(at + GroupRegister) & ByteMask) != windowRegister)
            {
                continue;
            }

            ulong offset = function.Read(at + GroupOffset);
            ulong length = function.Read(at + GroupLength);
            if (offset <= window.Size && length <= window.Size - offset)
            {
                groups[(int)kind] = new Region(window.Address + (nuint)offset, length);
                spacing = kind == DoorbellGroup ? function.Read(at + DoorbellSpacing) : spacing;
            }
        }

        if (groups[(int)CommonGroup].Size < CommonBytes || groups[(int)DoorbellGroup].Size < sizeof(ushort) || groups[(int)InterruptGroup].Size == 0)
        {
            return PciStatus.OtherDevice;
        }

        transport = new VirtioPci(
            function.Read(0), signal, groups[(int)CommonGroup], groups[(int)InterruptGroup], groups[(int)DeviceGroup], groups[(int)DoorbellGroup], spacing);
        return PciStatus.Ready;
    }

    public bool IsDevice(uint deviceId) => _identity == (Vendor | ((FirstDevice + deviceId) << 16));

    public uint ReadStatus() => _common.Read8(Status);

    public void WriteStatus(uint status) => _common.Write8(Status, (byte)status);

    public uint ReadFeatures(uint half)
    {
        _common.Write32(DeviceFeaturesSelect, half);
        return _common.Read32(DeviceFeatures);
    }

    public void WriteFeatures(uint half, uint features)
    {
        _common.Write32(DriverFeaturesSelect, half);
        _common.Write32(DriverFeatures, features);
    }

    public uint MaximumQueueSize(uint queue)
    {
        _common.Write16(QueueSelect, (ushort)queue);
        return _common.Read16(QueueSize);
    }

    public void SetUpQueue(uint queue, Virtqueue ring)
    {
        _common.Write16(QueueSelect, (ushort)queue);
        _common.Write16(QueueSize, (ushort)ring.Size);
        WriteAddress(QueueDescriptors, ring.DescriptorsIoAddress);
        WriteAddress(QueueDriver, ring.DriverIoAddress);
        WriteAddress(QueueDevice, ring.DeviceIoAddress);
        _doorbellOffsets[queue] = (nuint)((ulong)_common.Read16(QueueDoorbell) * _spacing);
        if (_signal == PciSignal.TableMessage)
        {
            _common.Write16(QueueMessage, FirstMessage);
        }

        _common.Write16(QueueEnable, 1);
    }

    public void Notify(uint queue) => _doorbells.Write16(_doorbellOffsets[queue], (ushort)queue);

    /// <summary>Reading the interrupt status takes the line back (4.1.4.5); a message needs none.</summary>
    public void AcknowledgeInterrupt()
    {
        if (_signal == PciSignal.Line)
        {
            _interrupt.Read8(0);
        }
    }

    public byte ReadConfiguration8(nuint offset) => _device.Read8(offset);

    public uint ReadConfiguration32(nuint offset) => _device.Read32(offset);

    private void WriteAddress(nuint register, ulong ioAddress)
    {
        _common.Write32(register, (uint)ioAddress);
        _common.Write32(register + sizeof(uint), (uint)(ioAddress >> 32));
    }
}
