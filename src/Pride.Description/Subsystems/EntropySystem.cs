// Randomness: the driver of a random number generator, called by its clients.

using System;
using System.Linq.Expressions;
using Pride.Abi.Sddf;
using Pride.Drivers.Entropy;
using Pride.Drivers.Virtio;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Description.Subsystems;

/// <summary>A random number generator and its clients.</summary>
public sealed class EntropySystem
{
    private const string DriverName = "rng_driver";

    private readonly SystemBuilder _system;

    /// <param name="system">The system.</param>
    /// <param name="device">The board's generator ("virtio,mmio", "virtio,pci", "brcm,bcm2835-rng"; "pride,counter-jitter" where there is none).</param>
    /// <param name="priority">Above all clients: they call it.</param>
    public EntropySystem(SystemBuilder system, BoardDevice device, int priority = 149)
    {
        _system = system;
        Driver = device.Compatible switch
        {
            "virtio,mmio" => AddDriver<VirtioRng, VirtioMmio>(device, priority),
            "virtio,pci" => AddDriver<VirtioRngPci, VirtioPci>(device, priority, driver => PciSystem.Of(system).Connect(driver, p => p.Pci, device)),
            "brcm,bcm2835-rng" => AddBroadcom(device, priority),
            "pride,counter-jitter" => system.Add<CounterJitter>(DriverName, priority),
            _ => throw Plumbing.NoDriver(device, "entropy", "virtio,mmio, virtio,pci, brcm,bcm2835-rng, pride,counter-jitter"),
        };
    }

    public Pd Driver { get; }

    /// <summary>Makes <paramref name="client"/> a client; its channel goes to <paramref name="field"/> (for Pride.Services.EntropyClient).</summary>
    public void Connect<T>(Pd<T> client, Expression<Func<T, Channel>> field)
        where T : ProtectionDomain => _system.Connect(client.End(field, canNotify: false, canCall: true), Driver.End(canNotify: false));

    private Pd<Bcm2835Rng> AddBroadcom(BoardDevice device, int priority)
    {
        Pd<Bcm2835Rng> driver = _system.Add<Bcm2835Rng>(DriverName, priority);
        driver.Map(_system.DeviceRegion(device), p => p.Registers, Permissions.ReadWrite);
        return driver;
    }

    private Pd<T> AddDriver<T, TTransport>(BoardDevice device, int priority, Action<Pd<T>>? give = null)
        where T : VirtioRngDriver<TTransport>, new()
        where TTransport : struct, IVirtioTransport
    {
        Pd<T> driver = _system.Add<T>(DriverName, priority);
        DeviceResources resources = _system.Resources(driver, device);
        resources.Regions[resources.RegionCount++] = _system.DmaRegion("rng_ring", Limits.PageSize, device).MapDmaInto(driver, Permissions.ReadWrite);
        driver.Configure(p => p.Device, in resources);
        give?.Invoke(driver);
        return driver;
    }
}
