// The network driver dies and is restarted, at any store that outlives it: frames may be lost or not, but no buffer is, none is in two places,
// and no frame comes twice.

using System;
using System.Collections.Generic;
using System.Linq;
using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Testing.Devices;
using Xunit;

namespace Pride.Components.Tests;

public sealed class NetworkRestartTests
{
    private const ushort ClientBuffers = 64;

    [Theory]
    [InlineData(CardKind.Virtio)]
    [InlineData(CardKind.E1000e)]
    [InlineData(CardKind.CadenceGem)]
    public void TheDriverLosesNoBufferWhereverItDies(CardKind kind)
    {
        long crashes = 0;
        for (int seed = 0; seed < 60; seed++)
        {
            using NetworkFixture net = new(clients: 2, seed: seed, features: seed % 3 == 0 ? 0 : VirtioModel.FeatureEventIndex, clientBuffers: ClientBuffers, kind: kind);
            Random random = new(seed);
            int odds = random.Next(20, 400);
            int number = 0;
            net.System.Crashes = pd => pd == net.Driver && random.Next(odds) == 0;
            net.Boot();
            for (int burst = 0; burst < 12; burst++)
            {
                net.Device.HoldsTransmits = random.Next(2) == 0;
                Burst(net, random, ref number);
                if (random.Next(3) == 0)
                {
                    net.System.Restart(net.Driver);
                }
            }

            crashes += net.System.CrashCount;
            net.System.Crashes = null;
            net.Device.HoldsTransmits = false;
            net.Device.CompleteTransmits();
            net.System.RunUntilIdle();
            int[] sent = [.. Sent(net)];
            Assert.Equal(sent.Length, sent.Distinct().Count());
            AssertEveryBufferIsInOnePlace(net);
            AssertAllFramesPass(net, ref number);
            Assert.Equal(0u, net.DriverState.Forgotten + net.DriverState.Dropped);
        }

        Assert.True(crashes > 1000, $"only {crashes} crashes: the test does not do its work");
    }

    [Theory]
    [MemberData(nameof(NetworkTests.Kinds), MemberType = typeof(NetworkTests))]
    public void RestartsWithFullRingsLoseNothing(CardKind kind)
    {
        using NetworkFixture net = new(clients: 1, clientBuffers: 512, kind: kind);
        net.Device.HoldsTransmits = true;
        net.Boot();
        for (int i = 0; i < 300; i++)
        {
            Assert.True(net.Device.Inject(NetworkFixture.Frame(NetworkFixture.Mac(0), i)));
            net.System.RunUntilIdle();
        }

        for (int i = 0; i < 3; i++)
        {
            net.System.Restart(net.Driver);
            net.System.RunUntilIdle();
        }

        net.Device.HoldsTransmits = false;
        net.Device.CompleteTransmits();
        net.System.RunUntilIdle();
        int[] sent = [.. Sent(net)];
        Assert.Equal(sent.Order(), sent);
        AssertEveryBufferIsInOnePlace(net, 512);
        int number = 1000;
        AssertAllFramesPass(net, ref number);
    }

    [Fact]
    public void AScribbledLedgerHurtsNobody()
    {
        uint forgotten = 0;
        for (int seed = 0; seed < 100; seed++)
        {
            using NetworkFixture net = new(clients: 2, seed: seed, clientBuffers: ClientBuffers);
            Random random = new(seed);
            int number = 0;
            net.Boot();

            // What is lost is lost for good, so not too often: the device must have buffers left.
            for (int round = 0; round < 3; round++)
            {
                Burst(net, random, ref number);
                BlockRestartTests.Scribble(random, net.DriverLedger);
                net.System.Restart(net.Driver);
                forgotten += net.DriverState.Forgotten;
                net.System.RunUntilIdle();
            }

            uint[] rx = [.. Held(net, 0)];
            Assert.Equal(rx.Length, rx.Distinct().Count());
            Assert.InRange(rx.Length + NetworkFixture.Length(net.DriverConfig.VirtRx.FreeQueue), 1, NetworkFixture.RxBuffers);
            net.Device.Transmitted.Clear();
            AssertAllFramesPass(net, ref number);
        }

        Assert.True(forgotten > 100, $"only {forgotten} entries were dropped: the test does not do its work");
    }

    private static void Burst(NetworkFixture net, Random random, ref int number)
    {
        for (int n = random.Next(40); n > 0; n--)
        {
            net.Device.Inject(NetworkFixture.Frame(NetworkFixture.Mac(random.Next(2)), number++));
            for (int steps = random.Next(4); steps > 0; steps--)
            {
                net.System.Step();
            }
        }

        net.System.RunUntilIdle();
    }

    private static void AssertAllFramesPass(NetworkFixture net, ref int number)
    {
        net.Device.Transmitted.Clear();
        for (int i = 0; i < 600; i++)
        {
            Assert.True(net.Device.Inject(NetworkFixture.Frame(NetworkFixture.Mac(i % net.Clients.Count), ++number)));
            net.System.RunUntilIdle();
            Assert.Equal(number, net.TakeTransmitted());
        }
    }

    private static IEnumerable<int> Sent(NetworkFixture net)
    {
        for (int number = net.TakeTransmitted(); number >= 0; number = net.TakeTransmitted())
        {
            yield return number;
        }
    }

    private static void AssertEveryBufferIsInOnePlace(NetworkFixture net, int clientBuffers = ClientBuffers)
    {
        ulong[] rx = [.. Held(net, 0).Select(a => (ulong)a), .. Entries(net.DriverConfig.VirtRx.FreeQueue, NetworkFixture.RxBuffers)];
        Assert.Equal(NetworkFixture.RxBuffers, rx.Length);
        Assert.Equal(NetworkFixture.RxBuffers, rx.Select(a => (uint)a).Distinct().Count());
        uint[] tx = [.. Held(net, 1)];
        Assert.Equal(tx.Length, tx.Distinct().Count());
        int atClients = 0;
        foreach (NetworkClientConfig client in net.ClientConfigs)
        {
            ulong[] free = [.. Entries(client.Tx.FreeQueue, clientBuffers)];
            Assert.Equal(free.Length, free.Distinct().Count());
            atClients += free.Length;
        }

        Assert.Equal(0, NetworkFixture.Length(net.DriverConfig.VirtTx.ActiveQueue));
        Assert.Equal(net.Clients.Count * clientBuffers, tx.Length + atClients + NetworkFixture.Length(net.DriverConfig.VirtTx.FreeQueue));
    }

    // The low halves of addresses in one half of the driver's ledger: a header of 16 bytes, then entries of an address and a mark, 1 in whose low two bits is "held".
    private static List<uint> Held(NetworkFixture net, int half)
    {
        List<uint> held = [];
        ulong size = net.DriverLedger.Size / 2;
        for (ulong at = 16; at < 16 + ((ulong)net.SlotsOfRing * 16); at += 16)
        {
            ulong entry = ((ulong)half * size) + at;
            if ((net.DriverLedger.At<uint>(entry + 8) & 3) == 1)
            {
                held.Add(net.DriverLedger.At<uint>(entry));
            }
        }

        return held;
    }

    private static List<ulong> Entries(Region queue, int capacity)
    {
        List<ulong> entries = [];
        for (ushort at = queue.At<ushort>(NetworkQueueLayout.Head); at != queue.At<ushort>(NetworkQueueLayout.Tail); at++)
        {
            entries.Add(queue.At<NetworkBuffer>((ulong)(NetworkQueueLayout.Entries + (at % capacity * 16))).IoAddressOrOffset);
        }

        return entries;
    }
}
