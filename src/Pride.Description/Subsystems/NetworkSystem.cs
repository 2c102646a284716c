// The network class: driver, the two virtualisers, and a copier for each client.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq.Expressions;
using Pride.Abi.Sddf;
using Pride.Drivers.Network;
using Pride.Machine;
using Pride.Microkit;
using Pride.Virtualisers;

namespace Pride.Description.Subsystems;

/// <summary>How a network system is laid out.</summary>
public sealed record NetworkOptions
{
    /// <summary>Buffers that the device receives into, a power of two.</summary>
    public int RxBuffers { get; init; } = 512;

    /// <summary>Priority of the driver; tx virtualiser, rx virtualiser and copiers are one, two and three below it.</summary>
    public int Priority { get; init; } = 130;

    /// <summary>Core of the driver. A client's copier runs on the client's core.</summary>
    public int Core { get; init; }

    /// <summary>Core of the virtualisers; null: the driver's.</summary>
    public int? VirtualiserCore { get; init; }

    /// <summary>A driver in place of Pride's, with the sections .net_driver_config and .device_resources; null: Pride's own.</summary>
    public DriverProgram? Driver { get; init; }

    /// <summary>A tx virtualiser in place of Pride's, with the section .net_virt_tx_config; null: Pride's own.</summary>
    public ProgramSource? VirtTx { get; init; }

    /// <summary>An rx virtualiser in place of Pride's, with the section .net_virt_rx_config; null: Pride's own.</summary>
    public ProgramSource? VirtRx { get; init; }

    /// <summary>Copiers in place of Pride's, with the section .net_copy_config; null: Pride's own.</summary>
    public ProgramSource? Copier { get; init; }
}

/// <summary>A network interface shared by clients with MAC addresses of their own.</summary>
public sealed class NetworkSystem
{
    private const string DriverName = "net_driver";

    // lwIP's packets in sDDF's library: 56 bytes each, two for each buffer that is received into.
    private const ulong PacketBytes = 56;
    private const ulong PacketsPerBuffer = 2;

    // A ring of 512 descriptors takes 13 KiB; two of them and the headers fit with room to spare (sDDF's driver has the same size).
    private const ulong RingBytes = 64 * 1024;

    // The buffers that the device has: 16 bytes for each of 256 slots of the two rings.
    private const ulong LedgerBytes = 12 * 1024;

    private readonly SystemBuilder _system;
    private readonly BoardDevice _device;
    private readonly NetworkOptions _options;
    private readonly Component<NetworkDriverConfig> _driver;
    private readonly Component<NetworkVirtRxConfig> _virtRx;
    private readonly Component<NetworkVirtTxConfig> _virtTx;
    private readonly MemoryRegion _rxData;
    private readonly List<NetworkVirtRxClientConfig> _rxClients = [];
    private readonly List<NetworkVirtTxClientConfig> _txClients = [];
    private long _txBuffers;

    /// <param name="system">The system.</param>
    /// <param name="device">The board's network device ("virtio,mmio", "virtio,pci", "pci8086,10d3", "cdns,gem").</param>
    /// <param name="options">Null: the defaults.</param>
    public NetworkSystem(SystemBuilder system, BoardDevice device, NetworkOptions? options = null)
    {
        _system = system;
        _device = device;
        _options = options ?? new NetworkOptions();
        _driver = device.Compatible switch
        {
            _ when _options.Driver is { } program => AddDriver(program),
            "virtio,mmio" => AddDriver<VirtioNet>(device),
            "virtio,pci" => AddDriver<VirtioNetPci>(device, driver => PciSystem.Of(system).Connect(driver, p => p.Pci, device)),
            "pci8086,10d3" => AddDriver<E1000e>(device, driver => PciSystem.Of(system).Connect(driver, p => p.Pci, device)),
            "cdns,gem" when !system.Board.DmaCoherent => throw new SystemDescriptionException(
                "dma-coherent",
                $"device '{device.Name}' is a Cadence GEM, whose driver needs devices that see the CPUs' caches; those of board '{system.Board.Name}' do not",
                "use another network device, or a board with \"dmaCoherent\""),
            "cdns,gem" => AddDriver<CadenceGem>(device),
            _ => throw Plumbing.NoDriver(device, "network", "virtio,mmio, virtio,pci, pci8086,10d3, cdns,gem"),
        };
        int core = _options.VirtualiserCore ?? _options.Core;
        _virtTx = Component<NetworkVirtTxConfig>.Add<NetworkTx>(system, "net_virt_tx", Below(1, core), _options.VirtTx, p => p.Configuration);
        _virtRx = Component<NetworkVirtRxConfig>.Add<NetworkRx>(system, "net_virt_rx", Below(2, core), _options.VirtRx, p => p.Configuration);
        _rxData = system.DmaRegion("net_rx_dma", RxCapacity * (ulong)NetworkBuffer.Size, device);
        system.WhenWhole(Finish);
    }

    public Pd Driver => _driver.Pd;

    private ushort RxCapacity => Plumbing.QueueCapacity(_options.RxBuffers, "receiving");

    /// <summary>Makes <paramref name="client"/> a client; its configuration goes to <paramref name="field"/>.</summary>
    /// <param name="client">The client.</param>
    /// <param name="field">Its wired field.</param>
    /// <param name="macAddress">"52:54:01:00:00:0a"; null: one of Pride's own, by the order of connecting.</param>
    /// <param name="rxBuffers">Buffers for received frames.</param>
    /// <param name="txBuffers">Buffers for frames to send, 64 at least: some may wait in the driver while it sleeps.</param>
    public void Connect<T>(
        Pd<T> client,
        Expression<Func<T, Config<NetworkClientConfig>>> field,
        string? macAddress = null,
        int rxBuffers = 512,
        int txBuffers = 512)
        where T : ProtectionDomain => client.Configure(field, Connect((Pd)client, macAddress, rxBuffers, txBuffers));

    /// <summary>Makes a client that is not C# one of the interface; its configuration goes to its section .net_client_config.</summary>
    public void Connect(ProgramPd client, string? macAddress = null, int rxBuffers = 512, int txBuffers = 512) =>
        client.Configure(Connect((Pd)client, macAddress, rxBuffers, txBuffers));

    /// <summary>Gives <paramref name="client"/>, which is connected, the memory of sDDF's lwIP library; its configuration goes to its section .lib_sddf_lwip_config.</summary>
    public void ConnectLwip(ProgramPd client)
    {
        ulong packets = PacketsPerBuffer * RxCapacity;
        MemoryRegion pool = _system.Region($"net_lwip_{client.Name}", packets * PacketBytes);
        client.Configure(new LwipConfig { Magic = SddfMagic.Of(SddfClass.Lwip), Packets = pool.MapInto(client, Permissions.ReadWrite), PacketCount = packets });
    }

    private NetworkClientConfig Connect(Pd client, string? macAddress, int rxBuffers, int txBuffers)
    {
        const int FewestTxBuffers = 64;
        Plumbing.CheckClients(_rxClients.Count, NetworkLimits.MaximumClients, "network");
        if (txBuffers < FewestTxBuffers)
        {
            throw new SystemDescriptionException(
                "tx-buffers", $"PD '{client.Name}' asks for {txBuffers} transmit buffers", $"give it at least {FewestTxBuffers}");
        }

        NetworkClientConfig config = new() { Magic = SddfMagic.Of(SddfClass.Network), MacAddress = ParseMac(macAddress, _rxClients.Count) };
        ConnectRx(client, ref config, Plumbing.QueueCapacity(rxBuffers, $"receiving by '{client.Name}'"));
        ConnectTx(client, ref config, Plumbing.QueueCapacity(txBuffers, $"sending by '{client.Name}'"));
        return config;
    }

    private void ConnectRx(Pd client, ref NetworkClientConfig config, ushort capacity)
    {
        Component<NetworkCopierConfig> component = Component<NetworkCopierConfig>.Add<NetworkCopier>(
            _system, $"net_copy_{client.Name}", Below(3, client.Options.Core), _options.Copier, p => p.Configuration);
        Pd copier = component.Pd;
        MemoryRegion data = _system.Region($"net_rx_{client.Name}", capacity * (ulong)NetworkBuffer.Size);
        NetworkCopierConfig copy = new() { Magic = SddfMagic.Of(SddfClass.Network) };
        (copy.Client, config.Rx) = Link(copier, client, $"net_rx_{client.Name}", capacity);
        (NetworkConnection virt, copy.Rx) = Link(_virtRx.Pd, copier, $"net_copy_{client.Name}", RxCapacity);
        copy.RxData[0] = _rxData.MapInto(copier, Permissions.Read);
        copy.ClientData = data.MapInto(copier, Permissions.ReadWrite);
        config.RxData = data.MapInto(client, Permissions.ReadWrite);
        component.Configure(copy);
        NetworkVirtRxClientConfig rxClient = new() { Connection = virt, MacCount = 1 };
        rxClient.MacAddresses[0] = config.MacAddress;
        _rxClients.Add(rxClient);
    }

    private void ConnectTx(Pd client, ref NetworkClientConfig config, ushort capacity)
    {
        MemoryRegion data = _system.DmaRegion($"net_tx_{client.Name}", capacity * (ulong)NetworkBuffer.Size, _device);
        (NetworkConnection virt, config.Tx) = Link(_virtTx.Pd, client, $"net_tx_{client.Name}", capacity);
        config.TxData = data.MapInto(client, Permissions.ReadWrite);
        NetworkVirtTxClientConfig txClient = new() { Connection = virt, RegionCount = 1 };
        txClient.Regions[0] = new NetworkTxDataRegion { Data = data.MapDmaInto(_virtTx.Pd, Permissions.Read), BufferCount = capacity };
        _txClients.Add(txClient);
        _txBuffers += capacity;
    }

    private PdOptions Below(int levels, int core) => new() { Priority = _options.Priority - levels, Core = core };

    private Component<NetworkDriverConfig> AddDriver(DriverProgram program)
    {
        ProgramPd driver = _system.AddProgram(DriverName, program.Program, Below(0, _options.Core));
        driver.Configure(_system.Resources(driver, _device, DriverName, program.DmaRegions ?? [RingBytes]));
        return new Component<NetworkDriverConfig>(driver, config => driver.Configure(in config));
    }

    private Component<NetworkDriverConfig> AddDriver<T>(BoardDevice device, Action<Pd<T>>? give = null)
        where T : NetworkDriver, new()
    {
        Pd<T> driver = _system.Add<T>(DriverName, _options.Priority, core: _options.Core);
        DeviceResources resources = _system.Resources(driver, device);
        resources.Regions[resources.RegionCount++] = _system.DmaRegion("net_rings", RingBytes, device).MapDmaInto(driver, Permissions.ReadWrite);
        driver.Configure(p => p.Device, in resources);
        driver.Map(_system.Region("net_driver_ledger", LedgerBytes), p => p.Ledger, Permissions.ReadWrite);
        give?.Invoke(driver);
        return new Component<NetworkDriverConfig>(driver, config => driver.Configure(p => p.Configuration, in config));
    }

    private void Finish()
    {
        NetworkDriverConfig driver = new() { Magic = SddfMagic.Of(SddfClass.Network) };
        NetworkVirtRxConfig rx = default;
        NetworkVirtTxConfig tx = default;
        rx.Magic = tx.Magic = driver.Magic;
        rx.ClientCount = (byte)_rxClients.Count;
        tx.ClientCount = (byte)_txClients.Count;
        (driver.VirtRx, rx.Driver) = Link(_driver.Pd, _virtRx.Pd, "net_driver_rx", RxCapacity);
        (driver.VirtTx, tx.Driver) = Link(_driver.Pd, _virtTx.Pd, "net_driver_tx", Plumbing.QueueCapacity(Math.Max(_txBuffers, 1), "sending by all clients"));
        rx.Data = _rxData.MapDmaInto(_virtRx.Pd, Permissions.Read);
        rx.BufferMetadata = _system.Region("net_rx_holders", RxCapacity * (ulong)sizeof(ulong)).MapInto(_virtRx.Pd, Permissions.ReadWrite);
        for (int i = 0; i < _rxClients.Count; i++)
        {
            rx.Clients[i] = _rxClients[i];
            tx.Clients[i] = _txClients[i];
        }

        _driver.Configure(driver);
        _virtRx.Configure(rx);
        _virtTx.Configure(tx);
    }

    private (NetworkConnection First, NetworkConnection Second) Link(Pd first, Pd second, string name, ushort capacity)
    {
        ulong bytes = NetworkQueueLayout.Entries + ((ulong)capacity * (ulong)System.Runtime.CompilerServices.Unsafe.SizeOf<NetworkBuffer>());
        MemoryRegion free = _system.Region($"{name}_free", bytes);
        MemoryRegion active = _system.Region($"{name}_active", bytes);
        (byte firstId, byte secondId) = _system.ConnectNotifying(first, second);
        return (At(first, firstId), At(second, secondId));

        NetworkConnection At(Pd pd, byte id) => new()
        {
            FreeQueue = free.MapInto(pd, Permissions.ReadWrite),
            ActiveQueue = active.MapInto(pd, Permissions.ReadWrite),
            BufferCount = capacity,
            ChannelId = id,
        };
    }

    // 52:54:01 is what sDDF's tools use: locally administered, unicast.
    private static MacAddress ParseMac(string? text, int index)
    {
        text ??= $"52:54:01:00:00:{index + 1:x2}";
        string[] parts = text.Split(':');
        MacAddress address = default;
        bool valid = parts.Length == MacAddress.Length;
        for (int i = 0; valid && i < parts.Length; i++)
        {
            valid = byte.TryParse(parts[i], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value);
            address[i] = value;
        }

        const int GroupBit = 1;
        return valid && (address[0] & GroupBit) == 0
            ? address
            : throw new SystemDescriptionException("mac-address", $"'{text}' is not a unicast MAC address", "write it as 52:54:01:00:00:0a");
    }
}
