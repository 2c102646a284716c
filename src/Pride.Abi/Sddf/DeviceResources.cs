// What a driver is given of its device: register windows, DMA memory and interrupts (sDDF 0.7, include/sddf/resources/).

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Pride.Machine;

namespace Pride.Abi.Sddf;

/// <summary>Memory that a device also reaches. Layout: <see cref="Region"/> (16 bytes), then the address the device uses (8 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct DeviceRegion
{
    public Region Region;

    /// <summary>The first byte's address as the device sees it (physical, or behind an IOMMU).</summary>
    public ulong IoAddress;
}

/// <summary>
/// device_resources_t, 1608 bytes: magic (0), number of regions (5), number of interrupts (6), regions (8), channel ids of interrupts (1544).
/// </summary>
[ConfigurationSection(".device_resources")]
[StructLayout(LayoutKind.Sequential)]
public struct DeviceResources
{
    public const int MaximumRegions = 64;
    public const int MaximumInterrupts = 64;

    public SddfMagic Magic;
    public byte RegionCount;
    public byte InterruptCount;
    public RegionArray Regions;

    /// <summary>The channel id under which each interrupt arrives.</summary>
    public InterruptArray Interrupts;

    [InlineArray(MaximumRegions)]
    public struct RegionArray
    {
        private DeviceRegion _first;
    }

    [InlineArray(MaximumInterrupts)]
    public struct InterruptArray
    {
        private byte _first;
    }
}
