// The stack's data structures against plain models, under random operations.

using System;
using System.Collections.Generic;
using System.Linq;
using Pride.Net;
using Xunit;

namespace Pride.Net.Tests;

public class StructureTests
{
    [Fact]
    public void ByteRingIsAQueueOfBytes()
    {
        var random = new Random(1);
        var ring = new ByteRing(new byte[200], 40, 64);
        var model = new Queue<byte>();
        byte[] buffer = new byte[80];
        for (int step = 0; step < 100_000; step++)
        {
            int length = random.Next(80);
            if (random.Next(2) == 0)
            {
                random.NextBytes(buffer);
                int written = ring.Write(buffer.AsSpan(0, length));
                Assert.Equal(Math.Min(length, 64 - model.Count), written);
                buffer.Take(written).ToList().ForEach(model.Enqueue);
            }
            else
            {
                Check(random, ring, model);
                int read = ring.Read(buffer.AsSpan(0, length));
                Assert.Equal(Math.Min(length, model.Count), read);
                Assert.All(buffer[..read], b => Assert.Equal(model.Dequeue(), b));
            }

            Assert.Equal((model.Count, 64 - model.Count), (ring.Count, ring.Free));
        }
    }

    [Fact]
    public void DeadlineHeapYieldsTheEarliest()
    {
        var random = new Random(2);
        var heap = new DeadlineHeap(50);
        var model = new Dictionary<int, long>();
        for (int step = 0; step < 100_000; step++)
        {
            int number = random.Next(50);
            long deadline = random.Next(1000);
            switch (random.Next(3))
            {
                case 0:
                    heap.Require(number, deadline);
                    model[number] = model.TryGetValue(number, out long old) ? Math.Min(old, deadline) : deadline;
                    break;
                case 1:
                    heap.Remove(number);
                    model.Remove(number);
                    break;
                case 2 when model.Count > 0:
                    Assert.Equal(model.Values.Min(), heap.Earliest);
                    int taken = heap.TakeEarliest();
                    Assert.Equal(model.Values.Min(), model[taken]);
                    model.Remove(taken);
                    break;
            }

            Assert.Equal(model.Count == 0 ? long.MaxValue : model.Values.Min(), heap.Earliest);
        }
    }

    [Fact]
    public void ConnectionTableIsADictionary()
    {
        var random = new Random(3);
        var table = new ConnectionTable(64, new SipHash(1, 2));
        var model = new Dictionary<int, ulong>();
        for (int step = 0; step < 50_000; step++)
        {
            int number = random.Next(64);
            ulong key = (ulong)random.Next(200);
            if (model.Remove(number))
            {
                table.Remove(number);
            }
            else if (!model.ContainsValue(key))
            {
                table.Add(number, key);
                model.Add(number, key);
            }

            int expected = model.Where(p => p.Value == key).Select(p => p.Key).DefaultIfEmpty(-1).Single();
            Assert.Equal(expected, table.Find(key));
        }
    }

    [Fact]
    public void AgeOrderedPoolKeepsTheOrder()
    {
        var random = new Random(4);
        var pool = new AgeOrderedPool<int>(10);
        var model = new List<int>();
        for (int step = 0; step < 50_000; step++)
        {
            switch (random.Next(3))
            {
                case 0 when !pool.IsFull:
                    model.Add(pool.Take());
                    break;
                case 1 when model.Count > 0:
                    int leaving = model[random.Next(model.Count)];
                    pool.Release(leaving);
                    model.Remove(leaving);
                    break;
                case 2 when model.Count > 0:
                    int renewed = model[random.Next(model.Count)];
                    pool.Renew(renewed);
                    model.Remove(renewed);
                    model.Add(renewed);
                    break;
            }

            var order = new List<int>();
            for (int i = pool.Oldest; i >= 0; i = pool.YoungerThan(i))
            {
                order.Add(i);
            }

            Assert.Equal(model, order);
            Assert.Equal(model.Count == 10, pool.IsFull);
        }
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(0xFFFF_FFC0u)]
    public void ReassemblyKnowsWhatHasArrived(uint origin)
    {
        var random = new Random(5);
        for (int round = 0; round < 3000; round++)
        {
            var ranges = new TcpReassembly();
            bool[] model = new bool[128];
            uint next = 0;
            for (int step = 0; step < 30; step++)
            {
                uint begin = next + (uint)random.Next(1, 40);
                uint end = Math.Min(begin + (uint)random.Next(1, 12), 128);
                if (begin < 127 && ranges.TryAdd(origin + begin, origin + end))
                {
                    Array.Fill(model, true, (int)begin, (int)(end - begin));
                }

                if (random.Next(4) == 0 && next < 128)
                {
                    // Bytes in order arrive, perhaps over what is there already.
                    uint inOrder = Math.Min(next + (uint)random.Next(1, 30), 128);
                    uint expected = inOrder;
                    while (expected < 128 && model[expected])
                    {
                        expected++;
                    }

                    next = ranges.Advance(origin + inOrder) - origin;
                    Assert.Equal(expected, next);
                }

                Assert.InRange(ranges.Count, 0, TcpReassembly.MaximumRanges);
            }
        }
    }

    [Fact]
    public void CongestionWindowFollowsTheRules()
    {
        const uint segment = 1000;
        var congestion = new TcpCongestion();
        congestion.Reset((int)segment, 0, lostSyn: false);
        Assert.Equal(10 * segment, congestion.Window);

        // Slow start: a window more for each window acknowledged.
        congestion.Acknowledged(2 * segment, 2000, 10 * segment, 8 * segment);
        Assert.Equal(12 * segment, congestion.Window);

        // Three duplicates: half of what is in flight, and three for those that have left.
        Assert.Equal(DuplicateAction.SendNew, congestion.Duplicate(2000, 12 * segment, 14_000));
        Assert.Equal(13 * segment, congestion.SendWindow);
        congestion.Duplicate(2000, 12 * segment, 14_000);
        Assert.Equal(DuplicateAction.RetransmitFirst, congestion.Duplicate(2000, 12 * segment, 14_000));
        Assert.Equal(9 * segment, congestion.Window);
        congestion.Duplicate(2000, 12 * segment, 14_000);
        Assert.Equal(10 * segment, congestion.Window);

        // A partial acknowledgement deflates and repeats; the full one ends recovery at half.
        Assert.True(congestion.Acknowledged(3 * segment, 5000, 12 * segment, 9 * segment));
        Assert.Equal(8 * segment, congestion.Window);
        Assert.False(congestion.Acknowledged(9 * segment, 14_000, 9 * segment, 0));
        Assert.False(congestion.InRecovery);
        Assert.Equal(2 * segment, congestion.Window);

        // Congestion avoidance: one segment for each window.
        congestion.TimedOut(8 * segment, 20_000, isFirst: true);
        Assert.Equal(segment, congestion.Window);
        for (int i = 0; i < 3; i++)
        {
            congestion.Acknowledged(segment, 15_000, congestion.Window, 0);
        }

        Assert.Equal(4 * segment, congestion.Window);
        congestion.Acknowledged(4 * segment, 19_000, congestion.Window, 0);
        Assert.Equal(5 * segment, congestion.Window);
        congestion.Acknowledged(4 * segment, 23_000, congestion.Window, 0);
        Assert.Equal(5 * segment, congestion.Window);
    }

    [Fact]
    public void TheTimeoutFollowsTheRoundTrips()
    {
        const long millisecond = 1_000_000;
        var roundTrip = new TcpRoundTrip();
        roundTrip.Reset(TcpRoundTrip.InitialTimeout);
        roundTrip.StartMeasuring(100, 0);
        roundTrip.Acknowledged(99, 50 * millisecond);
        Assert.True(roundTrip.IsMeasuring);
        roundTrip.Acknowledged(100, 400 * millisecond);
        Assert.Equal((400 * millisecond, 1200 * millisecond), (roundTrip.Smoothed, roundTrip.Timeout));
        roundTrip.BackOff();
        Assert.Equal(2400 * millisecond, roundTrip.Timeout);
        for (int i = 0; i < 200; i++)
        {
            roundTrip.StartMeasuring(0, 0);
            roundTrip.Acknowledged(0, 10 * millisecond);
        }

        Assert.Equal(TcpRoundTrip.MinimumTimeout, roundTrip.Timeout);
    }

    private static void Check(Random random, ByteRing ring, Queue<byte> model)
    {
        int offset = random.Next(model.Count + 1);
        int length = random.Next(model.Count - offset + 1);
        byte[] expected = [.. model.Skip(offset).Take(length)];
        byte[] seen = new byte[length];
        ring.Peek(offset, seen);
        Assert.Equal(expected, seen);
        seen = new byte[length];
        ulong sum = ring.PeekSumming(offset, seen, 77);
        Assert.Equal(expected, seen);
        Assert.Equal(InternetChecksum.Fold(InternetChecksum.Add(expected, 77)), InternetChecksum.Fold(sum));
    }
}
