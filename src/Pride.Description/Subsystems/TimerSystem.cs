// The timer class: one passive driver, called by its clients.

using System;
using System.Linq.Expressions;
using Pride.Abi.Sddf;
using Pride.Drivers.Timer;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Description.Subsystems;

/// <summary>A timer and its clients.</summary>
public sealed class TimerSystem
{
    private const string DriverName = "timer_driver";

    private readonly SystemBuilder _system;
    private readonly int _core;

    /// <param name="system">The system.</param>
    /// <param name="device">The board's timer ("arm,armv8-timer", "google,goldfish-rtc", "intel,hpet", "sifive,pwm0", "cdns,ttc", "brcm,bcm2835-system-timer").</param>
    /// <param name="priority">Above all clients: they call it.</param>
    /// <param name="core">The core of all clients, for the same reason.</param>
    /// <param name="program">A driver in place of Pride's, with the section .device_resources; null: Pride's own.</param>
    public TimerSystem(SystemBuilder system, BoardDevice device, int priority = 150, int core = 0, ProgramSource? program = null)
    {
        _system = system;
        _core = core;
        Driver = device.Compatible switch
        {
            _ when program is not null => AddDriver(program, device, priority),
            "arm,armv8-timer" => AddDriver<ArmGenericTimer>(device, priority),
            "google,goldfish-rtc" => AddDriver<GoldfishTimer>(device, priority),
            "sifive,pwm0" => AddDriver<SifivePwm>(device, priority, driver => driver.Set(p => p.Clock, device.Clock)),
            "cdns,ttc" => AddDriver<CadenceTtc>(device, priority, driver => driver.Set(p => p.Clock, device.Clock)),
            "brcm,bcm2835-system-timer" => AddDriver<Bcm2835SystemTimer>(device, priority, driver => driver.Set(p => p.Clock, device.Clock)),
            "intel,hpet" => AddDriver<HpetTimer>(device, priority, driver => driver.Set(p => p.Pin, device.Interrupt)),
            _ => throw Plumbing.NoDriver(device, "timer", "arm,armv8-timer, google,goldfish-rtc, intel,hpet, sifive,pwm0, cdns,ttc, brcm,bcm2835-system-timer"),
        };
    }

    public Pd Driver { get; }

    /// <summary>Makes <paramref name="client"/> a client; its channel id goes to <paramref name="field"/>.</summary>
    public void Connect<T>(Pd<T> client, Expression<Func<T, Config<TimerClientConfig>>> field)
        where T : ProtectionDomain => client.Configure(field, Connect((Pd)client));

    /// <summary>Makes a client that is not C# one of the timer; its configuration goes to its section .timer_client_config.</summary>
    public void Connect(ProgramPd client) => client.Configure(Connect((Pd)client));

    private TimerClientConfig Connect(Pd client)
    {
        ChannelEnd end = client.End(canNotify: false, canCall: true);
        _system.Connect(end, Driver.End(canNotify: true));
        return new TimerClientConfig { Magic = SddfMagic.Of(SddfClass.Timer), DriverChannelId = (byte)end.Id };
    }

    private ProgramPd AddDriver(ProgramSource program, BoardDevice device, int priority)
    {
        ProgramPd driver = _system.AddProgram(DriverName, program, new PdOptions { Priority = priority, Passive = true, Core = _core });
        driver.Configure(_system.Resources(driver, device));
        return driver;
    }

    private Pd<T> AddDriver<T>(BoardDevice device, int priority, Action<Pd<T>>? give = null)
        where T : TimerDriver, new()
    {
        Pd<T> driver = _system.Add<T>(DriverName, priority, passive: true, core: _core);
        give?.Invoke(driver);
        driver.Configure(p => p.Device, _system.Resources(driver, device));
        return driver;
    }
}
