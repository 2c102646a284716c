// What every subsystem does: map a region and say where, connect two PDs and say by which ids, size queues.

using System;
using System.Collections.Generic;
using System.Numerics;
using Pride.Abi.Sddf;
using Pride.Machine;

namespace Pride.Description.Subsystems;

/// <summary>Shared steps of the subsystem builders.</summary>
internal static class Plumbing
{
    /// <summary>Maps <paramref name="region"/> and returns it as the PD sees it.</summary>
    public static Region MapInto(this MemoryRegion region, Pd pd, Permissions permissions)
    {
        Mapping mapping = pd.Map(region, permissions);
        return new Region((nuint)mapping.Address, mapping.Length);
    }

    /// <summary>Maps DMA memory and returns it with the address that devices use.</summary>
    public static DeviceRegion MapDmaInto(this MemoryRegion region, Pd pd, Permissions permissions) =>
        new() { Region = region.MapInto(pd, permissions), IoAddress = region.IoAddress };

    /// <summary>A channel over which both may notify; the ids of each end.</summary>
    public static (byte First, byte Second) ConnectNotifying(this SystemBuilder system, Pd first, Pd second)
    {
        ChannelEnd firstEnd = first.End();
        ChannelEnd secondEnd = second.End();
        system.Connect(firstEnd, secondEnd);
        return ((byte)firstEnd.Id, (byte)secondEnd.Id);
    }

    /// <summary>Registers (region 0) and first interrupt of a device, for its driver.</summary>
    public static DeviceResources Resources(this SystemBuilder system, Pd driver, BoardDevice device)
    {
        DeviceResources resources = new() { Magic = SddfMagic.Of(SddfClass.Device) };
        if (device.Size != 0)
        {
            resources.Regions[resources.RegionCount++].Region = system.DeviceRegion(device).MapInto(driver, Permissions.ReadWrite);
        }

        InterruptBinding interrupt = device.Pci is { Message: { } message } pci
            ? driver.MessageInterrupt(new PciAddress(pci.Bus, pci.Device, pci.Function), message.Vector)
            : driver.Interrupt(device.Interrupt, device.Trigger);
        resources.Interrupts[resources.InterruptCount++] = (byte)interrupt.Id;
        return resources;
    }

    /// <summary>The same for a driver that is not C#, with DMA memory behind its registers.</summary>
    public static DeviceResources Resources(this SystemBuilder system, Pd driver, BoardDevice device, string name, IReadOnlyList<ulong> dmaRegions)
    {
        DeviceResources resources = system.Resources(driver, device);
        for (int i = 0; i < dmaRegions.Count; i++)
        {
            CheckClients(resources.RegionCount, DeviceResources.MaximumRegions, "driver's");
            resources.Regions[resources.RegionCount++] = system.DmaRegion($"{name}_dma{i}", dmaRegions[i], device).MapDmaInto(driver, Permissions.ReadWrite);
        }

        return resources;
    }

    /// <summary>The next power of two: what queue arithmetic needs.</summary>
    public static ushort QueueCapacity(long buffers, string what)
    {
        const int Largest = NetworkQueueLayout.MaximumCapacity;
        if (buffers is < 1 or > Largest)
        {
            throw new SystemDescriptionException(
                "queue-capacity", $"{what} would need a queue of {buffers} entries", $"ask for between 1 and {Largest}");
        }

        return (ushort)BitOperations.RoundUpToPowerOf2((uint)buffers);
    }

    /// <summary>Refuses one client more than a virtualiser's configuration has room for.</summary>
    public static void CheckClients(int count, int maximum, string subsystem)
    {
        if (count >= maximum)
        {
            throw new SystemDescriptionException(
                "too-many-clients", $"the {subsystem} system has more than {maximum} clients", "add a second virtualiser, or share a client");
        }
    }

    /// <summary>The driver class for a device, or an error that names what there is.</summary>
    public static SystemDescriptionException NoDriver(BoardDevice device, string subsystem, string known) => new(
        "no-driver",
        $"no {subsystem} driver is known for '{device.Name}', which is '{device.Compatible}'",
        $"use a device that is compatible with: {known}");
}
