// Driver, virtualiser and clients of the block class die and are restarted, at any store that outlives them: every request is answered once,
// to who asked, and what was written and read is right.

using System;
using System.Collections.Generic;
using System.Linq;
using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Sddf;
using Pride.Testing;
using Pride.Testing.Devices;
using Xunit;

namespace Pride.Components.Tests;

public sealed class BlockRestartTests
{
    private const int Block = BlockFixture.Block;

    [Theory]
    [InlineData(DiskKind.Virtio, VirtioModel.FeatureEventIndex | VirtioBlockModel.FeatureFlush)]
    [InlineData(DiskKind.Virtio, 0UL)]
    [InlineData(DiskKind.Ahci, 0UL)]
    [InlineData(DiskKind.Nvme, 0UL)]
    [InlineData(DiskKind.SpiCard, 0UL)]
    [InlineData(DiskKind.HostController, 0UL)]
    public void EveryRequestIsAnsweredOnceWhateverDies(DiskKind kind, ulong features)
    {
        // Drivers that move the data themselves store to the device for each byte, or for four: they would never be done with a request.
        (int seeds, int storesPerStep) = kind switch
        {
            DiskKind.SpiCard => (6, 200),
            DiskKind.HostController => (20, 30),
            _ => (60, 1),
        };
        long crashes = 0;
        for (int seed = 0; seed < seeds; seed++)
        {
            using BlockFixture disk = new(partitions: [0, 1, 0], seed, features, kind);
            Workload load = new(disk, seed);
            Random random = new(seed);
            int odds = random.Next(10, 200) * storesPerStep;
            disk.Device.HoldsRequests = true;
            disk.System.Crashes = pd => (pd == disk.Driver || pd == disk.Virt) && random.Next(odds) == 0;
            disk.Boot();
            for (int round = 0; round < 60; round++)
            {
                load.AskSome(random.Next(3), random.Next(12));
                disk.Device.Work(random.Next(10));
                for (int steps = random.Next(6); steps > 0; steps--)
                {
                    disk.System.Step();
                }

                if (random.Next(10) == 0)
                {
                    disk.System.Restart(random.Next(2) == 0 ? disk.Driver : disk.Virt);
                }

                load.CheckAnswers();
            }

            crashes += disk.System.CrashCount;
            disk.System.Crashes = null;
            disk.Device.HoldsRequests = false;
            disk.Device.Work();
            disk.System.RunUntilIdle();
            load.CheckAnswers();
            Assert.True(load.Open == 0, $"seed {seed}: {load.Open} requests were never answered");
            Assert.Equal(0u, disk.DriverState.Forgotten + disk.Virt.Component.Forgotten + disk.DriverState.Dropped);
        }

        Assert.True(crashes > 20 * seeds, $"only {crashes} crashes: the test does not do its work");
    }

    [Theory]
    [MemberData(nameof(BlockTests.Kinds), MemberType = typeof(BlockTests))]
    public void RestartsWithFullQueuesLoseNothing(DiskKind kind)
    {
        for (int seed = 0; seed < 40; seed++)
        {
            using BlockFixture disk = new(partitions: [0, 1, 0], seed, kind: kind);
            Workload load = new(disk, seed);
            disk.Boot();
            disk.Device.HoldsRequests = true;
            for (int user = 0; user < 3; user++)
            {
                load.AskSome(user, 16);
            }

            disk.System.RunUntilIdle();
            for (int i = 0; i < 3; i++)
            {
                disk.System.Restart(disk.Virt);
                disk.System.Restart(disk.Driver);
                for (int user = 0; user < 3; user++)
                {
                    load.AskSome(user, 16);
                }

                disk.System.RunUntilIdle();
            }

            disk.Device.HoldsRequests = false;
            disk.Device.Work();
            disk.System.RunUntilIdle();
            load.CheckAnswers();
            Assert.Equal(0, load.Open);
        }
    }

    [Theory]
    [MemberData(nameof(BlockTests.QueuingKinds), MemberType = typeof(BlockTests))]
    public void BarriersHoldOverRestarts(DiskKind kind)
    {
        using BlockFixture disk = new(partitions: [0], kind: kind);
        disk.Boot();
        disk.Device.HoldsRequests = true;
        disk.AskRaw(0, new BlockRequest { Code = BlockRequestCode.Write, Count = 1, Id = 1 });
        disk.AskRaw(0, new BlockRequest { Code = BlockRequestCode.Barrier, Id = 2 });
        disk.AskRaw(0, new BlockRequest { Code = BlockRequestCode.Flush, Id = 3 });
        for (int i = 0; i < 5; i++)
        {
            disk.System.Restart(disk.Driver);
            disk.System.Restart(disk.Virt);
            disk.System.RunUntilIdle();
        }

        Assert.Empty(disk.Users[0].Component.Responses);
        for (int i = 0; i < 4; i++)
        {
            disk.Device.Work();
            disk.System.RunUntilIdle();
        }

        Assert.Equal([1u, 2u, 3u], disk.Users[0].Component.Responses.Select(r => r.Id));
        Assert.Equal(1, disk.Device.Flushes);
    }

    [Fact]
    public void NothingOfAClientsLifeBeforeReachesTheNext()
    {
        int leftovers = 0;
        for (int seed = 0; seed < 100; seed++)
        {
            using BlockFixture disk = new(partitions: [0, 1], seed);
            Random random = new(seed);
            disk.Boot();
            disk.Device.HoldsRequests = true;
            for (int life = 0; life < 6; life++)
            {
                disk.System.RunAs(disk.Users[0], () =>
                {
                    BlockClient client = disk.Users[0].Component.Client;
                    for (uint id = 0; id < 16 && client.TryRead(id % 16, 1, id * Block, id); id++)
                    {
                    }

                    client.Submit();
                });
                for (int steps = random.Next(8); steps > 0; steps--)
                {
                    disk.System.Step();
                    disk.Device.Work(random.Next(3));
                }

                disk.System.Restart(disk.Users[0]);
            }

            BlockClient last = disk.Users[0].Component.Client;
            Assert.False(last.IsSettled);
            Assert.False(last.TryRead(0, 1, 0, 1));
            while (!last.IsSettled)
            {
                disk.Device.Work(1);
                disk.System.RunUntilIdle();
            }

            last.Data.Fill(0xee);
            disk.Device.HoldsRequests = false;
            disk.Device.Work();
            disk.System.RunUntilIdle();
            Assert.Equal(-1, last.Data.IndexOfAnyExcept((byte)0xee));
            Assert.Empty(disk.Users[0].Component.Responses);
            leftovers += (int)last.Leftovers;
            disk.Ask(0, c => Assert.True(c.TryRead(3, 1, 0, 7)));
            Assert.Equal(7u, Assert.Single(disk.Users[0].Component.Responses).Id);
            Assert.Equal(disk.Medium[(4 * Block)..(5 * Block)], last.Data[..Block].ToArray());
        }

        Assert.True(leftovers > 300, $"only {leftovers} answers of lives before were seen: the test does not do its work");
    }

    [Fact]
    public void AScribbledLedgerHurtsNobody()
    {
        uint forgotten = 0;
        for (int seed = 0; seed < 200; seed++)
        {
            using BlockFixture disk = new(partitions: [0, 1, 0], seed);
            Workload load = new(disk, seed);
            Random random = new(seed);
            disk.Boot();
            disk.Device.HoldsRequests = true;
            for (int round = 0; round < 10; round++)
            {
                for (int user = 0; user < 3; user++)
                {
                    load.AskSome(user, random.Next(8));
                }

                disk.Device.Work(random.Next(10));
                disk.System.RunUntilIdle();
                load.CheckAnswers();
                (TestPd pd, Region ledger) = random.Next(2) == 0 ? (disk.Driver, disk.DriverLedger) : ((TestPd)disk.Virt, disk.VirtLedger);
                Scribble(random, ledger);
                disk.System.Restart(pd);
                forgotten += disk.DriverState.Forgotten + disk.Virt.Component.Forgotten;
                disk.System.RunUntilIdle();
            }

            // Some requests are lost to who made them. Whoever asks anew is served, and nobody is told another's answer.
            disk.Device.HoldsRequests = false;
            disk.Device.Work();
            disk.System.RunUntilIdle();
            load.CheckAnswers();
            Assert.Equal(load.MediumBefore[..Block], disk.Medium[..Block]);
            Assert.Equal(load.MediumBefore[(24 * Block)..], disk.Medium[(24 * Block)..]);
        }

        Assert.True(forgotten > 200, $"only {forgotten} entries were dropped: the test does not do its work");
    }

    internal static void Scribble(Random random, Region ledger)
    {
        Span<byte> bytes = ledger.Bytes;
        int words = bytes.Length / sizeof(ulong);
        switch (random.Next(4))
        {
            case 0:
                random.NextBytes(bytes);
                break;
            case 1:
                bytes.Fill((byte)random.Next(256));
                break;
            case 2:
                // Over the entries in use, not over the header.
                for (int n = random.Next(1, 40); n > 0; n--)
                {
                    bytes[random.Next(16, 1024)] ^= (byte)(1 << random.Next(8));
                }

                break;
            default:
                // Pieces copied to other places, as a runaway copy does.
                int from = random.Next(2, words / 2) * sizeof(ulong);
                int to = random.Next(2, words / 2) * sizeof(ulong);
                bytes.Slice(from, 200).ToArray().CopyTo(bytes[to..]);
                break;
        }
    }

    /// <summary>Clients that know what each block must hold: one request for a block at a time, and a buffer is spoilt once its request is answered.</summary>
    private sealed class Workload
    {
        private readonly BlockFixture _disk;
        private readonly Random _random;
        private readonly Dictionary<(int User, uint Id), (BlockRequestCode Code, int Block, byte[] Content)> _open = [];
        private readonly byte[] _expected;
        private uint _id;

        public Workload(BlockFixture disk, int seed)
        {
            _disk = disk;
            _random = new Random(~seed);
            MediumBefore = [.. disk.Medium];
            _expected = [.. disk.Medium];
        }

        public int Open => _open.Count;

        public byte[] MediumBefore { get; }

        public void AskSome(int user, int count) => _disk.System.RunAs(_disk.Users[user], () =>
        {
            BlockClient client = _disk.Users[user].Component.Client;
            for (; count > 0; count--)
            {
                Ask(client, user);
            }

            client.Submit();
        });

        public void CheckAnswers()
        {
            for (int user = 0; user < 3; user++)
            {
                List<BlockResponse> responses = _disk.Users[user].Component.Responses;
                foreach (BlockResponse response in responses)
                {
                    Assert.True(_open.Remove((user, response.Id), out (BlockRequestCode Code, int Block, byte[] Content) asked), "an answer to nothing, or a second one");
                    Assert.Equal(BlockStatus.Ok, response.Status);
                    CheckContent(user, asked.Code, asked.Block, asked.Content);
                }

                responses.Clear();
            }
        }

        private void Ask(BlockClient client, int user)
        {
            // Users 0 and 2 share partition 0 (block 1 of the disk on), user 1 has partition 1 (block 20 on).
            (int first, int count, int disk) = user switch { 0 => (0, 8, 1), 1 => (0, 4, 20), _ => (8, 8, 1) };
            int block = first + _random.Next(count);
            uint id = _id++;
            BlockRequestCode code = (BlockRequestCode)(_random.Next(10) switch { < 5 => 0, < 9 => 1, _ => 2 });
            if (code == BlockRequestCode.Flush)
            {
                if (client.TryFlush(id))
                {
                    _open.Add((user, id), (code, -1, []));
                }

                return;
            }

            if (!client.IsReady || _open.Any(o => o.Key.User == user && o.Value.Block == disk + block))
            {
                return;
            }

            Span<byte> buffer = client.Data.Slice(block * Block, Block);
            _random.NextBytes(buffer);
            byte[] content = code == BlockRequestCode.Write ? buffer.ToArray() : [];
            bool asked = code == BlockRequestCode.Read
                ? client.TryRead((ulong)block, 1, (ulong)(block * Block), id)
                : client.TryWrite((ulong)block, 1, (ulong)(block * Block), id);
            if (asked)
            {
                _open.Add((user, id), (code, disk + block, content));
            }
        }

        private void CheckContent(int user, BlockRequestCode code, int block, byte[] content)
        {
            if (code == BlockRequestCode.Flush)
            {
                return;
            }

            Span<byte> expected = _expected.AsSpan(block * Block, Block);
            int within = block - (user == 1 ? 20 : 1);
            Span<byte> buffer = _disk.Users[user].Component.Client.Data.Slice(within * Block, Block);
            if (code == BlockRequestCode.Write)
            {
                content.CopyTo(expected);
                Assert.True(expected.SequenceEqual(_disk.Medium.AsSpan(block * Block, Block)), "a write was answered and not done");
            }
            else
            {
                Assert.True(expected.SequenceEqual(buffer), "a read brought the wrong bytes");
            }

            // Whoever still uses the buffer after the answer is found out by the next read.
            _random.NextBytes(buffer);
        }
    }
}
