// The virtio transport over MMIO registers (Virtio 1.2, 4.2.2), version 2 ("modern") alone.
//
// Under QEMU the version is modern with -global virtio-mmio.force-legacy=false. Register offsets are the specification's.

using System;
using Pride.Machine;

namespace Pride.Drivers.Virtio;

/// <summary>One virtio-mmio register window.</summary>
public readonly struct VirtioMmio(Region window)
{
    /// <summary>VIRTIO_F_EVENT_IDX: each side says by index when it wants to hear of the other.</summary>
    public const ulong FeatureEventIndex = 1UL << 29;

    /// <summary>VIRTIO_F_VERSION_1: not a legacy device.</summary>
    public const ulong FeatureVersion1 = 1UL << 32;

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

    private const uint StatusAcknowledge = 1;
    private const uint StatusDriver = 2;
    private const uint StatusDriverOk = 4;
    private const uint StatusFeaturesOk = 8;

    // A device that needs longer than this many reads for its reset is taken as broken.
    private const int ResetPollLimit = 1_000_000;

    private readonly Mmio _registers = new(window);

    /// <summary>A modern device of kind <paramref name="deviceId"/> answers here. An empty slot answers with kind 0.</summary>
    public bool IsDevice(uint deviceId) =>
        _registers.Read32(MagicValue) == Magic && _registers.Read32(Version) == ModernVersion && _registers.Read32(DeviceId) == deviceId;

    /// <summary>
    /// Resets the device, which stops all its DMA, and agrees on features: those of <paramref name="wanted"/> that it offers, and version 1.
    /// False when the device does not reset or refuses.
    /// </summary>
    public bool TryNegotiate(ulong wanted, out ulong agreed)
    {
        agreed = 0;
        _registers.Write32(Status, 0);
        for (int i = 0; _registers.Read32(Status) != 0; i++)
        {
            if (i == ResetPollLimit)
            {
                return false;
            }
        }

        _registers.Write32(Status, StatusAcknowledge);
        _registers.Write32(Status, StatusAcknowledge | StatusDriver);
        _registers.Write32(DeviceFeaturesSelect, 0);
        ulong offered = _registers.Read32(DeviceFeatures);
        _registers.Write32(DeviceFeaturesSelect, 1);
        offered |= (ulong)_registers.Read32(DeviceFeatures) << 32;
        agreed = offered & (wanted | FeatureVersion1);
        _registers.Write32(DriverFeaturesSelect, 0);
        _registers.Write32(DriverFeatures, (uint)agreed);
        _registers.Write32(DriverFeaturesSelect, 1);
        _registers.Write32(DriverFeatures, (uint)(agreed >> 32));
        _registers.Write32(Status, StatusAcknowledge | StatusDriver | StatusFeaturesOk);
        return (agreed & FeatureVersion1) != 0 && (_registers.Read32(Status) & StatusFeaturesOk) != 0;
    }

    /// <summary>The largest size, in descriptors, that the device allows for queue <paramref name="queue"/>; 0 when it has no such queue.</summary>
    public uint MaximumQueueSize(uint queue)
    {
        _registers.Write32(QueueSelect, queue);
        return _registers.Read32(QueueSizeMaximum);
    }

    /// <summary>Shows the device where a queue lies and puts it to use.</summary>
    public void SetUpQueue(uint queue, Virtqueue ring)
    {
        _registers.Write32(QueueSelect, queue);
        _registers.Write32(QueueSize, ring.Size);
        WriteAddress(QueueDescriptors, ring.DescriptorsIoAddress);
        WriteAddress(QueueDriver, ring.DriverIoAddress);
        WriteAddress(QueueDevice, ring.DeviceIoAddress);
        _registers.Write32(QueueReady, 1);
    }

    /// <summary>Set-up is over: the device may work.</summary>
    public void Start() => _registers.Write32(Status, StatusAcknowledge | StatusDriver | StatusFeaturesOk | StatusDriverOk);

    /// <summary>The doorbell of a queue. The caller has made its entries visible before.</summary>
    public void Notify(uint queue) => _registers.Write32(QueueNotify, queue);

    /// <summary>Takes the interrupt off the line. To be called before the rings are looked at: what comes later raises it anew.</summary>
    public void AcknowledgeInterrupt() => _registers.Write32(InterruptAcknowledge, _registers.Read32(InterruptStatus));

    /// <summary>A 32-bit field of the device's own configuration.</summary>
    public uint ReadConfiguration32(nuint offset) => _registers.Read32(DeviceConfiguration + offset);

    /// <summary>An 8-bit field of the device's own configuration.</summary>
    public byte ReadConfiguration8(nuint offset) => _registers.Read8(DeviceConfiguration + offset);

    /// <summary>A 64-bit field of the device's own configuration, which is read as two halves (4.2.2.2).</summary>
    public ulong ReadConfiguration64(nuint offset) =>
        ReadConfiguration32(offset) | ((ulong)ReadConfiguration32(offset + sizeof(uint)) << 32);

    private void WriteAddress(nuint register, ulong ioAddress)
    {
        _registers.Write32(register, (uint)ioAddress);
        _registers.Write32(register + sizeof(uint), (uint)(ioAddress >> 32));
    }
}
