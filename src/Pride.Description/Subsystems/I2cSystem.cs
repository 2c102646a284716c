// The I2C class: driver and virtualiser, which are programs (sDDF's, say), and clients, which call the virtualiser for a bus address and send requests.

using System;
using System.Collections.Generic;
using System.Linq.Expressions;
using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Description.Subsystems;

/// <summary>An I2C bus shared by clients.</summary>
public sealed class I2cSystem
{
    // As sDDF's tools size them: a page for each queue and for a client's data, 128 entries.
    private const ulong QueueBytes = 0x1000;
    private const ulong DataBytes = 0x1000;
    private const ushort QueueCapacity = 128;

    private readonly SystemBuilder _system;
    private readonly Component<I2cDriverConfig> _driver;
    private readonly Component<I2cVirtConfig> _virt;
    private readonly List<I2cVirtClientConfig> _clients = [];

    /// <param name="system">The system.</param>
    /// <param name="device">The bus's controller.</param>
    /// <param name="driver">A driver with the sections .i2c_driver_config and .device_resources.</param>
    /// <param name="virtualiser">A virtualiser with the section .i2c_virt_config.</param>
    /// <param name="priority">Of the driver; the virtualiser is one below it, above all clients: they call it.</param>
    public I2cSystem(SystemBuilder system, BoardDevice device, DriverProgram driver, ProgramSource virtualiser, int priority = 110)
    {
        const string DriverName = "i2c_driver";
        _system = system;
        ProgramPd pd = system.AddProgram(DriverName, driver.Program, new PdOptions { Priority = priority });
        pd.Configure(system.Resources(pd, device, DriverName, driver.DmaRegions ?? []));
        _driver = new Component<I2cDriverConfig>(pd, config => pd.Configure(in config));
        _virt = Component<I2cVirtConfig>.Add(system, "i2c_virt", new PdOptions { Priority = priority - 1 }, virtualiser);
        system.WhenWhole(Finish);
    }

    public Pd Driver => _driver.Pd;

    public Pd Virtualiser => _virt.Pd;

    /// <summary>Makes <paramref name="client"/> a client; its configuration goes to <paramref name="field"/>.</summary>
    public void Connect<T>(Pd<T> client, Expression<Func<T, Config<I2cClientConfig>>> field)
        where T : ProtectionDomain => client.Configure(field, Connect((Pd)client));

    /// <summary>Makes a client that is not C# one of the bus; its configuration goes to its section .i2c_client_config.</summary>
    public void Connect(ProgramPd client) => client.Configure(Connect((Pd)client));

    private I2cClientConfig Connect(Pd client)
    {
        Plumbing.CheckClients(_clients.Count, I2cLimits.MaximumClients, "I2C");
        MemoryRegion data = _system.Region($"i2c_data_{client.Name}", DataBytes);
        Region driverData = data.MapInto(_driver.Pd, Permissions.ReadWrite);
        I2cClientConfig config = new() { Magic = SddfMagic.Of(SddfClass.I2c), Data = data.MapInto(client, Permissions.ReadWrite) };
        (I2cConnection virt, config.Virt) = Link(_virt.Pd, client, $"i2c_{client.Name}", mayCall: true);
        _clients.Add(new I2cVirtClientConfig
        {
            Connection = virt,
            DataSize = DataBytes,
            DriverDataAddress = driverData.Address,
            ClientDataAddress = config.Data.Address,
        });
        return config;
    }

    private void Finish()
    {
        I2cDriverConfig driver = new() { Magic = SddfMagic.Of(SddfClass.I2c) };
        I2cVirtConfig virt = new() { Magic = driver.Magic, ClientCount = (ulong)_clients.Count };
        (driver.Virt, virt.Driver) = Link(_driver.Pd, _virt.Pd, "i2c_driver", mayCall: false);
        for (int i = 0; i < _clients.Count; i++)
        {
            virt.Clients[i] = _clients[i];
        }

        _driver.Configure(driver);
        _virt.Configure(virt);
    }

    private (I2cConnection First, I2cConnection Second) Link(Pd first, Pd second, string name, bool mayCall)
    {
        MemoryRegion requests = _system.Region($"{name}_requests", QueueBytes);
        MemoryRegion responses = _system.Region($"{name}_responses", QueueBytes);
        ChannelEnd firstEnd = first.End();
        ChannelEnd secondEnd = second.End(canCall: mayCall);
        _system.Connect(firstEnd, secondEnd);
        return (At(first, firstEnd), At(second, secondEnd));

        I2cConnection At(Pd pd, ChannelEnd end) => new()
        {
            RequestQueue = requests.MapInto(pd, Permissions.ReadWrite),
            ResponseQueue = responses.MapInto(pd, Permissions.ReadWrite),
            BufferCount = QueueCapacity,
            ChannelId = (byte)end.Id,
        };
    }
}
