// The block class whole: requests through virtualiser and driver to a device model with an MBR disk, right ones and wrong ones.

using System;
using System.Collections.Generic;
using System.Linq;
using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Microkit;
using Pride.Sddf;
using Pride.Testing;
using Pride.Testing.Devices;
using Xunit;

namespace Pride.Components.Tests;

public sealed class BlockTests
{
    private const int Block = BlockFixture.Block;

    /// <summary>Every disk that has a driver.</summary>
    public static TheoryData<DiskKind> Kinds => [.. Enum.GetValues<DiskKind>()];

    /// <summary>Those that can have several requests under way; drivers of cards do one after the other before they return.</summary>
    public static TheoryData<DiskKind> QueuingKinds => [.. Enum.GetValues<DiskKind>().Except([DiskKind.SpiCard, DiskKind.HostController])];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void EachClientSeesItsPartitionAlone(DiskKind kind)
    {
        using BlockFixture disk = new(partitions: [0, 1], kind: kind);
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
        using BlockFixture disk = new(partitions: [0]);
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
        using BlockFixture disk = new(partitions: [partition, 0]);
        disk.Boot();
        Assert.False(disk.Users[0].Component.Client.IsReady);
        Assert.True(disk.Users[1].Component.Client.IsReady);
        disk.Ask(0, c => Assert.True(c.TryRead(0, 1, 0, 5)));
        Assert.Equal(BlockStatus.NoDevice, Assert.Single(disk.Users[0].Component.Responses).Status);
    }

    [Theory]
    [InlineData(DiskKind.Virtio)]
    [InlineData(DiskKind.Ahci)]
    [InlineData(DiskKind.Nvme)]
    public void AMissingDiskIsAnsweredNotSilent(DiskKind kind)
    {
        using BlockFixture disk = new(partitions: [0], kind: kind);
        disk.Device.IsPresent = false;
        disk.Boot();
        Assert.False(disk.Users[0].Component.Client.IsReady);
        disk.Ask(0, c => Assert.True(c.TryRead(0, 1, 0, 5)));
        Assert.Equal(BlockStatus.NoDevice, Assert.Single(disk.Users[0].Component.Responses).Status);
    }

    [Fact]
    public void ADiskWithoutPartitionTableIsNoDevice()
    {
        using BlockFixture disk = new(partitions: [0]);
        disk.Medium[510] = 0;
        disk.Boot();
        disk.Ask(0, c => Assert.True(c.TryRead(0, 1, 0, 5)));
        Assert.Equal(BlockStatus.NoDevice, Assert.Single(disk.Users[0].Component.Responses).Status);
    }

    [Fact]
    public void AReadOnlyDiskRefusesWrites()
    {
        using BlockFixture disk = new(partitions: [0], features: VirtioBlockModel.FeatureReadOnly);
        disk.Boot();
        Assert.Equal(1, disk.Users[0].Component.Client.Storage.ReadOnly);
        disk.Ask(0, c => Assert.True(c.TryWrite(0, 1, 0, 5)));
        Assert.Equal(BlockStatus.InvalidParameter, Assert.Single(disk.Users[0].Component.Responses).Status);
    }

    /// <summary>A port of AHCI says only that something has failed, so that its driver asks again, one by one.</summary>
    [Theory]
    [InlineData(DiskKind.Virtio, 1, false)]
    [InlineData(DiskKind.VirtioPci, 1, false)]
    [InlineData(DiskKind.Ahci, 2, false)]
    [InlineData(DiskKind.Ahci, 2, true)]
    [InlineData(DiskKind.Nvme, 1, false)]
    public void AnErrorOfTheDeviceReachesTheClientThatAsked(DiskKind kind, int failures, bool forgetsWhatFails)
    {
        using BlockFixture disk = new(partitions: [0], kind: kind, forgetsWhatFails: forgetsWhatFails);
        disk.Boot();
        disk.Device.FailNext = failures;
        disk.Ask(0, c => Assert.True(c.TryRead(0, 1, 0, 5) && c.TryRead(1, 1, 4096, 6)));
        Assert.Equal([(5u, BlockStatus.IoError, (ushort)0), (6u, BlockStatus.Ok, (ushort)1)], disk.Users[0].Component.Responses.Select(Fields));
    }

    [Theory]
    [MemberData(nameof(QueuingKinds))]
    public void ABarrierHoldsBackWhatComesAfterIt(DiskKind kind)
    {
        using BlockFixture disk = new(partitions: [0], kind: kind);
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
    [InlineData(DiskKind.Virtio, VirtioModel.FeatureEventIndex)]
    [InlineData(DiskKind.Virtio, 0UL)]
    [InlineData(DiskKind.Ahci, 0UL)]
    [InlineData(DiskKind.Nvme, 0UL)]
    public void EveryRequestIsAnsweredOnceInAnyOrderOfEvents(DiskKind kind, ulong features)
    {
        for (int seed = 0; seed < 60; seed++)
        {
            using BlockFixture disk = new(partitions: [0, 1, 0], seed, features, kind);
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
            using BlockFixture disk = new(partitions: [0, 1]);
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

    [Theory]
    [InlineData(DiskKind.Ahci)]
    [InlineData(DiskKind.Nvme)]
    public void ALongRequestIsDoneInPieces(DiskKind kind)
    {
        using BlockFixture disk = new(partitions: [0], kind: kind, longest: 2);
        disk.Boot();
        BlockUser user = disk.Users[0].Component;
        disk.Ask(0, c => Assert.True(c.TryRead(1, 13, 3 * Block, 4)));
        Assert.Equal((4u, BlockStatus.Ok, (ushort)13), Fields(Assert.Single(user.Responses)));
        Assert.Equal(disk.Medium[(2 * Block)..(15 * Block)], user.Client.Data.Slice(3 * Block, 13 * Block).ToArray());
        new Random(6).NextBytes(user.Client.Data);
        disk.Ask(0, c => Assert.True(c.TryWrite(2, 14, 8 * Block, 5)));
        Assert.Equal(user.Client.Data.Slice(8 * Block, 14 * Block).ToArray(), disk.Medium[(3 * Block)..(17 * Block)]);
    }

    [Fact]
    public void AnNvmeDiskThatLiesIsCountedAndSurvived()
    {
        using BlockFixture disk = new(partitions: [0], kind: DiskKind.Nvme);
        disk.Boot();
        disk.Device.HoldsRequests = true;
        disk.Ask(0, c => Assert.True(c.TryRead(0, 1, 0, 1)));
        NvmeModel device = (NvmeModel)disk.Device;
        foreach (ushort id in (ushort[])[5, 63, 64, ushort.MaxValue])
        {
            device.Forge(id);
            disk.System.RunUntilIdle();
        }

        Assert.Equal(4u, disk.DriverState.Dropped);
        device.Work();
        disk.System.RunUntilIdle();
        Assert.Equal((1u, BlockStatus.Ok, (ushort)1), Fields(Assert.Single(disk.Users[0].Component.Responses)));
    }

    [Fact]
    public void AnAhciControllerThatInterruptsForNothingIsSurvived()
    {
        using BlockFixture disk = new(partitions: [0], kind: DiskKind.Ahci);
        disk.Boot();
        for (int i = 0; i < 3; i++)
        {
            ((AhciModel)disk.Device).ForgeDone();
            disk.System.RunUntilIdle();
        }

        disk.Ask(0, c => Assert.True(c.TryRead(0, 1, 0, 1)));
        Assert.Equal((1u, BlockStatus.Ok, (ushort)1), Fields(Assert.Single(disk.Users[0].Component.Responses)));
    }

    private static (uint Id, BlockStatus Status, ushort Count) Fields(BlockResponse response) => (response.Id, response.Status, response.SuccessCount);
}
