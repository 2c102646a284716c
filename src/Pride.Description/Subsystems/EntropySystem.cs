// Randomness: the driver of a random number generator, called by its clients.

using System;
using System.Linq.Expressions;
using Pride.Abi.Sddf;
using Pride.Drivers.Entropy;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Description.Subsystems;

/// <summary>A random number generator and its clients.</summary>
public sealed class EntropySystem
{
    private readonly SystemBuilder _system;
    private readonly Pd<VirtioRng> _driver;

    /// <param name="system">The system.</param>
    /// <param name="device">The board's generator ("virtio,mmio").</param>
    /// <param name="priority">Above all clients: they call it.</param>
    public EntropySystem(SystemBuilder system, BoardDevice device, int priority = 149)
    {
        if (device.Compatible != "virtio,mmio")
        {
            throw Plumbing.NoDriver(device, "entropy", "virtio,mmio");
        }

        _system = system;
        _driver = system.Add<VirtioRng>("rng_driver", priority);
        DeviceResources resources = system.Resources(_driver, device);
        resources.Regions[resources.RegionCount++] = system.DmaRegion("rng_ring", Limits.PageSize).MapDmaInto(_driver, Permissions.ReadWrite);
        _driver.Configure(p => p.Device, in resources);
    }

    public Pd Driver => _driver;

    /// <summary>Makes <paramref name="client"/> a client; its channel goes to <paramref name="field"/> (for Pride.Services.EntropyClient).</summary>
    public void Connect<T>(Pd<T> client, Expression<Func<T, Channel>> field)
        where T : ProtectionDomain => _system.Connect(client.End(field, canNotify: false, canCall: true), _driver.End(canNotify: false));
}
