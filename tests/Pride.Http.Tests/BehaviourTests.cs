// The server over time: slow clients, full tables, failing handlers, bodies, streams, and what memory does meanwhile.

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
    private const string Request = "GET /a.txt HTTP/1.1\r\nHost: x\r\n\r\n";

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
        connection.Send(Request);
        connection.TakeReceived();
        server.Clock.Advance(58_000);
        Assert.False(connection.IsSendClosed);
        connection.Send(Request);
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
        connection.Send(Request);
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
            connections[i].Send(Request);
            connections[i].TakeReceived();
            server.Clock.Advance(1000);
        }

        connections[0].Send(Request);
        MemoryConnection fifth = server.Connect();
        Assert.True(connections[1].IsOver, "the connection idle longest is not the one that goes");
        fifth.Send(Request);
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
        three.Send(Request);
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
        server.Server.Map("/echo", HttpMethods.Post, EchoAsync);
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
            connection.Send(Request);
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
        connection.Send("GET /sync HTTP/1.1\r\nHost: x\r\n\r\nGET /async HTTP/1.1\r\nHost: x\r\n\r\n" + Request);
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
            connection.Send($"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n" + Request);
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

    [Theory]
    [InlineData("Content-Length: 11\r\n\r\nhello world")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=\"y\"\r\n world\r\n0\r\nTrailer: t\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n00000B\r\nhello world\r\n000\r\n\r\n")]
    public void BodiesReachHandlersInWhateverPieces(string framed)
    {
        string request = "POST /echo HTTP/1.1\r\nHost: x\r\n" + framed + Request;
        for (int cut = 1; cut < 40; cut++)
        {
            var server = new TestServer();
            server.Server.Map("/echo", HttpMethods.Post, EchoAsync);
            MemoryConnection connection = server.Connect();
            for (int at = 0; at < request.Length; at += cut)
            {
                connection.Send(request.Substring(at, Math.Min(cut, request.Length - at)));
            }

            string all = connection.Received;
            Assert.StartsWith("HTTP/1.1 200", all, StringComparison.Ordinal);
            Assert.Contains("\r\n\r\nhello worldHTTP/1.1 200", all, StringComparison.Ordinal);
            Assert.EndsWith("abc", all, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("g\r\n", 400)]
    [InlineData("\r\n", 400)]
    [InlineData(";x\r\n", 400)]
    [InlineData("5\nhello", 400)]
    [InlineData("5\r\nhelloX\r\n", 400)]
    [InlineData("5\r\nhello\rX", 400)]
    [InlineData("-5\r\nhello", 400)]
    [InlineData("5\r\nhello\r\n0\r\nbad trailer\n\n", 400)]
    [InlineData("fffffffffffff\r\n", 400)]
    [InlineData("ffffffffffff\r\n", 413)]
    [InlineData("100001\r\n", 413)]
    [InlineData("5\r\nhel", 400)]
    public void BrokenChunksAreRefused(string body, int status)
    {
        var server = new TestServer();
        server.Server.Map("/echo", HttpMethods.Post, EchoAsync);
        string response = server.Exchange("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + body + Request);
        if (body == "5\r\nhel")
        {
            response = server.Exchange("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + body);
        }

        Assert.Equal(status, TestServer.StatusOf(response));
        Assert.Equal("close", TestServer.FieldOf(response, "Connection"));
        Assert.Single(response.Split("HTTP/1.1")[1..]);
        server.AssertAtRest(0);
    }

    [Fact]
    public void ASlowBodyIs408()
    {
        var server = new TestServer();
        server.Server.Map("/echo", HttpMethods.Post, EchoAsync);
        MemoryConnection connection = server.Connect();
        connection.Send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n");
        for (int i = 0; i < 40 && connection.Received == ""; i++)
        {
            connection.Send("x");
            server.Clock.Advance(1000);
        }

        Assert.Equal(408, TestServer.StatusOf(connection.Received));
        connection.CloseFromClient();
        server.AssertAtRest(0);
    }

    [Fact]
    public void ContinueIsSentOnlyWhenTheBodyIsWanted()
    {
        var server = new TestServer();
        server.Server.Map("/echo", HttpMethods.Post, EchoAsync);
        MemoryConnection wanted = server.Connect();
        wanted.Send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", wanted.TakeReceived());
        wanted.Send("xyz");
        Assert.Equal("xyz", TestServer.BodyOf(wanted.Received));
        MemoryConnection refused = server.Connect();
        refused.Send("POST /a.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
        Assert.Equal(405, TestServer.StatusOf(refused.Received));
        Assert.Equal("close", TestServer.FieldOf(refused.Received, "Connection"));
    }

    [Fact]
    public void UnreadBodiesAreSkippedWhenShortAndCostTheConnectionWhenLong()
    {
        var server = new TestServer();
        string body = new('z', 60_000);
        Assert.EndsWith("abc", server.Exchange($"POST /a.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n{body}{Request}"), StringComparison.Ordinal);
        string response = server.Exchange($"POST /a.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 120000\r\n\r\n{body}{body}{Request}");
        Assert.Equal("close", TestServer.FieldOf(response, "Connection"));
        Assert.Single(response.Split("HTTP/1.1")[1..]);
        string chunks = new StringBuilder().Insert(0, "1000\r\n" + new string('q', 4096) + "\r\n", 30).ToString();
        response = server.Exchange($"POST /a.txt HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}0\r\n\r\n{Request}");
        Assert.Single(response.Split("HTTP/1.1")[1..]);
    }

    [Fact]
    public void StreamsWithoutALengthAreChunked()
    {
        var server = new TestServer();
        server.Server.Map("/stream", HttpMethods.Get, async context =>
        {
            await context.Response.StartAsync(null);
            for (int i = 0; i < 3; i++)
            {
                await context.Response.SendAsync(Encoding.ASCII.GetBytes(new string((char)('a' + i), 20)));
            }
        });
        MemoryConnection connection = server.Connect();
        connection.Send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n" + Request);
        string all = connection.Received;
        Assert.Contains("Transfer-Encoding: chunked\r\n", all, StringComparison.Ordinal);
        string chunks = $"14\r\n{new string('a', 20)}\r\n14\r\n{new string('b', 20)}\r\n14\r\n{new string('c', 20)}\r\n0\r\n\r\nHTTP/1.1 200";
        Assert.Contains("\r\n\r\n" + chunks, all, StringComparison.Ordinal);
        Assert.EndsWith("abc", all, StringComparison.Ordinal);

        string old = server.Exchange("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        Assert.Equal("close", TestServer.FieldOf(old, "Connection"));
        Assert.Equal(new string('a', 20) + new string('b', 20) + new string('c', 20), TestServer.BodyOf(old));
        Assert.Equal("", TestServer.BodyOf(server.Get("/stream", method: "HEAD")));
    }

    [Fact]
    public void CollectedResponsesGrowToTheirLimit()
    {
        var server = new TestServer();
        server.Server.Map("/large", HttpMethods.Get, context =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                context.Response.Write("line \u00e4 ");
                context.Response.Write(i);
                context.Response.Write("\n"u8);
            }

            return default;
        });
        server.Server.Map("/endless", HttpMethods.Get, context =>
        {
            while (true)
            {
                context.Response.Write(new string('x', 1000));
            }
        });
        var expected = new StringBuilder();
        for (int i = 0; i < 10_000; i++)
        {
            expected.Append("line \u00e4 ").Append(i).Append('\n');
        }

        string large = server.Get("/large");
        Assert.Equal(expected.ToString(), Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(TestServer.BodyOf(large))));
        Assert.Equal(503, TestServer.StatusOf(server.Get("/endless")));
        server.AssertAtRest(0);
    }

    [Fact]
    public void FieldsCannotBeInjected()
    {
        var server = new TestServer();
        server.Server.Map("/inject", HttpMethods.Get, context =>
        {
            Assert.Throws<ArgumentException>(() => context.Response.AddField("X"u8, "a\r\nSet-Cookie: b"u8));
            Assert.Throws<ArgumentException>(() => context.Response.AddField("X y"u8, "a"u8));
            context.Response.AddField("X-Tab"u8, "a\tb"u8);
            return default;
        });
        string response = server.Get("/inject");
        Assert.Equal(200, TestServer.StatusOf(response));
        Assert.Equal("a\tb", TestServer.FieldOf(response, "X-Tab"));
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

    private static async ValueTask EchoAsync(HttpContext context)
    {
        byte[] buffer = new byte[7];
        while (await context.Request.ReadBodyAsync(buffer) is var count and > 0)
        {
            context.Response.Write(buffer.AsSpan(0, count));
        }
    }
}
