// How a driver brings a virtio device up (Virtio 1.2, 3.1), by any transport.

namespace Pride.Drivers.Virtio;

/// <summary>The steps that all transports share.</summary>
public static class VirtioDevice
{
    /// <summary>VIRTIO_F_EVENT_IDX: each side says by index when it wants to hear of the other.</summary>
    public const ulong FeatureEventIndex = 1UL << 29;

    /// <summary>VIRTIO_F_VERSION_1: not a legacy device.</summary>
    public const ulong FeatureVersion1 = 1UL << 32;

    /// <summary>VIRTIO_F_ACCESS_PLATFORM: the device's addresses go through an IOMMU, which the descriptions' addresses are made for.</summary>
    private const ulong FeatureAccessPlatform = 1UL << 33;

    private const uint StatusAcknowledge = 1;
    private const uint StatusDriver = 2;
    private const uint StatusDriverOk = 4;
    private const uint StatusFeaturesOk = 8;

    // A device that needs longer than this many reads for its reset is taken as broken.
    private const int ResetPollLimit = 1_000_000;

    /// <summary>
    /// Resets the device, which stops all its DMA, and agrees on features: those of <paramref name="wanted"/> that it offers, version 1, and an IOMMU's addresses.
    /// False when the device does not reset or refuses.
    /// </summary>
    public static bool TryNegotiate<T>(this T device, ulong wanted, out ulong agreed)
        where T : struct, IVirtioTransport
    {
        agreed = 0;
        device.WriteStatus(0);
        for (int i = 0; device.ReadStatus() != 0; i++)
        {
            if (i == ResetPollLimit)
            {
                return false;
            }
        }

        device.WriteStatus(StatusAcknowledge);
        device.WriteStatus(StatusAcknowledge | StatusDriver);
        ulong offered = device.ReadFeatures(0) | ((ulong)device.ReadFeatures(1) << 32);
        agreed = offered & (wanted | FeatureVersion1 | FeatureAccessPlatform);
        device.WriteFeatures(0, (uint)agreed);
        device.WriteFeatures(1, (uint)(agreed >> 32));
        device.WriteStatus(StatusAcknowledge | StatusDriver | StatusFeaturesOk);
        return (agreed & FeatureVersion1) != 0 && (device.ReadStatus() & StatusFeaturesOk) != 0;
    }

    /// <summary>Set-up is over: the device may work.</summary>
    public static void Start<T>(this T device)
        where T : struct, IVirtioTransport => device.WriteStatus(StatusAcknowledge | StatusDriver | StatusFeaturesOk | StatusDriverOk);

    /// <summary>A 64-bit field of the device's own configuration, which is read as two halves (4.2.2.2).</summary>
    public static ulong ReadConfiguration64<T>(this T device, nuint offset)
        where T : struct, IVirtioTransport => device.ReadConfiguration32(offset) | ((ulong)device.ReadConfiguration32(offset + sizeof(uint)) << 32);
}
