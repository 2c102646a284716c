// A whole block system on the host: device model with an MBR disk, driver, virtualiser, and clients whose requests the test makes.

using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using Pride.Abi.Sddf;
using Pride.Drivers.Block;
using Pride.Machine;
using Pride.Microkit;
using Pride.Sddf;
using Pride.Testing;
using Pride.Testing.Devices;
using Xunit;

namespace Pride.Components.Tests;

/// <summary>A client whose requests the test makes, and which keeps the responses.</summary>
public sealed class BlockUser : ProtectionDomain
{
    [Wired]
    public Config<BlockClientConfig> Disk;

    public BlockClient Client { get; private set; } = null!;

    public List<BlockResponse> Responses { get; } = [];

    public override void Init() => Client = new BlockClient(Disk);

    public override void Notified(Channel channel)
    {
        while (Client.TryGetResponse(out BlockResponse response))
        {
            Responses.Add(response);
        }
    }
}

/// <summary>Disks that have drivers.</summary>
public enum DiskKind
{
    Virtio,
    VirtioPci,
    Ahci,
    Nvme,
    SpiCard,
    HostController,
}

internal sealed class BlockFixture : IDisposable
{
    public const int Block = BlockRequest.TransferSize;

    private const int SectorsPerBlock = Block / 512;

    // The disk: partition 0 has blocks 1..16, partition 1 blocks 20..23, partition 2 does not start on a block, partition 3 leaves the disk.
    private const int DiskBlocks = 32;

    // A card of high capacity counts in 512 KiB.
    private const int LargeCardBlocks = 128;
    private const int DataBytes = 1 << 20;
    private const ushort Capacity = 16;
    private const uint Place = 5 << 3;

    private Func<BlockDriver> _driver = null!;
    private readonly Channel _pci;

    public BlockFixture(
        uint[] partitions,
        int? seed = null,
        ulong features = VirtioModel.FeatureEventIndex | VirtioBlockModel.FeatureFlush,
        DiskKind kind = DiskKind.Virtio,
        bool forgetsWhatFails = false,
        byte longest = 0,
        bool highCapacity = false,
        ulong driverSees = DataBytes,
        int tableBlocks = 1)
    {
        Medium = new byte[(highCapacity ? LargeCardBlocks : DiskBlocks) * Block];
        Card = new SdCardModel(Medium, highCapacity);
        Spi = new SpiCardModel(Card);
        HostController = new SdHostModel(Card);
        new Random(3).NextBytes(Medium);
        Medium.AsSpan(446, 64).Clear();
        Partition(0, 1 * SectorsPerBlock, (16 * SectorsPerBlock) + 5);
        Partition(1, 20 * SectorsPerBlock, 4 * SectorsPerBlock);
        Partition(2, (25 * SectorsPerBlock) + 1, SectorsPerBlock);
        Partition(3, 30 * SectorsPerBlock, 4 * SectorsPerBlock);
        Medium[510] = 0x55;
        Medium[511] = 0xaa;
        System = new TestSystem(seed);
        DriverLedger = System.Memory(16 * 1024);
        VirtLedger = System.Memory(4 * 1024);
        BlockDriverConfig[] driver = new BlockDriverConfig[1];
        BlockVirtConfig[] virt = new BlockVirtConfig[1];
        DeviceResources[] resources = [new() { Magic = SddfMagic.Of(SddfClass.Device), InterruptCount = 1 }];
        bool isCard = kind is DiskKind.SpiCard or DiskKind.HostController;
        Virt = System.Add<Virtualisers.Block>("virt", 99, p =>
        {
            p.Configuration = Config<BlockVirtConfig>.OnHost(in virt[0]);
            p.Ledger = VirtLedger;
        });
        (Device, ITestDevice registers, ulong window) = Model(kind, features, forgetsWhatFails, longest);
        PciFixture? pci = kind == DiskKind.Virtio || isCard ? null : new PciFixture(System);
        Driver = kind switch
        {
            DiskKind.Virtio => AddDriver<VirtioBlock>(driver, resources, _ => { }),
            DiskKind.SpiCard => AddDriver<SpiSdCard>(driver, resources, _ => { }),
            DiskKind.HostController => AddDriver<SdHostController>(driver, resources, _ => { }),
            DiskKind.VirtioPci => AddDriver<VirtioBlockPci>(driver, resources, p => p.Pci = _pci),
            DiskKind.Ahci => AddDriver<Ahci>(driver, resources, p => p.Pci = _pci),
            _ => AddDriver<Nvme>(driver, resources, p => p.Pci = _pci),
        };
        if (pci is not null)
        {
            _pci = AddFunction(pci, kind);
        }

        Device.Interrupt = System.Interrupt(Driver);
        resources[0].Regions[resources[0].RegionCount++].Region = System.Device(registers, window);
        if (!isCard)
        {
            resources[0].Regions[resources[0].RegionCount++] = System.DmaMemory(64 * 1024);
            resources[0].Regions[resources[0].RegionCount++] = System.DmaMemory(64 * 1024);
        }

        resources[0].Interrupts[0] = Device.Interrupt.Id;
        driver[0].Magic = virt[0].Magic = SddfMagic.Of(SddfClass.Block);
        (driver[0].Virt, virt[0].Driver.Connection) = Link(Driver, Virt, 32);
        virt[0].Driver.Data = NewData(tableBlocks * Block, (ulong)tableBlocks * Block);
        foreach (uint partition in partitions)
        {
            BlockClientConfig config = new() { Magic = SddfMagic.Of(SddfClass.Block) };
            int index = Configs.Count;
            TestPd<BlockUser> user = System.Add<BlockUser>($"user{index}", 50, p => p.Disk = Config<BlockClientConfig>.OnHost(Configs[index]));
            DeviceRegion data = NewData(DataBytes, driverSees);
            (BlockConnection virtEnd, config.Virt) = Link(Virt, user, Capacity);
            config.Data = data.Region;
            virt[0].Clients[(int)virt[0].ClientCount++] = new BlockVirtClientConfig { Connection = virtEnd, Data = data, Partition = partition };
            Configs.Add(config);
            Users.Add(user);
        }

        // A card's driver moves the data itself, and so sees it.
        DeviceRegion NewData(int bytes, ulong seen)
        {
            DeviceRegion data = System.DmaMemory(bytes);
            if (isCard)
            {
                resources[0].Regions[resources[0].RegionCount++] = data with { Region = new Region(data.Region.Address, seen) };
            }

            return data;
        }
    }

    public TestSystem System { get; }

    public byte[] Medium { get; }

    public SdCardModel Card { get; }

    public SpiCardModel Spi { get; }

    public SdHostModel HostController { get; }

    public IDiskModel Device { get; }

    public TestPd Driver { get; }

    /// <summary>The driver itself, once the system has started.</summary>
    public BlockDriver DriverState => _driver();

    /// <summary>The same of a card's driver.</summary>
    public SdCardDriver CardDriver => (SdCardDriver)DriverState;

    public TestPd<Virtualisers.Block> Virt { get; }

    public Region DriverLedger { get; }

    public Region VirtLedger { get; }

    public List<TestPd<BlockUser>> Users { get; } = [];

    public List<BlockClientConfig> Configs { get; } = [];

    public void Boot()
    {
        System.Start();
        System.RunUntilIdle();
    }

    public void Ask(int user, Action<BlockClient> ask)
    {
        System.RunAs(Users[user], () =>
        {
            ask(Users[user].Component.Client);
            Users[user].Component.Client.Submit();
        });
        System.RunUntilIdle();
    }

    /// <summary>Requests that <see cref="BlockClient"/> would not make; all of them wait before anybody sees the first.</summary>
    public void AskRaw(int user, params BlockRequest[] requests)
    {
        BlockRequester requester = new(Configs[user].Virt);
        Assert.All(requests, request => Assert.True(requester.TryEnqueueRequest(in request)));
        System.RunAs(Users[user], () => new Channel(Configs[user].Virt.ChannelId).Notify());
        System.RunUntilIdle();
    }

    public void Dispose() => System.Dispose();

    private (IDiskModel Model, ITestDevice Registers, ulong Window) Model(DiskKind kind, ulong features, bool forgetsWhatFails, byte longest)
    {
        switch (kind)
        {
            case DiskKind.Ahci:
                AhciModel ahci = new(System, Medium) { ForgetsWhatFails = forgetsWhatFails };
                return (ahci, ahci, AhciModel.WindowSize);
            case DiskKind.Nvme:
                NvmeModel nvme = new(System, Medium) { Transfer = longest };
                return (nvme, nvme, NvmeModel.WindowSize);
            default:
                VirtioBlockModel virtio = new(System, Medium, features);
                return kind switch
                {
                    DiskKind.Virtio => (virtio, virtio, 0x200UL),
                    DiskKind.SpiCard => (virtio, Spi, 0x100UL),
                    DiskKind.HostController => (virtio, HostController, 0x100UL),
                    _ => (virtio, new VirtioPciModel(virtio), VirtioPciModel.WindowSize),
                };
        }
    }

    private Channel AddFunction(PciFixture pci, DiskKind kind)
    {
        (ushort vendor, ushort device, byte register, ulong size) = kind switch
        {
            DiskKind.Ahci => ((ushort)0x8086, (ushort)0x2922, AhciModel.WindowRegister, AhciModel.WindowSize),
            DiskKind.Nvme => ((ushort)0x1b36, (ushort)0x0010, NvmeModel.WindowRegister, NvmeModel.WindowSize),
            _ => ((ushort)0x1af4, (ushort)0x1042, VirtioPciModel.WindowRegister, VirtioPciModel.WindowSize),
        };
        if (kind == DiskKind.VirtioPci)
        {
            VirtioPciModel.AddTo(pci.Model, Place, 2);
        }
        else
        {
            pci.Model.Add(Place, vendor, device, classCode: 0x01).AddWindow(register, size);
        }

        return pci.Connect(Driver, Place, vendor, device, register, size);
    }

    private TestPd<T> AddDriver<T>(BlockDriverConfig[] config, DeviceResources[] resources, Action<T> wire)
        where T : BlockDriver, new()
    {
        TestPd<T> pd = System.Add<T>("driver", 100, p =>
        {
            p.Configuration = Config<BlockDriverConfig>.OnHost(in config[0]);
            p.Device = Config<DeviceResources>.OnHost(in resources[0]);
            p.Ledger = DriverLedger;
            wire(p);
        });
        _driver = () => pd.Component;
        return pd;
    }

    private void Partition(int index, int firstSector, int sectors)
    {
        Span<byte> entry = Medium.AsSpan(446 + (16 * index), 16);
        entry[4] = 0x0c;
        BinaryPrimitives.WriteInt32LittleEndian(entry[8..], firstSector);
        BinaryPrimitives.WriteInt32LittleEndian(entry[12..], sectors);
    }

    private (BlockConnection First, BlockConnection Second) Link(TestPd first, TestPd second, ushort capacity)
    {
        (Channel firstId, Channel secondId) = TestSystem.Connect(first, second);
        BlockConnection connection = new()
        {
            StorageInfo = System.Memory(BlockStorageInfo.RegionSize),
            RequestQueue = System.Memory(BlockRequestQueueLayout.Entries + (capacity * Unsafe.SizeOf<BlockRequest>())),
            ResponseQueue = System.Memory(BlockResponseQueueLayout.Entries + (capacity * Unsafe.SizeOf<BlockResponse>())),
            BufferCount = capacity,
        };
        return (connection with { ChannelId = (byte)firstId.Id }, connection with { ChannelId = (byte)secondId.Id });
    }
}
