// SD cards behind an SPI controller and behind a standard host controller, under the whole block class: the right data at the right place, and cards and
// controllers that fail.

using System;
using System.Linq;
using Pride.Abi.Sddf;
using Xunit;

namespace Pride.Components.Tests;

public sealed class SdCardTests
{
    private const int Block = BlockFixture.Block;

    public static TheoryData<DiskKind, bool> Cards => new()
    {
        { DiskKind.SpiCard, false },
        { DiskKind.SpiCard, true },
        { DiskKind.HostController, false },
        { DiskKind.HostController, true },
    };

    public static TheoryData<DiskKind> Ways => [DiskKind.SpiCard, DiskKind.HostController];

    [Theory]
    [MemberData(nameof(Cards))]
    public void What_is_written_is_read_where_it_was_written(DiskKind kind, bool highCapacity)
    {
        using BlockFixture disk = new([0, 1], kind: kind, highCapacity: highCapacity);
        disk.Boot();
        BlockUser first = disk.Users[0].Component;
        BlockUser second = disk.Users[1].Component;
        Assert.True(first.Client.IsReady);
        Assert.Equal(16UL, first.Client.Storage.Capacity);
        disk.Ask(0, c => Assert.True(c.TryRead(2, 14, 4096, 77)));
        Assert.Equal((77u, BlockStatus.Ok, (ushort)14), Fields(Assert.Single(first.Responses)));
        Assert.Equal(disk.Medium[(3 * Block)..(17 * Block)], first.Client.Data.Slice(4096, 14 * Block).ToArray());
        byte[] before = [.. disk.Medium];
        new Random(5).NextBytes(second.Client.Data);
        disk.Ask(1, c => Assert.True(c.TryWrite(1, 3, 8192, 1)));
        Assert.Equal(BlockStatus.Ok, Assert.Single(second.Responses).Status);
        second.Client.Data.Slice(8192, 3 * Block).CopyTo(before.AsSpan(21 * Block));
        Assert.Equal(before, disk.Medium);
        Assert.Equal(0u, disk.CardDriver.Failed);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_long_read_is_split_and_whole(DiskKind kind)
    {
        using BlockFixture disk = new([0], kind: kind, highCapacity: true);
        disk.Boot();

        // As the virtualiser asks: more than one command moves.
        BlockRequest request = new() { Code = BlockRequestCode.Read, BlockNumber = 0, Count = 16, IoAddressOrOffset = 0, Id = 1 };
        disk.AskRaw(0, request);
        Assert.Equal(BlockStatus.Ok, Assert.Single(disk.Users[0].Component.Responses).Status);
        Assert.Equal(disk.Medium[(1 * Block)..(17 * Block)], disk.Users[0].Component.Client.Data[..(16 * Block)].ToArray());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_spoiled_transfer_and_a_bad_sector_are_errors_and_the_next_request_works(DiskKind kind)
    {
        using BlockFixture disk = new([0], kind: kind);
        disk.Boot();
        disk.Card.Spoils = 1;
        disk.Ask(0, c => Assert.True(c.TryRead(0, 1, 0, 1)));
        disk.Card.IsBad = sector => sector == (5 * 8) + 3;
        disk.Ask(0, c => Assert.True(c.TryRead(3, 2, 0, 2)));
        disk.Ask(0, c => Assert.True(c.TryWrite(4, 1, 0, 3)));
        disk.Ask(0, c => Assert.True(c.TryRead(5, 1, 0, 4)));
        Assert.Equal(
            [(1u, BlockStatus.IoError), (2u, BlockStatus.IoError), (3u, BlockStatus.IoError), (4u, BlockStatus.Ok)],
            disk.Users[0].Component.Responses.Select(r => (r.Id, r.Status)));
        Assert.Equal(3u, disk.CardDriver.Failed);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Data_that_the_card_refuses_is_an_error_and_the_next_write_works(DiskKind kind)
    {
        using BlockFixture disk = new([0], kind: kind);
        disk.Boot();
        byte[] before = [.. disk.Medium];
        new Random(4).NextBytes(disk.Users[0].Component.Client.Data);
        disk.Card.Refusals = 1;
        disk.Ask(0, c => Assert.True(c.TryWrite(2, 1, 0, 1)));
        Assert.Equal((1u, BlockStatus.IoError, (ushort)0), Fields(disk.Users[0].Component.Responses[0]));
        Assert.Equal(before[(4 * Block)..], disk.Medium[(4 * Block)..]);
        disk.Ask(0, c => Assert.True(c.TryWrite(2, 1, 0, 2)));
        Assert.Equal((2u, BlockStatus.Ok, (ushort)1), Fields(disk.Users[0].Component.Responses[1]));
        Assert.Equal(disk.Users[0].Component.Client.Data[..Block].ToArray(), disk.Medium[(3 * Block)..(4 * Block)]);
    }

    /// <summary>All of it waits before the driver sees the first: a card has one request at a time, so what comes after a barrier is held back in the queue.</summary>
    [Theory]
    [MemberData(nameof(Ways))]
    public void What_comes_after_a_barrier_is_done_after_it(DiskKind kind)
    {
        using BlockFixture disk = new([0], kind: kind);
        disk.Boot();
        BlockUser user = disk.Users[0].Component;
        new Random(9).NextBytes(user.Client.Data);
        disk.AskRaw(
            0,
            new BlockRequest { Code = BlockRequestCode.Write, BlockNumber = 3, Count = 1, IoAddressOrOffset = 0, Id = 1 },
            new BlockRequest { Code = BlockRequestCode.Barrier, Id = 2 },
            new BlockRequest { Code = BlockRequestCode.Read, BlockNumber = 3, Count = 1, IoAddressOrOffset = 1 * Block, Id = 3 },
            new BlockRequest { Code = BlockRequestCode.Write, BlockNumber = 3, Count = 1, IoAddressOrOffset = 2 * Block, Id = 4 },
            new BlockRequest { Code = BlockRequestCode.Flush, Id = 5 },
            new BlockRequest { Code = BlockRequestCode.Barrier, Id = 6 },
            new BlockRequest { Code = BlockRequestCode.Barrier, Id = 7 },
            new BlockRequest { Code = BlockRequestCode.Read, BlockNumber = 3, Count = 1, IoAddressOrOffset = 3 * Block, Id = 8 });
        Assert.Equal(Enumerable.Range(1, 8).Select(i => ((uint)i, BlockStatus.Ok)), user.Responses.Select(r => (r.Id, r.Status)));
        byte[] data = user.Client.Data[..(4 * Block)].ToArray();
        Assert.Equal(data[..Block], data[Block..(2 * Block)]);
        Assert.Equal(data[(2 * Block)..(3 * Block)], data[(3 * Block)..]);
        Assert.NotEqual(data[..Block], data[(2 * Block)..(3 * Block)]);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Memory_that_is_not_the_drivers_is_never_touched(DiskKind kind)
    {
        // It sees four blocks of the client's memory, of which the virtualiser lets all be named.
        using BlockFixture disk = new([0], kind: kind, driverSees: 4 * Block);
        disk.Boot();
        BlockUser user = disk.Users[0].Component;
        user.Client.Data.Fill(0xee);
        byte[] before = [.. disk.Medium];
        disk.Ask(0, c => Assert.True(c.TryRead(0, 2, 3 * Block, 1) && c.TryRead(0, 1, 4 * Block, 2) && c.TryWrite(0, 2, 3 * Block, 3) && c.TryWrite(0, 1, 100 * Block, 4)));
        Assert.Equal(Enumerable.Range(1, 4).Select(i => ((uint)i, BlockStatus.InvalidParameter, (ushort)0)), user.Responses.Select(Fields));
        Assert.Equal(before, disk.Medium);
        Assert.Equal(-1, user.Client.Data.IndexOfAnyExcept((byte)0xee));
        disk.Ask(0, c => Assert.True(c.TryRead(0, 1, 3 * Block, 5)));
        Assert.Equal((5u, BlockStatus.Ok, (ushort)1), Fields(user.Responses[^1]));
        Assert.Equal(disk.Medium[Block..(2 * Block)], user.Client.Data.Slice(3 * Block, Block).ToArray());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Without_a_card_every_request_is_answered_with_no_device(DiskKind kind)
    {
        using BlockFixture disk = new([0], kind: kind);
        disk.Card.IsPresent = false;
        disk.Boot();
        Assert.False(disk.Users[0].Component.Client.IsReady);
        disk.Ask(0, c => Assert.True(c.TryRead(0, 1, 0, 5)));
        Assert.Equal((5u, BlockStatus.NoDevice, (ushort)0), Fields(Assert.Single(disk.Users[0].Component.Responses)));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_stuck_controller_is_no_device(DiskKind kind)
    {
        using BlockFixture disk = new([0], kind: kind);
        disk.Spi.IsStuck = disk.HostController.IsStuck = true;
        disk.Boot();
        disk.Ask(0, c => Assert.True(c.TryRead(0, 1, 0, 5)));
        Assert.Equal(BlockStatus.NoDevice, Assert.Single(disk.Users[0].Component.Responses).Status);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Every_request_is_answered_once_wherever_the_driver_dies(DiskKind kind)
    {
        // A host controller takes four bytes with each store, and reads without any.
        int odds = kind == DiskKind.HostController ? 60 : 6000;
        long crashes = 0;
        for (int seed = 0; seed < 20; seed++)
        {
            using BlockFixture disk = new([0], seed, kind: kind);
            Random random = new(seed);
            disk.Boot();
            disk.System.Crashes = pd => pd == disk.Driver && random.Next(odds) == 0;
            for (uint id = 1; id <= 30; id++)
            {
                uint wanted = id;
                disk.Ask(0, c => Assert.True(c.TryRead(wanted % 16, 1, 0, wanted)));
            }

            crashes += disk.System.CrashCount;
            disk.System.Crashes = null;
            Assert.Equal(
                Enumerable.Range(1, 30).Select(i => ((uint)i, BlockStatus.Ok)),
                disk.Users[0].Component.Responses.Select(r => (r.Id, r.Status)));
        }

        Assert.True(crashes > 20, $"only {crashes} crashes: the test does not do its work");
    }

    private static (uint Id, BlockStatus Status, ushort Count) Fields(BlockResponse response) => (response.Id, response.Status, response.SuccessCount);
}
