// The block class: driver and virtualiser; each client has a partition.

using System;
using System.Collections.Generic;
using System.Linq.Expressions;
using Pride.Abi.Sddf;
using Pride.Drivers.Block;
using Pride.Machine;
using Pride.Microkit;
using Pride.Virtualisers;

namespace Pride.Description.Subsystems;

/// <summary>How a block system is laid out.</summary>
public sealed record BlockOptions
{
    /// <summary>Requests that fit the queue to the driver.</summary>
    public int QueueCapacity { get; init; } = 256;

    /// <summary>Priority of the driver; the virtualiser is one below it.</summary>
    public int Priority { get; init; } = 120;

    /// <summary>Core of the driver.</summary>
    public int Core { get; init; }

    /// <summary>Core of the virtualiser; null: the driver's.</summary>
    public int? VirtualiserCore { get; init; }

    /// <summary>A driver in place of Pride's, with the sections .blk_driver_config and .device_resources; null: Pride's own.</summary>
    public DriverProgram? Driver { get; init; }

    /// <summary>A virtualiser in place of Pride's, with the section .blk_virt_config; null: Pride's own.</summary>
    public ProgramSource? Virtualiser { get; init; }
}

/// <summary>A disk shared by clients.</summary>
public sealed class BlockSystem
{
    private const string DriverName = "blk_driver";

    // Rings of 1024 descriptors take 26 KiB; headers and status take 32 bytes for each of 341 slots.
    private const ulong RingBytes = 64 * 1024;
    private const ulong HeaderBytes = 64 * 1024;

    // What driver and virtualiser hold without an answer: 40 bytes for each of the driver's slots, or of the virtualiser's queue.
    private const ulong DriverLedgerBytes = 16 * 1024;
    private const ulong VirtLedgerHeader = 16;
    private const ulong VirtLedgerEntry = 40;

    // What virtualisers read the partition table into: a GPT's entries, and in sDDF's its header too, ten pages at most.
    private const ulong PartitionTablePages = 10;

    private readonly SystemBuilder _system;
    private readonly BoardDevice _device;
    private readonly BlockOptions _options;
    private readonly Component<BlockDriverConfig> _driver;
    private readonly Component<BlockVirtConfig> _virt;
    private readonly List<BlockVirtClientConfig> _clients = [];
    private readonly List<MemoryRegion> _data = [];

    /// <param name="system">The system.</param>
    /// <param name="device">The board's block device ("virtio,mmio", "virtio,pci", "pciclass,010601" for AHCI, "pciclass,010802" for NVMe, "sifive,spi0-sd", "arasan,sdhci-8.9a", "brcm,bcm2835-sdhci").</param>
    /// <param name="options">Null: the defaults.</param>
    public BlockSystem(SystemBuilder system, BoardDevice device, BlockOptions? options = null)
    {
        _system = system;
        _device = device;
        _options = options ?? new BlockOptions();
        _driver = device.Compatible switch
        {
            _ when _options.Driver is { } program => AddDriver(program),
            "virtio,mmio" => AddDriver<VirtioBlock>(device),
            "virtio,pci" => AddDriver<VirtioBlockPci>(device, driver => PciSystem.Of(system).Connect(driver, p => p.Pci, device)),
            "pciclass,010601" => AddDriver<Ahci>(device, driver => PciSystem.Of(system).Connect(driver, p => p.Pci, device)),
            "pciclass,010802" => AddDriver<Nvme>(device, driver => PciSystem.Of(system).Connect(driver, p => p.Pci, device)),
            "sifive,spi0-sd" => AddCard<SpiSdCard>(device),
            "arasan,sdhci-8.9a" or "brcm,bcm2835-sdhci" => AddCard<SdHostController>(device),
            _ => throw Plumbing.NoDriver(
                device, "block", "virtio,mmio, virtio,pci, pciclass,010601, pciclass,010802, sifive,spi0-sd, arasan,sdhci-8.9a, brcm,bcm2835-sdhci"),
        };
        PdOptions virt = new() { Priority = _options.Priority - 1, Core = _options.VirtualiserCore ?? _options.Core };
        _virt = Component<BlockVirtConfig>.Add<Virtualisers.Block>(system, "blk_virt", virt, _options.Virtualiser, p => p.Configuration, GiveLedger);
        system.WhenWhole(Finish);
    }

    public Pd Driver => _driver.Pd;

    public Pd Virtualiser => _virt.Pd;

    /// <summary>Makes <paramref name="client"/> a client; its configuration goes to <paramref name="field"/>.</summary>
    /// <param name="client">The client.</param>
    /// <param name="field">Its wired field.</param>
    /// <param name="partition">Index of the partition in the medium's table: 0 to 3 of an MBR, 0 to 127 of a GPT as it usually is.</param>
    /// <param name="dataBytes">Size of its data region.</param>
    /// <param name="queueCapacity">Requests that it may have on their way.</param>
    public void Connect<T>(
        Pd<T> client, Expression<Func<T, Config<BlockClientConfig>>> field, uint partition = 0, ulong dataBytes = 2 << 20, int queueCapacity = 128)
        where T : ProtectionDomain => client.Configure(field, Connect((Pd)client, partition, dataBytes, queueCapacity));

    /// <summary>Makes a client that is not C# one of the disk; its configuration goes to its section .blk_client_config.</summary>
    public void Connect(ProgramPd client, uint partition = 0, ulong dataBytes = 2 << 20, int queueCapacity = 128) =>
        client.Configure(Connect((Pd)client, partition, dataBytes, queueCapacity));

    private BlockClientConfig Connect(Pd client, uint partition, ulong dataBytes, int queueCapacity)
    {
        Plumbing.CheckClients(_clients.Count, BlockLimits.MaximumClients, "block");
        MemoryRegion data = NewData($"blk_data_{client.Name}", dataBytes);
        ushort capacity = Plumbing.QueueCapacity(queueCapacity, $"requests of '{client.Name}'");
        BlockClientConfig config = new() { Magic = SddfMagic.Of(SddfClass.Block), Data = data.MapInto(client, Permissions.ReadWrite) };
        (BlockConnection virt, config.Virt) = Link(_virt.Pd, client, $"blk_{client.Name}", capacity);
        _clients.Add(new BlockVirtClientConfig { Connection = virt, Data = data.MapDmaInto(_virt.Pd, Permissions.Read), Partition = partition });
        return config;
    }

    private ushort DriverCapacity => Plumbing.QueueCapacity(_options.QueueCapacity, "requests to the driver");

    private void GiveLedger(Pd<Virtualisers.Block> virt) =>
        virt.Map(_system.Region("blk_virt_ledger", VirtLedgerHeader + (DriverCapacity * VirtLedgerEntry)), p => p.Ledger, Permissions.ReadWrite);

    private Component<BlockDriverConfig> AddDriver(DriverProgram program)
    {
        ProgramPd driver = _system.AddProgram(DriverName, program.Program, new PdOptions { Priority = _options.Priority, Core = _options.Core });
        driver.Configure(_system.Resources(driver, _device, DriverName, program.DmaRegions ?? [HeaderBytes, RingBytes]));
        return new Component<BlockDriverConfig>(driver, config => driver.Configure(in config));
    }

    /// <summary>A driver whose device moves the data between memory that others map: its own regions are for commands.</summary>
    private Component<BlockDriverConfig> AddDriver<T>(BoardDevice device, Action<Pd<T>>? give = null)
        where T : BlockDriver, new()
    {
        Pd<T> driver = Add<T>();
        DeviceResources resources = _system.Resources(driver, device);
        resources.Regions[resources.RegionCount++] = _system.DmaRegion("blk_headers", HeaderBytes, device).MapDmaInto(driver, Permissions.ReadWrite);
        resources.Regions[resources.RegionCount++] = _system.DmaRegion("blk_rings", RingBytes, device).MapDmaInto(driver, Permissions.ReadWrite);
        driver.Configure(p => p.Device, in resources);
        give?.Invoke(driver);
        return new Component<BlockDriverConfig>(driver, config => driver.Configure(p => p.Configuration, in config));
    }

    /// <summary>A driver that moves the data itself, and so sees all of it.</summary>
    private Component<BlockDriverConfig> AddCard<T>(BoardDevice device)
        where T : SdCardDriver, new()
    {
        Pd<T> driver = Add<T>();
        DeviceResources resources = _system.Resources(driver, device);
        return new Component<BlockDriverConfig>(driver, config =>
        {
            Plumbing.CheckClients(_data.Count, DeviceResources.MaximumRegions, "block");
            foreach (MemoryRegion data in _data)
            {
                resources.Regions[resources.RegionCount++] = data.MapDmaInto(driver, Permissions.ReadWrite);
            }

            driver.Configure(p => p.Device, in resources);
            driver.Configure(p => p.Configuration, in config);
        }
        );
    }

    private Pd<T> Add<T>()
        where T : BlockDriver, new()
    {
        Pd<T> driver = _system.Add<T>(DriverName, _options.Priority, core: _options.Core);
        driver.Map(_system.Region("blk_driver_ledger", DriverLedgerBytes), p => p.Ledger, Permissions.ReadWrite);
        return driver;
    }

    private MemoryRegion NewData(string name, ulong bytes)
    {
        MemoryRegion data = _system.DmaRegion(name, bytes, _device);
        _data.Add(data);
        return data;
    }

    private void Finish()
    {
        BlockDriverConfig driver = new() { Magic = SddfMagic.Of(SddfClass.Block) };
        BlockVirtConfig virt = new() { Magic = SddfMagic.Of(SddfClass.Block), ClientCount = (ulong)_clients.Count };
        (driver.Virt, virt.Driver.Connection) = Link(_driver.Pd, _virt.Pd, "blk_driver", DriverCapacity);
        virt.Driver.Data = NewData("blk_virt_data", PartitionTablePages * BlockRequest.TransferSize).MapDmaInto(_virt.Pd, Permissions.Read);
        for (int i = 0; i < _clients.Count; i++)
        {
            virt.Clients[i] = _clients[i];
        }

        _driver.Configure(driver);
        _virt.Configure(virt);
    }

    /// <summary>The first end announces the medium, the second reads about it.</summary>
    private (BlockConnection First, BlockConnection Second) Link(Pd first, Pd second, string name, ushort capacity)
    {
        ulong entry = (ulong)System.Runtime.CompilerServices.Unsafe.SizeOf<BlockRequest>();
        MemoryRegion info = _system.Region($"{name}_info", BlockStorageInfo.RegionSize);
        MemoryRegion requests = _system.Region($"{name}_requests", BlockRequestQueueLayout.Entries + (capacity * entry));
        MemoryRegion responses = _system.Region($"{name}_responses", BlockResponseQueueLayout.Entries + (capacity * entry));
        (byte firstId, byte secondId) = _system.ConnectNotifying(first, second);
        return (At(first, firstId, Permissions.ReadWrite), At(second, secondId, Permissions.Read));

        BlockConnection At(Pd pd, byte id, Permissions storageInfo) => new()
        {
            StorageInfo = info.MapInto(pd, storageInfo),
            RequestQueue = requests.MapInto(pd, Permissions.ReadWrite),
            ResponseQueue = responses.MapInto(pd, Permissions.ReadWrite),
            BufferCount = capacity,
            ChannelId = id,
        };
    }
}
