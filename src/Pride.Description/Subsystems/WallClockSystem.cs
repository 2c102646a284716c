// The date: the driver of a real-time clock, passive, called by its clients.

using System;
using System.Linq.Expressions;
using Pride.Drivers.Clock;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Description.Subsystems;

/// <summary>A real-time clock and its clients.</summary>
public sealed class WallClockSystem
{
    private readonly SystemBuilder _system;

    /// <param name="system">The system.</param>
    /// <param name="device">The board's clock ("arm,pl031", "google,goldfish-rtc", "pnp,pnp0b00", "xlnx,zynqmp-rtc").</param>
    /// <param name="priority">Above all clients: they call it.</param>
    public WallClockSystem(SystemBuilder system, BoardDevice device, int priority = 148)
    {
        _system = system;
        Driver = device.Compatible switch
        {
            "arm,pl031" => AddDriver<Pl031>(priority, driver => driver.Map(system.DeviceRegion(device), p => p.Registers, Permissions.Read)),
            "google,goldfish-rtc" => AddDriver<GoldfishRtc>(priority, driver => driver.Map(system.DeviceRegion(device), p => p.Registers, Permissions.Read)),
            "pnp,pnp0b00" => AddDriver<CmosRtc>(priority, driver => driver.Ports(p => p.Ports, device)),
            "xlnx,zynqmp-rtc" => AddDriver<ZynqmpRtc>(priority, driver => driver.Map(system.DeviceRegion(device), p => p.Registers, Permissions.Read)),
            _ => throw Plumbing.NoDriver(device, "wall clock", "arm,pl031, google,goldfish-rtc, pnp,pnp0b00, xlnx,zynqmp-rtc"),
        };
    }

    public Pd Driver { get; }

    /// <summary>Makes <paramref name="client"/> a client; its channel goes to <paramref name="field"/> (for Pride.Services.WallClockClient).</summary>
    public void Connect<T>(Pd<T> client, Expression<Func<T, Channel>> field)
        where T : ProtectionDomain => _system.Connect(client.End(field, canNotify: false, canCall: true), Driver.End(canNotify: false));

    private Pd<T> AddDriver<T>(int priority, Action<Pd<T>> giveRegisters)
        where T : WallClockDriver, new()
    {
        Pd<T> driver = _system.Add<T>("rtc_driver", priority, passive: true);
        giveRegisters(driver);
        return driver;
    }
}
