// The virtio transport over MMIO registers (Virtio 1.2, 4.2.2), version 2 ("modern") alone.
//
// Under QEMU the version is modern with -global virtio-mmio.force-legacy=false. Register offsets are the specification's.

using Pride.Machine;

namespace Pride.Drivers.Virtio;

/// <summary>One virtio-mmio register window.</summary>
public readonly struct VirtioMmio(Region window) : IVirtioTransport
{
    private const nuint MagicValue = 0x000;
    private const nuint Version = 0x004;
    private const nuint DeviceId = 0x008;
    private const nuint DeviceFeatures = 0x010;
    private const nuint DeviceFeaturesSelect = 0x014;
    private const nuint DriverFeatures = 0x020;
    private const nuint DriverFeaturesSelect = 0x024;
    private const nuint QueueSelect = 0x030;
    private const nuint QueueSizeMaximum = 0x034;
    private const nuint QueueSize = 0x038;
    private const nuint QueueReady = 0x044;
    private const nuint QueueNotify = 0x050;
    private const nuint InterruptStatus = 0x060;
    private const nuint InterruptAcknowledge = 0x064;
    private const nuint Status = 0x070;
    private const nuint QueueDescriptors = 0x080;
    private const nuint QueueDriver = 0x090;
    private const nuint QueueDevice = 0x0a0;
    private const nuint DeviceConfiguration = 0x100;

    private const uint Magic = 0x74726976;
    private const uint ModernVersion = 2;

    private readonly Mmio _registers = new(window);

    /// <summary>A modern device of kind <paramref name="deviceId"/> answers here. An empty slot answers with kind 0.</summary>
    public bool IsDevice(uint deviceId) =>
        _registers.Read32(MagicValue) == Magic && _registers.Read32(Version) == ModernVersion && _registers.Read32(DeviceId) == deviceId;

    public uint ReadStatus() => _registers.Read32(Status);

    public void WriteStatus(uint status) => _registers.Write32(Status, status);

    public uint ReadFeatures(uint half)
    {
        _registers.Write32(DeviceFeaturesSelect, half);
        return _registers.Read32(DeviceFeatures);
    }

    public void WriteFeatures(uint half, uint features)
    {
        _registers.Write32(DriverFeaturesSelect, half);
        _registers.Write32(DriverFeatures, features);
    }

    public uint MaximumQueueSize(uint queue)
    {
        _registers.Write32(QueueSelect, queue);
        return _registers.Read32(QueueSizeMaximum);
    }

    public void SetUpQueue(uint queue, Virtqueue ring)
    {
        _registers.Write32(QueueSelect, queue);
        _registers.Write32(QueueSize, ring.Size);
        WriteAddress(QueueDescriptors, ring.DescriptorsIoAddress);
        WriteAddress(QueueDriver, ring.DriverIoAddress);
        WriteAddress(QueueDevice, ring.DeviceIoAddress);
        _registers.Write32(QueueReady, 1);
    }

    public void Notify(uint queue) => _registers.Write32(QueueNotify, queue);

    public void AcknowledgeInterrupt() => _registers.Write32(InterruptAcknowledge, _registers.Read32(InterruptStatus));

    public uint ReadConfiguration32(nuint offset) => _registers.Read32(DeviceConfiguration + offset);

    public byte ReadConfiguration8(nuint offset) => _registers.Read8(DeviceConfiguration + offset);

    private void WriteAddress(nuint register, ulong ioAddress)
    {
        _registers.Write32(register, (uint)ioAddress);
        _registers.Write32(register + sizeof(uint), (uint)(ioAddress >> 32));
    }
}
