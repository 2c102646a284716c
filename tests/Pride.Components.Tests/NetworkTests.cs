// The network class whole: frames through driver, virtualisers, copiers and clients, with neighbours that misbehave.

using System;
using System.Collections.Generic;
using System.Linq;
using Pride.Abi.Sddf;
using Pride.Testing.Devices;
using Xunit;

namespace Pride.Components.Tests;

public sealed class NetworkTests
{
    private static readonly byte[] s_broadcast = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

    /// <summary>Every controller that has a driver.</summary>
    public static TheoryData<CardKind> Kinds => [.. Enum.GetValues<CardKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void EachClientGetsItsFramesAndAnswers(CardKind kind)
    {
        using NetworkFixture net = new(clients: 2, kind: kind);
        net.Boot();
        byte[] first = NetworkFixture.Frame(NetworkFixture.Mac(0), 1, 1514);
        byte[] second = NetworkFixture.Frame(NetworkFixture.Mac(1), 2);
        Assert.True(net.Device.Inject(first));
        Assert.True(net.Device.Inject(second));
        net.System.RunUntilIdle();
        Assert.Equal(first, Assert.Single(net.Clients[0].Component.Received));
        Assert.Equal(second, Assert.Single(net.Clients[1].Component.Received));
        byte[] answer = net.Device.Transmitted.Dequeue();
        Assert.Equal(first[6..12], answer[..6]);
        Assert.Equal(NetworkFixture.Mac(0), answer[6..12]);
        Assert.Equal(first[12..], answer[12..]);
        Assert.Equal(2, net.TakeTransmitted());
        AssertNothingIsLost(net);
    }

    [Theory]
    [InlineData(CardKind.Virtio)]
    [InlineData(CardKind.E1000e)]
    public void BroadcastGoesToEveryClientAndTheBufferComesBackOnce(CardKind kind)
    {
        using NetworkFixture net = new(clients: 3, kind: kind);
        net.Boot();
        for (int i = 0; i < 2000; i++)
        {
            Assert.True(net.Device.Inject(NetworkFixture.Frame(s_broadcast, i)));
            net.System.RunUntilIdle();
            Assert.Equal([i, i, i], [net.TakeTransmitted(), net.TakeTransmitted(), net.TakeTransmitted()]);
        }

        AssertNothingIsLost(net);
    }

    [Fact]
    public void FramesForNobodyAreCountedAndTheirBuffersReturn()
    {
        using NetworkFixture net = new(clients: 1);
        net.Boot();
        for (int i = 0; i < 1000; i++)
        {
            Assert.True(net.Device.Inject(NetworkFixture.Frame([0x52, 0x54, 1, 0, 0, 0x77], i)));
            net.System.RunUntilIdle();
        }

        Assert.Equal(1000UL, net.VirtRx.Component.NotForUs);
        Assert.Empty(net.Clients[0].Component.Received);
        AssertNothingIsLost(net);
    }

    [Theory]
    [InlineData(VirtioModel.FeatureEventIndex)]
    [InlineData(0UL)]
    public void OneHundredThousandSingleEchoesAreNeverLate(ulong features)
    {
        using NetworkFixture net = new(clients: 2, features: features);
        net.Boot();
        byte[][] frames = [NetworkFixture.Frame(NetworkFixture.Mac(0), 0), NetworkFixture.Frame(NetworkFixture.Mac(1), 0)];
        for (int i = 0; i < 100_000; i++)
        {
            BitConverter.TryWriteBytes(frames[i & 1].AsSpan(14), i);
            Assert.True(net.Device.Inject(frames[i & 1]));
            net.System.RunUntilIdle();
            Assert.Equal(i, net.TakeTransmitted());
        }

        AssertNothingIsLost(net);
    }

    [Fact]
    public void BurstsInEveryOrderArriveWhole()
    {
        for (int seed = 0; seed < 150; seed++)
        {
            using NetworkFixture net = new(clients: 2, seed: seed, features: seed % 3 == 0 ? 0 : VirtioModel.FeatureEventIndex);
            Random random = new(seed);
            net.Boot();
            int sent = 0;
            HashSet<int> missing = [];
            for (int burst = 0; burst < 20; burst++)
            {
                for (int n = random.Next(40); n > 0; n--)
                {
                    Assert.True(net.Device.Inject(NetworkFixture.Frame(NetworkFixture.Mac(random.Next(2)), sent)));
                    missing.Add(sent++);
                    for (int steps = random.Next(4); steps > 0; steps--)
                    {
                        net.System.Step();
                    }
                }

                net.System.RunUntilIdle();
                for (int number = net.TakeTransmitted(); number >= 0; number = net.TakeTransmitted())
                {
                    Assert.True(missing.Remove(number), $"seed {seed}: frame {number} was sent twice");
                }

                Assert.True(missing.Count == 0, $"seed {seed}: {missing.Count} frames are late or lost");
            }

            AssertNothingIsLost(net);
        }
    }

    [Fact]
    public void ABatchIsSignalledOnce()
    {
        using NetworkFixture net = new(clients: 1);
        net.Boot();
        long before = net.System.Pds.Sum(p => p.NotificationsSent);
        for (int i = 0; i < 32; i++)
        {
            Assert.True(net.Device.Inject(NetworkFixture.Frame(NetworkFixture.Mac(0), i)));
        }

        net.System.RunUntilIdle();
        Assert.Equal(32, net.Device.Transmitted.Count);

        // Up: driver, rx virtualiser, copier. Back: copier and rx virtualiser return buffers. Down: client, tx virtualiser. Back: driver, tx virtualiser.
        Assert.InRange(net.System.Pds.Sum(p => p.NotificationsSent) - before, 5, 10);
    }

    [Fact]
    public void AFullTransmitRingHoldsFramesBackUntilTheDeviceHasSent()
    {
        using NetworkFixture net = new(clients: 1, clientBuffers: 512);
        net.Device.HoldsTransmits = true;
        net.Boot();
        for (int i = 0; i < 400; i++)
        {
            Assert.True(net.Device.Inject(NetworkFixture.Frame(NetworkFixture.Mac(0), i)));
            net.System.RunUntilIdle();
        }

        net.Device.HoldsTransmits = false;
        net.Device.CompleteTransmits();
        net.System.RunUntilIdle();
        Assert.Equal(Enumerable.Range(0, 400), Enumerable.Range(0, 400).Select(_ => net.TakeTransmitted()));
        AssertNothingIsLost(net);
    }

    [Fact]
    public void AClientThatKeepsItsBuffersLosesFramesButDelaysNobody()
    {
        using NetworkFixture net = new(clients: 2);
        net.Boot();
        for (int i = 0; i < 500; i++)
        {
            // Client 1 never runs: its frames pile up, and then are dropped by its own copier.
            Assert.True(net.Device.Inject(NetworkFixture.Frame(NetworkFixture.Mac(1), i)));
            Assert.True(net.Device.Inject(NetworkFixture.Frame(NetworkFixture.Mac(0), i)));
            while (net.System.Step() && !IsOnlyClientOnePending(net))
            {
            }

            Assert.Equal(i, net.TakeTransmitted());
        }

        Assert.Equal(500UL - 64, net.Copiers[1].Component.Overrun);

        static bool IsOnlyClientOnePending(NetworkFixture net) => net.System.Pds.All(p => !p.IsPending || p == net.Clients[1]);
    }

    [Fact]
    public void AHostileClientHurtsNobodyElse()
    {
        uint refused = 0;
        for (int seed = 0; seed < 40; seed++)
        {
            using NetworkFixture net = new(clients: 2);
            Random random = new(seed);
            net.Boot();
            NetworkClientConfig hostile = net.ClientConfigs[1];
            for (int i = 0; i < 200; i++)
            {
                Scribble(random, hostile.Rx.FreeQueue);
                Scribble(random, hostile.Rx.ActiveQueue);
                Scribble(random, hostile.Tx.FreeQueue);
                Scribble(random, hostile.Tx.ActiveQueue);
                net.Copiers[1].Signal(new Pride.Microkit.Channel(0));
                net.VirtTx.Signal(new Pride.Microkit.Channel((ulong)random.Next(4)));
                net.System.RunUntilIdle();
                net.Device.Transmitted.Clear();
                Assert.True(net.Device.Inject(NetworkFixture.Frame(NetworkFixture.Mac(0), i)));
                Assert.True(net.Device.Inject(NetworkFixture.Frame(NetworkFixture.Mac(1), 1_000_000 + i)));
                net.System.RunUntilIdle();
                int[] sent = [.. net.Device.Transmitted.Select(f => f.Length >= 18 ? BitConverter.ToInt32(f, 14) : -1)];
                Assert.Contains(i, sent);
            }

            refused += net.VirtTx.Component.Invalid + net.VirtTx.Component.Lost + net.Copiers[1].Component.Invalid;
            Assert.Equal(NetworkFixture.RxBuffers, RxBuffersInCirculation(net));
        }

        Assert.True(refused > 1000, $"only {refused} bad buffers were seen: the test does not do its work");
    }

    [Fact]
    public void ADeviceThatLiesIsCountedAndSurvived()
    {
        using NetworkFixture net = new(clients: 1);
        VirtioNetModel device = (VirtioNetModel)net.Device;
        net.Boot();
        foreach ((uint id, uint length) in ((uint, uint)[])[(1, 60), (256, 60), (uint.MaxValue, 60), (2, uint.MaxValue), (4, 3), (6, 5000), (6, 60)])
        {
            device.ForgeReceive(id, length);
            net.System.RunUntilIdle();
        }

        device.ForgeReceiveIndex(60_000);
        net.System.RunUntilIdle();
        Assert.NotEqual(0u, net.DriverState.Dropped);
    }

    [Theory]
    [InlineData(0x01, 0x00, 60)]
    [InlineData(0x03, 0x01, 60)]
    [InlineData(0x03, 0x00, 2049)]
    [InlineData(0x03, 0x00, ushort.MaxValue)]
    [InlineData(0x03, 0x00, 0)]
    public void AnE1000eThatSaysNonsenseOfAFrameLosesTheFrameAlone(byte status, byte errors, ushort length)
    {
        using NetworkFixture net = new(clients: 1, kind: CardKind.E1000e);
        E1000eModel device = (E1000eModel)net.Device;
        net.Boot();
        for (int i = 0; i < 600; i++)
        {
            Assert.True(device.Inject(NetworkFixture.Frame(NetworkFixture.Mac(0), i), status, errors, length));
            net.System.RunUntilIdle();
        }

        Assert.Empty(net.Clients[0].Component.Received);
        Assert.True(device.Inject(NetworkFixture.Frame(NetworkFixture.Mac(0), 7)));
        net.System.RunUntilIdle();
        Assert.Equal(7, net.TakeTransmitted());
        AssertNothingIsLost(net);
    }

    [Fact]
    public void AnE1000eThatGivesBackWhatItWasNotGivenIsNotBelieved()
    {
        using NetworkFixture net = new(clients: 1, kind: CardKind.E1000e);
        E1000eModel device = (E1000eModel)net.Device;
        net.Boot();
        device.ForgeDone(receive: false);
        device.ForgeDone(receive: true);
        net.System.RunUntilIdle();
        Assert.Empty(net.Clients[0].Component.Received);
        Assert.Equal(NetworkFixture.RxBuffers, RxBuffersInCirculation(net));
    }

    [Fact]
    public void ARestartedVirtualiserAndCopierGoOnWithWhatIsInTheQueues()
    {
        using NetworkFixture net = new(clients: 2);
        net.Boot();
        for (int i = 0; i < 300; i++)
        {
            net.System.Restart(net.VirtRx);
            net.System.Restart(net.Copiers[0]);
            net.System.Restart(net.VirtTx);
            Assert.True(net.Device.Inject(NetworkFixture.Frame(NetworkFixture.Mac(0), i)));
            net.System.RunUntilIdle();
            Assert.Equal(i, net.TakeTransmitted());
        }

        AssertNothingIsLost(net);
    }

    [Fact]
    public void AMissingDeviceIsSaidClearly()
    {
        using NetworkFixture net = new(clients: 1);
        ((VirtioNetModel)net.Device).IsPresent = false;
        Exception error = Assert.Throws<InvalidOperationException>(net.Boot);
        Assert.Contains("no modern virtio network device", error.Message, StringComparison.Ordinal);
    }

    private static void Scribble(Random random, Pride.Machine.Region queue)
    {
        Span<byte> bytes = queue.Bytes;
        switch (random.Next(3))
        {
            case 0:
                random.NextBytes(bytes[NetworkQueueLayout.Entries..]);
                break;
            case 1:
                queue.At<ushort>(NetworkQueueLayout.Tail) += (ushort)random.Next(80);
                break;
            default:
                queue.At<ushort>(NetworkQueueLayout.Head) = (ushort)random.Next();
                break;
        }
    }

    private static int RxBuffersInCirculation(NetworkFixture net) =>
        NetworkFixture.Length(net.DriverConfig.VirtRx.FreeQueue) + NetworkFixture.Length(net.DriverConfig.VirtRx.ActiveQueue) + net.SlotsOfRing;

    private static void AssertNothingIsLost(NetworkFixture net)
    {
        Assert.Equal(NetworkFixture.RxBuffers, RxBuffersInCirculation(net));
        Assert.Equal(0u, net.DriverState.Dropped + net.VirtRx.Component.Invalid + net.VirtTx.Component.Invalid + net.VirtTx.Component.Lost);
        foreach (NetworkClientConfig client in net.ClientConfigs)
        {
            Assert.Equal(client.Rx.BufferCount, NetworkFixture.Length(client.Rx.FreeQueue));
            Assert.Equal(0, NetworkFixture.Length(client.Tx.ActiveQueue));
        }
    }
}
