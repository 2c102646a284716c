// The Cadence GEM's driver under the whole network class: nothing late, lost or altered, and a device that lies or stalls.

using System;
using System.Collections.Generic;
using System.Linq;
using Pride.Testing.Devices;
using Xunit;

namespace Pride.Components.Tests;

public sealed class GemTests
{
    private const int RingSize = 256;

    [Fact]
    public void SingleEchoesAreNeverLateAndFramesArriveWhole()
    {
        using NetworkFixture net = new(clients: 2, kind: CardKind.CadenceGem);
        net.Boot();
        byte[] frame = NetworkFixture.Frame(NetworkFixture.Mac(0), 1, 1514);
        Assert.True(Gem(net).Inject(frame));
        net.System.RunUntilIdle();
        Assert.Equal(frame, Assert.Single(net.Clients[0].Component.Received));
        Assert.Equal(frame[12..], Gem(net).Transmitted.Dequeue()[12..]);
        byte[][] frames = [NetworkFixture.Frame(NetworkFixture.Mac(0), 0), NetworkFixture.Frame(NetworkFixture.Mac(1), 0)];
        for (int i = 0; i < 20_000; i++)
        {
            BitConverter.TryWriteBytes(frames[i & 1].AsSpan(14), i);
            Assert.True(Gem(net).Inject(frames[i & 1]));
            net.System.RunUntilIdle();
            Assert.Equal(i, net.TakeTransmitted());
        }

        Assert.Equal(0u, net.DriverState.Dropped);
    }

    [Fact]
    public void ARingWithoutBuffersReceivesAgainOnceItHasSome()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            using NetworkFixture net = new(clients: 1, seed: seed, clientBuffers: 512, kind: CardKind.CadenceGem);
            Random random = new(seed);
            net.Boot();
            HashSet<int> missing = [];
            int sent = 0;
            for (int burst = 0; burst < 10; burst++)
            {
                // More than the ring holds: the device stalls, and what does not fit is lost on the wire.
                for (int n = random.Next(2 * RingSize); n > 0; n--)
                {
                    if (Gem(net).Inject(NetworkFixture.Frame(NetworkFixture.Mac(0), sent)))
                    {
                        missing.Add(sent++);
                    }

                    if (random.Next(8) == 0)
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
                Assert.True(Gem(net).Inject(NetworkFixture.Frame(NetworkFixture.Mac(0), sent)), $"seed {seed}: the device still stalls");
                net.System.RunUntilIdle();
                Assert.Equal(sent++, net.TakeTransmitted());
            }

            Assert.True(sent > RingSize, "the ring never ran dry: the test does not do its work");
        }
    }

    [Fact]
    public void AFullTransmitRingHoldsFramesBackUntilTheDeviceHasSent()
    {
        using NetworkFixture net = new(clients: 1, clientBuffers: 512, kind: CardKind.CadenceGem);
        Gem(net).HoldsTransmits = true;
        net.Boot();
        for (int i = 0; i < 400; i++)
        {
            Assert.True(Gem(net).Inject(NetworkFixture.Frame(NetworkFixture.Mac(0), i)));
            net.System.RunUntilIdle();
        }

        Gem(net).HoldsTransmits = false;
        Gem(net).CompleteTransmits();
        net.System.RunUntilIdle();
        Assert.Equal(Enumerable.Range(0, 400), Enumerable.Range(0, 400).Select(_ => net.TakeTransmitted()));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(uint.MaxValue)]
    [InlineData(60u)]
    [InlineData((1u << 14) | 60u)]
    [InlineData((3u << 14) | 0x1fffu)]
    public void ADeviceThatLiesAboutAFrameLosesItAlone(uint lie)
    {
        using NetworkFixture net = new(clients: 1, kind: CardKind.CadenceGem);
        net.Boot();
        Gem(net).Lie = lie;
        for (int i = 0; i < 1000; i++)
        {
            Assert.True(Gem(net).Inject(NetworkFixture.Frame(NetworkFixture.Mac(0), i)));
            net.System.RunUntilIdle();
        }

        Assert.Empty(net.Clients[0].Component.Received);
        Assert.Equal(1000UL, net.VirtRx.Component.NotForUs);
        Gem(net).Lie = null;
        Assert.True(Gem(net).Inject(NetworkFixture.Frame(NetworkFixture.Mac(0), 7)));
        net.System.RunUntilIdle();
        Assert.Equal(7, net.TakeTransmitted());
        Assert.Equal(NetworkFixture.RxBuffers - RingSize, NetworkFixture.Length(net.DriverConfig.VirtRx.FreeQueue));
    }

    [Fact]
    public void AMissingDeviceIsSaidClearly()
    {
        using NetworkFixture net = new(clients: 1, kind: CardKind.CadenceGem);
        Gem(net).IsPresent = false;
        Exception error = Assert.Throws<InvalidOperationException>(net.Boot);
        Assert.Contains("no Cadence GEM answers", error.Message, StringComparison.Ordinal);
    }

    private static CadenceGemModel Gem(NetworkFixture net) => (CadenceGemModel)net.Device;
}
