// The block class whole: requests through virtualiser and driver to a device model with an MBR disk, right ones and wrong ones.

using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
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

public sealed class BlockTests
{
    private const int Block = BlockRequest.TransferSize;
    private const int SectorsPerBlock = Block / 512;

    // The disk: partition 0 has blocks 1..16, partition 1 blocks 20..23, partition 2 does not start on a block, partition 3 leaves the disk.
    private const int DiskBlocks = 32;

    [Fact]
    public void EachClientSeesItsPartitionAlone()
    {
        using Fixture disk = new(partitions: [0, 1]);
        disk.Boot();
        BlockUser first = disk.Users[0].Component;
        Assert.True(first.Client.IsReady);
        Assert.Equal(16UL, first.Client.Storage.Capacity);
        Assert.Equal(4UL, disk.Users[1].Component.Client.Storage.Capacity);
        disk.Ask(0, c => Assert.True(c.TryRead(2, 3, 4096, 77)));
        Assert.Equal((77u, BlockStatus.Ok, (ushort)3), Fields(Assert.Single(first.Responses)));
        Assert.Equal(disk.Medium[(3 * Block)..(6 * Block)], first.Client.Data.Slice(4096, 3 * Block).ToArray());
        new Random(5).NextBytes(disk.Users[1].Component.Client.Data);
        disk.Ask(1, c => Assert.True(c.TryWrite(3, 1, 8192, 1)));
        Assert.Equal(disk.Users[1].Component.Client.Data.Slice(8192, Block).ToArray(), disk.Medium[(23 * Block)..(24 * Block)]);
    }

    [Theory]
    [InlineData(BlockRequestCode.Read, 16, 1, 0)]
    [InlineData(BlockRequestCode.Read, 15, 2, 0)]
    [InlineData(BlockRequestCode.Read, ulong.MaxValue, 1, 0)]
    [InlineData(BlockRequestCode.Read, ulong.MaxValue - 1, 4, 0)]
    [InlineData(BlockRequestCode.Write, 0, 0, 0)]
    [InlineData(BlockRequestCode.Write, 0, 17, 0)]
    [InlineData(BlockRequestCode.Write, 0, 1, 1)]
    [InlineData(BlockRequestCode.Write, 0, 1, 512)]
    [InlineData(BlockRequestCode.Read, 0, 1, 1 << 20)]
    [InlineData(BlockRequestCode.Read, 0, 2, (1 << 20) - 4096)]
    [InlineData(BlockRequestCode.Read, 0, 1, ulong.MaxValue - 4095)]
    [InlineData((BlockRequestCode)4, 0, 1, 0)]
    [InlineData((BlockRequestCode)uint.MaxValue, 0, 1, 0)]
    public void WrongRequestsAreRefused(BlockRequestCode code, ulong block, ushort count, ulong offset)
    {
        using Fixture disk = new(partitions: [0]);
        disk.Boot();
        byte[] before = [.. disk.Medium];
        disk.AskRaw(0, new BlockRequest { Code = code, BlockNumber = block, Count = count, IoAddressOrOffset = offset, Id = 9 });
        Assert.Equal((9u, BlockStatus.InvalidParameter, (ushort)0), Fields(Assert.Single(disk.Users[0].Component.Responses)));
        Assert.Equal(before, disk.Medium);
        Assert.Equal(1u, disk.Virt.Component.Invalid);
    }

    [Theory]
    [InlineData(2u)]
    [InlineData(3u)]
    [InlineData(4u)]
    public void AMissingOrBrokenPartitionIsNoDevice(uint partition)
    {
        using Fixture disk = new(partitions: [partition, 0]);
        disk.Boot();
        Assert.False(disk.Users[0].Component.Client.IsReady);
        Assert.True(disk.Users[1].Component.Client.IsReady);
        disk.Ask(0, c => Assert.True(c.TryRead(0, 1, 0, 5)));
        Assert.Equal(BlockStatus.NoDevice, Assert.Single(disk.Users[0].Component.Responses).Status);
    }

    [Fact]
    public void AMissingDiskIsAnsweredNotSilent()
    {
        using Fixture disk = new(partitions: [0]);
        disk.Device.IsPresent = false;
        disk.Boot();
        Assert.False(disk.Users[0].Component.Client.IsReady);
        disk.Ask(0, c => Assert.True(c.TryRead(0, 1, 0, 5)));
        Assert.Equal(BlockStatus.NoDevice, Assert.Single(disk.Users[0].Component.Responses).Status);
    }

    [Fact]
    public void ADiskWithoutPartitionTableIsNoDevice()
    {
        using Fixture disk = new(partitions: [0]);
        disk.Medium[510] = 0;
        disk.Boot();
        disk.Ask(0, c => Assert.True(c.TryRead(0, 1, 0, 5)));
        Assert.Equal(BlockStatus.NoDevice, Assert.Single(disk.Users[0].Component.Responses).Status);
    }

    [Fact]
    public void AReadOnlyDiskRefusesWrites()
    {
        using Fixture disk = new(partitions: [0], features: VirtioBlockModel.FeatureReadOnly);
        disk.Boot();
        Assert.Equal(1, disk.Users[0].Component.Client.Storage.ReadOnly);
        disk.Ask(0, c => Assert.True(c.TryWrite(0, 1, 0, 5)));
        Assert.Equal(BlockStatus.InvalidParameter, Assert.Single(disk.Users[0].Component.Responses).Status);
    }

    [Fact]
    public void AnErrorOfTheDeviceReachesTheClientThatAsked()
    {
        using Fixture disk = new(partitions: [0]);
        disk.Boot();
        disk.Device.FailNext = 1;
        disk.Ask(0, c => Assert.True(c.TryRead(0, 1, 0, 5) && c.TryRead(1, 1, 4096, 6)));
        Assert.Equal([(5u, BlockStatus.IoError, (ushort)0), (6u, BlockStatus.Ok, (ushort)1)], disk.Users[0].Component.Responses.Select(Fields));
    }

    [Fact]
    public void ABarrierHoldsBackWhatComesAfterIt()
    {
        using Fixture disk = new(partitions: [0]);
        disk.Boot();
        disk.Device.HoldsRequests = true;
        disk.AskRaw(0, new BlockRequest { Code = BlockRequestCode.Write, Count = 1, Id = 1 });
        disk.AskRaw(0, new BlockRequest { Code = BlockRequestCode.Barrier, Id = 2 });
        disk.AskRaw(0, new BlockRequest { Code = BlockRequestCode.Flush, Id = 3 });
        disk.Device.Work();
        Assert.Equal(0, disk.Device.Flushes);
        disk.System.RunUntilIdle();
        disk.Device.Work();
        disk.System.RunUntilIdle();
        Assert.Equal([1u, 2u, 3u], disk.Users[0].Component.Responses.Select(r => r.Id));
        Assert.Equal(1, disk.Device.Flushes);
    }

    [Theory]
    [InlineData(VirtioModel.FeatureEventIndex)]
    [InlineData(0UL)]
    public void EveryRequestIsAnsweredOnceInAnyOrderOfEvents(ulong features)
    {
        for (int seed = 0; seed < 60; seed++)
        {
            using Fixture disk = new(partitions: [0, 1, 0], seed, features);
            Random random = new(seed);
            disk.Boot();
            disk.Device.HoldsRequests = true;
            HashSet<(int, uint)> open = [];
            uint id = 0;
            for (int round = 0; round < 60; round++)
            {
                int user = random.Next(3);
                disk.System.RunAs(disk.Users[user], () =>
                {
                    BlockClient client = disk.Users[user].Component.Client;
                    for (int n = random.Next(12); n > 0 && client.TryRead((ulong)random.Next(4), 1, (ulong)random.Next(64) * Block, id); n--)
                    {
                        Assert.True(open.Add((user, id++)));
                    }

                    client.Submit();
                });
                disk.Device.Work(random.Next(10));
                for (int steps = random.Next(6); steps > 0; steps--)
                {
                    disk.System.Step();
                }
            }

            disk.Device.HoldsRequests = false;
            disk.Device.Work();
            disk.System.RunUntilIdle();
            for (int user = 0; user < 3; user++)
            {
                foreach (BlockResponse response in disk.Users[user].Component.Responses)
                {
                    Assert.Equal(BlockStatus.Ok, response.Status);
                    Assert.True(open.Remove((user, response.Id)));
                }
            }

            Assert.Empty(open);
        }
    }

    [Fact]
    public void AHostileClientHurtsNobodyElse()
    {
        uint refused = 0;
        for (int seed = 0; seed < 30; seed++)
        {
            using Fixture disk = new(partitions: [0, 1]);
            Random random = new(seed);
            disk.Boot();
            byte[] before = disk.Medium[..(20 * Block)];
            Region requests = disk.Configs[1].Virt.RequestQueue;
            Region responses = disk.Configs[1].Virt.ResponseQueue;
            for (uint i = 0; i < 200; i++)
            {
                random.NextBytes(requests.Bytes[BlockRequestQueueLayout.Entries..]);

                // Mostly plausible indices over nonsense, so that the nonsense is looked at; sometimes wild ones.
                bool wild = random.Next(8) == 0;
                requests.At<uint>(BlockRequestQueueLayout.Tail) = requests.At<uint>(BlockRequestQueueLayout.Head) + (uint)random.Next(wild ? int.MaxValue : 17);
                responses.At<uint>(BlockResponseQueueLayout.Head) = wild ? (uint)random.Next() : responses.At<uint>(BlockResponseQueueLayout.Tail);
                disk.Virt.Signal(new Channel((ulong)random.Next(3)));
                disk.System.RunUntilIdle();
                disk.Ask(0, c => Assert.True(c.TryRead(0, 1, 0, i)));
                Assert.Equal((i, BlockStatus.Ok, (ushort)1), Fields(disk.Users[0].Component.Responses[^1]));
            }

            Assert.Equal(before, disk.Medium[..(20 * Block)]);
            refused += disk.Virt.Component.Invalid;
        }

        Assert.True(refused > 1000, $"only {refused} bad requests were seen: the test does not do its work");
    }

    private static (uint Id, BlockStatus Status, ushort Count) Fields(BlockResponse response) => (response.Id, response.Status, response.SuccessCount);

    private sealed class Fixture : IDisposable
    {
        private const int DataBytes = 1 << 20;
        private const ushort Capacity = 16;

        public Fixture(uint[] partitions, int? seed = null, ulong features = VirtioModel.FeatureEventIndex | VirtioBlockModel.FeatureFlush)
        {
            new Random(3).NextBytes(Medium);
            Medium.AsSpan(446, 64).Clear();
            Partition(0, 1 * SectorsPerBlock, (16 * SectorsPerBlock) + 5);
            Partition(1, 20 * SectorsPerBlock, 4 * SectorsPerBlock);
            Partition(2, (25 * SectorsPerBlock) + 1, SectorsPerBlock);
            Partition(3, 30 * SectorsPerBlock, 4 * SectorsPerBlock);
            Medium[510] = 0x55;
            Medium[511] = 0xaa;
            System = new TestSystem(seed);
            Device = new VirtioBlockModel(System, Medium, features);
            BlockDriverConfig[] driver = new BlockDriverConfig[1];
            BlockVirtConfig[] virt = new BlockVirtConfig[1];
            DeviceResources resources = new() { Magic = SddfMagic.Of(SddfClass.Device), RegionCount = 3, InterruptCount = 1 };
            TestPd<VirtioBlock> driverPd = System.Add<VirtioBlock>("driver", 100, p =>
            {
                p.Configuration = Config<BlockDriverConfig>.OnHost(in driver[0]);
                p.Device = Config<DeviceResources>.OnHost(in resources);
            });
            Virt = System.Add<Virtualisers.Block>("virt", 99, p => p.Configuration = Config<BlockVirtConfig>.OnHost(in virt[0]));
            Device.Interrupt = System.Interrupt(driverPd);
            resources.Regions[0].Region = System.Device(Device, 0x200);
            resources.Regions[1] = System.DmaMemory(64 * 1024);
            resources.Regions[2] = System.DmaMemory(64 * 1024);
            resources.Interrupts[0] = Device.Interrupt.Id;
            driver[0].Magic = virt[0].Magic = SddfMagic.Of(SddfClass.Block);
            (driver[0].Virt, virt[0].Driver.Connection) = Link(driverPd, Virt, 32);
            virt[0].Driver.Data = System.DmaMemory(Block);
            foreach (uint partition in partitions)
            {
                BlockClientConfig config = new() { Magic = SddfMagic.Of(SddfClass.Block) };
                int index = Configs.Count;
                TestPd<BlockUser> user = System.Add<BlockUser>($"user{index}", 50, p => p.Disk = Config<BlockClientConfig>.OnHost(Configs[index]));
                DeviceRegion data = System.DmaMemory(DataBytes);
                (BlockConnection virtEnd, config.Virt) = Link(Virt, user, Capacity);
                config.Data = data.Region;
                virt[0].Clients[(int)virt[0].ClientCount++] = new BlockVirtClientConfig { Connection = virtEnd, Data = data, Partition = partition };
                Configs.Add(config);
                Users.Add(user);
            }
        }

        public TestSystem System { get; }

        public byte[] Medium { get; } = new byte[DiskBlocks * Block];

        public VirtioBlockModel Device { get; }

        public TestPd<Virtualisers.Block> Virt { get; }

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

        /// <summary>A request that <see cref="BlockClient"/> would not make.</summary>
        public void AskRaw(int user, BlockRequest request)
        {
            BlockRequester requester = new(Configs[user].Virt);
            Assert.True(requester.TryEnqueueRequest(in request));
            System.RunAs(Users[user], () => new Channel(Configs[user].Virt.ChannelId).Notify());
            System.RunUntilIdle();
        }

        public void Dispose() => System.Dispose();

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
}
