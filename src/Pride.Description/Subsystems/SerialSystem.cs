// The serial class: driver, tx virtualiser and, when input is wanted, rx virtualiser.

using System;
using System.Collections.Generic;
using System.Linq.Expressions;
using System.Numerics;
using System.Text;
using Pride.Abi.Sddf;
using Pride.Drivers.Serial;
using Pride.Machine;
using Pride.Microkit;
using Pride.Virtualisers;

namespace Pride.Description.Subsystems;

/// <summary>How a serial system is laid out.</summary>
public sealed record SerialOptions
{
    /// <summary>Clients can read what is typed.</summary>
    public bool Input { get; init; }

    /// <summary>Each client's text has a colour of its own.</summary>
    public bool Colours { get; init; }

    /// <summary>Bits per second; 0: as the boot loader left it.</summary>
    public ulong Baud { get; init; } = 115_200;

    /// <summary>Bytes of each queue, a power of two of at least a page.</summary>
    public uint QueueBytes { get; init; } = 16 * 1024;

    /// <summary>Printed when input may begin; empty: nothing.</summary>
    public string BeginString { get; init; } = string.Empty;

    /// <summary>Starts the number of the client that gets the input (Ctrl-\).</summary>
    public byte SwitchCharacter { get; init; } = 0x1c;

    /// <summary>Ends that number (carriage return).</summary>
    public byte TerminateNumberCharacter { get; init; } = (byte)'\r';

    /// <summary>Priority of the driver; the virtualisers are one and two below it.</summary>
    public int Priority { get; init; } = 100;

    /// <summary>Core of driver and virtualisers.</summary>
    public int Core { get; init; }

    /// <summary>
    /// A driver that is not C#, with the sections .serial_driver_config and .device_resources; null: Pride's own. For a UART in I/O ports it has
    /// two words: uart_ports, the ports' id, and uart_first_port, the number of the first.
    /// </summary>
    public ProgramSource? Driver { get; init; }

    /// <summary>A tx virtualiser in place of Pride's, with the section .serial_virt_tx_config; null: Pride's own.</summary>
    public ProgramSource? VirtTx { get; init; }

    /// <summary>An rx virtualiser in place of Pride's, with the section .serial_virt_rx_config; null: Pride's own.</summary>
    public ProgramSource? VirtRx { get; init; }
}

/// <summary>A console shared by clients.</summary>
public sealed class SerialSystem
{
    private const string DriverName = "serial_driver";

    // Words of a driver that is not C#, for a UART in I/O ports: their id, and the first one's number.
    private const string PortsVariable = "uart_ports";
    private const string FirstPortVariable = "uart_first_port";

    private readonly SystemBuilder _system;
    private readonly SerialOptions _options;
    private readonly Component<SerialDriverConfig> _driver;
    private readonly Component<SerialVirtTxConfig> _virtTx;
    private readonly Component<SerialVirtRxConfig>? _virtRx;
    private readonly List<SerialConnection> _rxClients = [];
    private readonly List<SerialVirtTxClientConfig> _txClients = [];

    /// <param name="system">The system.</param>
    /// <param name="device">The board's UART ("arm,pl011", "ns16550a", "pnp,pnp0501", "sifive,uart0", "cdns,uart-r1p12", "brcm,bcm2835-aux-uart").</param>
    /// <param name="options">Null: output alone, without colours.</param>
    public SerialSystem(SystemBuilder system, BoardDevice device, SerialOptions? options = null)
    {
        _system = system;
        _options = options ?? new SerialOptions();
        if (!BitOperations.IsPow2(_options.QueueBytes) || _options.QueueBytes < Limits.PageSize)
        {
            throw new SystemDescriptionException(
                "queue-capacity",
                $"a serial queue of {_options.QueueBytes} bytes",
                $"choose a power of two from {Limits.PageSize} bytes up");
        }

        _driver = device.Compatible switch
        {
            _ when _options.Driver is { } program => AddDriver(program, device),
            "arm,pl011" => AddDriver<Pl011>(device),
            "ns16550a" => AddDriver<Ns16550a>(device),
            "brcm,bcm2835-aux-uart" => AddDriver<Bcm2835MiniUart>(device),
            "sifive,uart0" => AddDriver<SifiveUart>(device),
            "cdns,uart-r1p12" => AddDriver<CadenceUart>(device),
            "pnp,pnp0501" => AddDriver<PcSerialPort>(device, driver => driver.Ports(p => p.Ports, device)),
            _ => throw Plumbing.NoDriver(device, "serial", "arm,pl011, ns16550a, pnp,pnp0501, sifive,uart0, cdns,uart-r1p12, brcm,bcm2835-aux-uart"),
        };
        _virtTx = Component<SerialVirtTxConfig>.Add<SerialTx>(system, "serial_virt_tx", Below(1), _options.VirtTx, p => p.Configuration);
        _virtRx = _options.Input
            ? Component<SerialVirtRxConfig>.Add<SerialRx>(system, "serial_virt_rx", Below(2), _options.VirtRx, p => p.Configuration)
            : null;
        system.WhenWhole(Finish);
    }

    public Pd Driver => _driver.Pd;

    /// <summary>Makes <paramref name="client"/> a client; its configuration goes to <paramref name="field"/>.</summary>
    public void Connect<T>(Pd<T> client, Expression<Func<T, Config<SerialClientConfig>>> field)
        where T : ProtectionDomain => client.Configure(field, Connect(client));

    /// <summary>Makes a client that is not C# one of the console; its configuration goes to its section .serial_client_config.</summary>
    public void Connect(ProgramPd client) => client.Configure(Connect((Pd)client));

    private SerialClientConfig Connect(Pd client)
    {
        Plumbing.CheckClients(_txClients.Count, SerialLimits.MaximumClients, "serial");
        SerialClientConfig config = new() { Magic = SddfMagic.Of(SddfClass.Serial) };
        (SerialConnection virtTx, config.Tx) = Link(_virtTx.Pd, client, $"serial_tx_{client.Name}");
        SerialVirtTxClientConfig txClient = new() { Connection = virtTx };
        Encoding.UTF8.GetBytes(client.Name, ((Span<byte>)txClient.Name)[..^1]);
        _txClients.Add(txClient);
        if (_virtRx is not null)
        {
            (SerialConnection virtRx, config.Rx) = Link(_virtRx.Pd, client, $"serial_rx_{client.Name}");
            _rxClients.Add(virtRx);
        }

        return config;
    }

    private PdOptions Below(int levels) => new() { Priority = _options.Priority - levels, Core = _options.Core };

    private Component<SerialDriverConfig> AddDriver<T>(BoardDevice device, Action<Pd<T>>? give = null)
        where T : UartDriver, new()
    {
        Pd<T> driver = _system.Add<T>(DriverName, _options.Priority, core: _options.Core);
        give?.Invoke(driver);
        driver.Configure(p => p.Device, _system.Resources(driver, device));
        return new Component<SerialDriverConfig>(driver, config => driver.Configure(p => p.Configuration, in config));
    }

    private Component<SerialDriverConfig> AddDriver(ProgramSource program, BoardDevice device)
    {
        ProgramPd driver = _system.AddProgram(DriverName, program, Below(0));
        driver.Configure(_system.Resources(driver, device));
        if (device.PortCount != 0)
        {
            driver.Ports(device, PortsVariable, FirstPortVariable);
        }

        return new Component<SerialDriverConfig>(driver, config => driver.Configure(in config));
    }

    private void Finish()
    {
        SerialDriverConfig driver = new()
        {
            Magic = SddfMagic.Of(SddfClass.Serial),
            DefaultBaud = _options.Baud,
            RxEnabled = _virtRx is null ? (byte)0 : (byte)1,
        };
        SerialVirtTxConfig virtTx = new()
        {
            Magic = SddfMagic.Of(SddfClass.Serial),
            ClientCount = (byte)_txClients.Count,
            EnableColour = _options.Colours ? (byte)1 : (byte)0,
            EnableRx = driver.RxEnabled,
        };
        Encoding.UTF8.GetBytes(_options.BeginString, ((Span<byte>)virtTx.BeginString)[..^1]);
        (driver.Tx, virtTx.Driver) = Link(_driver.Pd, _virtTx.Pd, "serial_tx_driver", _options.Colours ? 2u : 1u);
        for (int i = 0; i < _txClients.Count; i++)
        {
            virtTx.Clients[i] = _txClients[i];
        }

        if (_virtRx is not null)
        {
            SerialVirtRxConfig virtRx = new()
            {
                Magic = SddfMagic.Of(SddfClass.Serial),
                ClientCount = (byte)_rxClients.Count,
                SwitchCharacter = _options.SwitchCharacter,
                TerminateNumberCharacter = _options.TerminateNumberCharacter,
            };
            (driver.Rx, virtRx.Driver) = Link(_driver.Pd, _virtRx.Pd, "serial_rx_driver");
            for (int i = 0; i < _rxClients.Count; i++)
            {
                virtRx.Clients[i] = _rxClients[i];
            }

            _virtRx.Configure(virtRx);
        }

        _driver.Configure(driver);
        _virtTx.Configure(virtTx);
    }

    // With colours a batch to the driver is longer than the client's: sDDF's virtualiser wants twice the room.
    private (SerialConnection First, SerialConnection Second) Link(Pd first, Pd second, string name, uint queues = 1)
    {
        MemoryRegion queue = _system.Region($"{name}_queue", SerialQueueLayout.Size);
        MemoryRegion data = _system.Region($"{name}_data", queues * _options.QueueBytes);
        (byte firstId, byte secondId) = _system.ConnectNotifying(first, second);
        return (At(first, firstId), At(second, secondId));

        SerialConnection At(Pd pd, byte id) => new()
        {
            Queue = queue.MapInto(pd, Permissions.ReadWrite),
            Data = data.MapInto(pd, Permissions.ReadWrite),
            ChannelId = id,
        };
    }
}
