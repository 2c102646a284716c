// Bodies of requests and responses: in pieces, chunked, broken, too long, unread.

using System;
using System.Text;
using System.Threading.Tasks;
using Xunit;

namespace Pride.Http.Tests;

public sealed class BodyTests
{
    [Theory]
    [InlineData("Content-Length: 11\r\n\r\nhello world")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=\"y\"\r\n world\r\n0\r\nTrailer: t\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n00000B\r\nhello world\r\n000\r\n\r\n")]
    public void BodiesReachHandlersInWhateverPieces(string framed)
    {
        string request = "POST /echo HTTP/1.1\r\nHost: x\r\n" + framed + TestServer.Request;
        for (int cut = 1; cut < 40; cut++)
        {
            var server = new TestServer();
            server.Server.Map("/echo", HttpMethods.Post, TestServer.EchoAsync);
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
        server.Server.Map("/echo", HttpMethods.Post, TestServer.EchoAsync);
        string response = server.Exchange("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + body + TestServer.Request);
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
        server.Server.Map("/echo", HttpMethods.Post, TestServer.EchoAsync);
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
        server.Server.Map("/echo", HttpMethods.Post, TestServer.EchoAsync);
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
        Assert.EndsWith("abc", server.Exchange($"POST /a.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n{body}{TestServer.Request}"), StringComparison.Ordinal);
        string response = server.Exchange($"POST /a.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 120000\r\n\r\n{body}{body}{TestServer.Request}");
        Assert.Equal("close", TestServer.FieldOf(response, "Connection"));
        Assert.Single(response.Split("HTTP/1.1")[1..]);
        string chunks = new StringBuilder().Insert(0, "1000\r\n" + new string('q', 4096) + "\r\n", 30).ToString();
        response = server.Exchange($"POST /a.txt HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}0\r\n\r\n{TestServer.Request}");
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
        connection.Send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n" + TestServer.Request);
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
}
