// The server over time: slow clients, full tables, failing handlers, and what memory does meanwhile.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Threading.Tasks;
using Xunit;

namespace Pride.Http.Tests;

/// <summary>Tests that look at the process's memory run when no others do.</summary>
[CollectionDefinition("memory", DisableParallelization = true)]
public sealed class MemoryCollection;

[Collection("memory")]
public sealed class BehaviourTests
{
    [Fact]
    public void ASlowHeadGets408EvenIfBytesKeepComing()
    {
        var server = new TestServer();
        MemoryConnection connection = server.Connect();
        for (int i = 0; i < 12 && connection.Received == ""; i++)
        {
            connection.Send("G"[..(i == 0 ? 1 : 0)] + "A");
            server.Clock.Advance(1000);
        }

        Assert.Equal(408, TestServer.StatusOf(connection.Received));
        Assert.Equal("close", TestServer.FieldOf(connection.Received, "Connection"));
        connection.CloseFromClient();
        server.AssertAtRest(0);
        Assert.Equal(1, server.Server.Statistics.TimedOut);
    }

    [Fact]
    public void AnIdleConnectionIsClosedWithoutAWord()
    {
        var server = new TestServer();
        MemoryConnection connection = server.Connect();
        connection.Send(TestServer.Request);
        connection.TakeReceived();
        server.Clock.Advance(58_000);
        Assert.False(connection.IsSendClosed);
        connection.Send(TestServer.Request);
        Assert.Equal("abc", TestServer.BodyOf(connection.TakeReceived()));
        server.Clock.Advance(64_000);
        Assert.Equal("", connection.Received);
        Assert.True(connection.IsOver);
        server.AssertAtRest(1);
    }

    [Fact]
    public void AClientThatTakesNothingIsDropped()
    {
        var server = new TestServer();
        MemoryConnection connection = server.Connect();
        connection.IsStalled = true;
        connection.Send(TestServer.Request);
        server.Clock.Advance(28_000);
        Assert.False(connection.IsAborted);
        server.Clock.Advance(4_000);
        Assert.True(connection.IsAborted && connection.IsOver);
        server.AssertAtRest(1);
    }

    [Fact]
    public void AClientThatNeverClosesIsNotWaitedForForEver()
    {
        var server = new TestServer();
        MemoryConnection connection = server.Connect();
        connection.Send("nonsense\r\n");
        Assert.Equal(400, TestServer.StatusOf(connection.Received));
        Assert.True(connection.IsSendClosed && !connection.IsOver);
        connection.Send(new byte[1000]);
        server.Clock.Advance(4_000);
        Assert.True(connection.IsAborted && connection.IsOver);
        server.AssertAtRest(0);
    }

    [Fact]
    public void TheTableOfConnectionsMakesRoomByClosingTheIdle()
    {
        var server = new TestServer(new HttpLimits { Connections = 4 });
        var connections = new List<MemoryConnection>();
        for (int i = 0; i < 4; i++)
        {
            connections.Add(server.Connect());
            connections[i].Send(TestServer.Request);
            connections[i].TakeReceived();
            server.Clock.Advance(1000);
        }

        connections[0].Send(TestServer.Request);
        MemoryConnection fifth = server.Connect();
        Assert.True(connections[1].IsOver, "the connection idle longest is not the one that goes");
        fifth.Send(TestServer.Request);
        Assert.Equal("abc", TestServer.BodyOf(fifth.Received));
        Assert.Equal(4, server.Server.Statistics.OpenConnections);
        Assert.Equal(1, server.Server.Statistics.Evicted);
    }

    [Fact]
    public void WithNobodyIdleANewConnectionWaitsForAPlace()
    {
        var server = new TestServer(new HttpLimits { Connections = 2 });
        MemoryConnection one = server.Connect();
        MemoryConnection two = server.Connect();
        one.Send("GET");
        two.Send("GET");
        MemoryConnection three = server.Connect();
        three.Send(TestServer.Request);
        Assert.Equal("", three.Received);
        one.CloseFromClient();
        Assert.Equal("abc", TestServer.BodyOf(three.Received));
    }

    [Fact]
    public void AThousandHalfOpenDropsLeaveNothingBehind()
    {
        var server = new TestServer();
        string[] beginnings = ["", "G", "GET /a.txt HT", "GET /a.txt HTTP/1.1\r\nHost: x\r\n", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab",
            "GET /a.txt HTTP/1.1\r\nHost: x\r\nA: " + new string('b', 5000)];
        server.Server.Map("/echo", HttpMethods.Post, TestServer.EchoAsync);
        Drop(300);
        int blocks = server.Server.Pool.Made;
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Drop(1000);
        long after = GC.GetTotalMemory(forceFullCollection: true);
        Assert.InRange(after - before, long.MinValue, 200_000);
        Assert.Equal(blocks, server.Server.Pool.Made);
        Assert.Equal("abc", TestServer.BodyOf(server.Get("/a.txt")));
        server.AssertAtRest(1);

        void Drop(int count)
        {
            var open = new Queue<MemoryConnection>();
            for (int i = 0; i < count; i++)
            {
                MemoryConnection connection = server.Connect();
                connection.Send(beginnings[i % beginnings.Length]);
                open.Enqueue(connection);
                if (open.Count == 100)
                {
                    open.Dequeue().ResetFromClient();
                }
            }

            while (open.TryDequeue(out MemoryConnection? connection))
            {
                connection.ResetFromClient();
            }
        }
    }

    [Fact]
    public void ThreeHundredConnectionsAtOnceAreServed()
    {
        var server = new TestServer();
        server.Files.Put("/big", new byte[5_000_000]);
        var connections = new List<MemoryConnection>();
        for (int i = 0; i < 300; i++)
        {
            MemoryConnection connection = server.Connect();
            connection.IsStalled = true;
            connection.Send($"GET {(i % 3 == 0 ? "/big" : "/a.txt")} HTTP/1.1\r\nHost: x\r\n\r\n");
            connections.Add(connection);
        }

        Assert.InRange(server.Server.Pool.InUse, 300, 600);
        foreach (MemoryConnection connection in connections)
        {
            connection.Unstall();
        }

        foreach (MemoryConnection connection in connections)
        {
            Assert.Equal(200, TestServer.StatusOf(connection.Received));
            Assert.Equal(TestServer.FieldOf(connection.Received, "Content-Length"), TestServer.BodyOf(connection.Received).Length.ToString(CultureInfo.InvariantCulture));
            connection.CloseFromClient();
        }

        server.AssertAtRest(1);
    }

    [Fact]
    public void WithoutMemoryTheServerRefusesAndGoesOn()
    {
        var server = new TestServer(new HttpLimits { Blocks = 4 }, new StaticSiteOptions { CacheBytes = 2 * BlockPool.BlockBytes });
        var stalled = new List<MemoryConnection>();
        for (int i = 0; i < 10; i++)
        {
            MemoryConnection connection = server.Connect();
            connection.IsStalled = true;
            connection.Send(TestServer.Request);
            stalled.Add(connection);
        }

        Assert.True(server.Server.Statistics.OutOfMemory > 0);
        foreach (MemoryConnection connection in stalled)
        {
            connection.Unstall();
            connection.CloseFromClient();
        }

        Assert.Equal("abc", TestServer.BodyOf(server.Get("/a.txt")));
        server.AssertAtRest(server.Site.CachedFiles);
    }

    [Fact]
    public void AHandlerThatThrowsIs500AndTheConnectionGoesOn()
    {
        var server = new TestServer();
        var seen = new List<Exception>();
        server.Server.OnFailure = seen.Add;
        server.Server.Map("/sync", HttpMethods.Get, _ => throw new InvalidOperationException("at once"));
        server.Server.Map("/async", HttpMethods.Get, async context =>
        {
            context.Response.Write("half");
            await server.Clock.DelayAsync(500);
            throw new InvalidOperationException("later");
        });
        MemoryConnection connection = server.Connect();
        connection.Send("GET /sync HTTP/1.1\r\nHost: x\r\n\r\nGET /async HTTP/1.1\r\nHost: x\r\n\r\n" + TestServer.Request);
        server.Clock.Advance(1000);
        string all = connection.Received;
        Assert.Equal(3, all.Split("HTTP/1.1 500").Length);
        Assert.DoesNotContain("half", all, StringComparison.Ordinal);
        Assert.DoesNotContain("at once", all, StringComparison.Ordinal);
        Assert.EndsWith("abc", all, StringComparison.Ordinal);
        Assert.Equal(2, seen.Count);
    }

    [Fact]
    public void AHandlerThatThrowsAfterItsHeadBreaksTheConnection()
    {
        var server = new TestServer();
        server.Server.Map("/broken", HttpMethods.Get, async context =>
        {
            await context.Response.StartAsync(100);
            await context.Response.SendAsync(new byte[10]);
            throw new InvalidOperationException("too late");
        });
        server.Server.Map("/short", HttpMethods.Get, async context =>
        {
            await context.Response.StartAsync(100);
            await context.Response.SendAsync(new byte[10]);
        });
        foreach (string path in (string[])["/broken", "/short"])
        {
            MemoryConnection connection = server.Connect();
            connection.Send($"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n" + TestServer.Request);
            Assert.True(connection.IsAborted && connection.IsOver);
            Assert.Single(connection.Received.Split("HTTP/1.1")[1..]);
        }

        server.AssertAtRest(0);
    }

    [Fact]
    public void ABrokenDiskIs500AndAMendedOneServes()
    {
        var server = new TestServer();
        server.Files.IsBroken = true;
        Assert.Equal(500, TestServer.StatusOf(server.Get("/a.txt")));
        server.Files.IsBroken = false;
        Assert.Equal(200, TestServer.StatusOf(server.Get("/a.txt")));
        server.Clock.Advance(100_000);
        server.Files.IsBroken = true;
        Assert.Equal(500, TestServer.StatusOf(server.Get("/a.txt")));
        server.AssertAtRest(1);
    }

    // The hot path: what a million requests would cost the heap.
    [Fact]
    public void ACachedFileIsServedWithoutAllocation()
    {
        var server = new TestServer();
        server.Files.Put("/k", new byte[1024]);
        var connection = new LoopConnection("GET /k HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n");
        server.Connect().CloseFromClient();
        server.Listener.Connect(connection);
        const int Requests = 20_000;
        connection.Run(1000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        connection.Run(Requests);
        double perRequest = (double)(GC.GetAllocatedBytesForCurrentThread() - before) / Requests;
        Assert.InRange(perRequest, 0, 0.5);
        Assert.Equal(Requests + 1000, connection.Responses);
    }
}
