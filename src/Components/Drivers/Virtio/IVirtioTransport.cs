// What the virtio drivers need of a transport: the registers by which driver and device agree (Virtio 1.2, 3.1 and 4).
//
// A driver's base class is generic over its transport, so that each PD is compiled for the one it has.

namespace Pride.Drivers.Virtio;

/// <summary>A way to a virtio device's registers.</summary>
public interface IVirtioTransport
{
    /// <summary>A modern device of kind <paramref name="deviceId"/> (Virtio 1.2, 5) answers.</summary>
    bool IsDevice(uint deviceId);

    /// <summary>The device status field (2.1).</summary>
    uint ReadStatus();

    /// <summary>Sets the device status field; 0 resets the device.</summary>
    void WriteStatus(uint status);

    /// <summary>32 of the feature bits that the device offers, from bit 32 * <paramref name="half"/> on.</summary>
    uint ReadFeatures(uint half);

    /// <summary>32 of the feature bits that the driver takes.</summary>
    void WriteFeatures(uint half, uint features);

    /// <summary>The largest size, in descriptors, that the device allows for queue <paramref name="queue"/>; 0 when it has no such queue.</summary>
    uint MaximumQueueSize(uint queue);

    /// <summary>Shows the device where a queue lies and puts it to use.</summary>
    void SetUpQueue(uint queue, Virtqueue ring);

    /// <summary>The doorbell of a queue. The caller has made its entries visible before.</summary>
    void Notify(uint queue);

    /// <summary>Takes the interrupt off the line. To be called before the rings are looked at: what comes later raises it anew.</summary>
    void AcknowledgeInterrupt();

    /// <summary>An 8-bit field of the device's own configuration.</summary>
    byte ReadConfiguration8(nuint offset);

    /// <summary>A 32-bit field of the device's own configuration.</summary>
    uint ReadConfiguration32(nuint offset);
}
