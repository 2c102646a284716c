// The static site: index pages, listings, types, conditional requests, ranges, cache and streaming.

using System;
using System.Globalization;
using System.Text;
using Xunit;

namespace Pride.Http.Tests;

public sealed class SiteTests
{
    private readonly TestServer _server = new();

    [Theory]
    [InlineData("/x.html", "text/html; charset=utf-8")]
    [InlineData("/x.HTM", "text/html; charset=utf-8")]
    [InlineData("/x.css", "text/css; charset=utf-8")]
    [InlineData("/x.js", "text/javascript; charset=utf-8")]
    [InlineData("/x.tar.json", "application/json")]
    [InlineData("/x.svg", "image/svg+xml")]
    [InlineData("/x.png", "image/png")]
    [InlineData("/x.jpeg", "image/jpeg")]
    [InlineData("/x.wasm", "application/wasm")]
    [InlineData("/x", "application/octet-stream")]
    [InlineData("/x.unknownextension", "application/octet-stream")]
    [InlineData("/d.html/x", "application/octet-stream")]
    public void TypesFollowExtensions(string path, string type)
    {
        _server.Files.Put(path, "content");
        string response = _server.Get(path);
        Assert.Equal(type, TestServer.FieldOf(response, "Content-Type"));
        Assert.Equal("nosniff", TestServer.FieldOf(response, "X-Content-Type-Options"));
        Assert.Equal("content", TestServer.BodyOf(response));
    }

    [Fact]
    public void DirectoriesHaveIndexListingOrRedirect()
    {
        _server.Files.Put("/d/index.html", "in d");
        _server.Files.Put("/e f/<b>&\u00e4.txt", "x");
        _server.Files.Put("/e f/a.txt", "xyz");
        Assert.Equal("<h1>home</h1>", TestServer.BodyOf(_server.Get("/")));
        Assert.Equal("in d", TestServer.BodyOf(_server.Get("/d/")));
        Assert.Equal("text/html; charset=utf-8", TestServer.FieldOf(_server.Get("/d/"), "Content-Type"));
        string redirect = _server.Get("/d?x=1");
        Assert.Equal(301, TestServer.StatusOf(redirect));
        Assert.Equal("/d/?x=1", TestServer.FieldOf(redirect, "Location"));
        Assert.Equal("/e%20f/", TestServer.FieldOf(_server.Get("/e%20f"), "Location"));
        Assert.Equal("/d/", TestServer.FieldOf(_server.Get("//d"), "Location"));
        string listing = TestServer.BodyOf(_server.Get("/e%20f/"));
        Assert.Contains("href=\"./%3Cb%3E%26%C3%A4.txt\">&lt;b&gt;&amp;", listing, StringComparison.Ordinal);
        Assert.True(listing.IndexOf("%3Cb", StringComparison.Ordinal) < listing.IndexOf("./a.txt", StringComparison.Ordinal));
        Assert.Equal(404, TestServer.StatusOf(_server.Get("/a.txt/")));
        Assert.Equal(404, TestServer.StatusOf(_server.Get("/nowhere/")));
    }

    [Fact]
    public void ListingsCanBeForbidden()
    {
        var closed = new TestServer(options: new StaticSiteOptions { ListDirectories = false });
        closed.Files.Put("/e/a.txt", "x");
        Assert.Equal(404, TestServer.StatusOf(closed.Get("/e/")));
    }

    [Fact]
    public void ConditionsAreKept()
    {
        string first = _server.Get("/a.txt");
        string tag = TestServer.FieldOf(first, "ETag")!;
        string date = TestServer.FieldOf(first, "Last-Modified")!;
        Assert.Equal("Thu, 01 Jan 1970 00:16:40 GMT", date);
        string same = _server.Get("/a.txt", $"If-None-Match: \"x\", W/{tag}\r\n");
        Assert.Equal(304, TestServer.StatusOf(same));
        Assert.Equal(tag, TestServer.FieldOf(same, "ETag"));
        Assert.Null(TestServer.FieldOf(same, "Content-Length"));
        Assert.Equal("", TestServer.BodyOf(same));
        Assert.Equal(304, Conditional("If-None-Match: *"));
        Assert.Equal(200, Conditional("If-None-Match: \"other\""));
        Assert.Equal(304, Conditional($"If-Modified-Since: {date}"));
        Assert.Equal(304, Conditional("If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT"));
        Assert.Equal(200, Conditional("If-Modified-Since: Thu, 01 Jan 1970 00:16:39 GMT"));
        Assert.Equal(200, Conditional("If-Modified-Since: yesterday"));
        Assert.Equal(200, Conditional($"If-None-Match: \"other\"\r\nIf-Modified-Since: {date}"));
        Assert.Equal(200, Conditional($"If-Match: {tag}"));
        Assert.Equal(412, Conditional($"If-Match: W/{tag}"));
        Assert.Equal(412, Conditional("If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT"));
    }

    [Theory]
    [InlineData("bytes=0-0", 206, "a", "bytes 0-0/3")]
    [InlineData("bytes=1-", 206, "bc", "bytes 1-2/3")]
    [InlineData("bytes=-2", 206, "bc", "bytes 1-2/3")]
    [InlineData("bytes=-99", 206, "abc", "bytes 0-2/3")]
    [InlineData("bytes=1-99", 206, "bc", "bytes 1-2/3")]
    [InlineData("Bytes= 1-1", 206, "b", "bytes 1-1/3")]
    [InlineData("bytes=3-", 416, null, "bytes */3")]
    [InlineData("bytes=-0", 416, null, "bytes */3")]
    [InlineData("bytes=2-1", 200, "abc", null)]
    [InlineData("bytes=0-0,2-2", 200, "abc", null)]
    [InlineData("bytes=a-b", 200, "abc", null)]
    [InlineData("bytes=", 200, "abc", null)]
    [InlineData("bytes=-", 200, "abc", null)]
    [InlineData("bytes=99999999999999999999-", 200, "abc", null)]
    [InlineData("lines=0-0", 200, "abc", null)]
    public void RangesAreServed(string range, int status, string? body, string? contentRange)
    {
        string response = _server.Get("/a.txt", $"Range: {range}\r\n");
        Assert.Equal(status, TestServer.StatusOf(response));
        Assert.Equal(contentRange, TestServer.FieldOf(response, "Content-Range"));
        if (body is not null)
        {
            Assert.Equal(body, TestServer.BodyOf(response));
            Assert.Equal(body.Length.ToString(CultureInfo.InvariantCulture), TestServer.FieldOf(response, "Content-Length"));
        }
    }

    [Fact]
    public void ARangeOfAnotherVersionIsTheWhole()
    {
        string tag = TestServer.FieldOf(_server.Get("/a.txt"), "ETag")!;
        Assert.Equal("b", TestServer.BodyOf(_server.Get("/a.txt", $"Range: bytes=1-1\r\nIf-Range: {tag}\r\n")));
        Assert.Equal("abc", TestServer.BodyOf(_server.Get("/a.txt", "Range: bytes=1-1\r\nIf-Range: \"old\"\r\n")));
        Assert.Equal("abc", TestServer.BodyOf(_server.Get("/a.txt", $"Range: bytes=1-1\r\nIf-Range: W/{tag}\r\n")));
        Assert.Equal(200, TestServer.StatusOf(_server.Get("/a.txt", "Range: bytes=1-1\r\n", "HEAD")));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(16 * 1024)]
    [InlineData((16 * 1024) + 1)]
    [InlineData(1_000_000)]
    [InlineData(3_000_000)]
    [InlineData(10_485_760)]
    public void EverySizeArrivesWholeTwice(int size)
    {
        byte[] data = new byte[size];
        new Random(size).NextBytes(data);
        _server.Files.Put("/f.bin", data);
        _server.Files.ReadLimit = 10_007;
        for (int round = 0; round < 2; round++)
        {
            MemoryConnection connection = _server.Connect();
            connection.Send("GET /f.bin HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            connection.CloseFromClient();
            byte[] all = connection.ReceivedBytes;
            int head = all.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
            Assert.Equal(size.ToString(CultureInfo.InvariantCulture), TestServer.FieldOf(Encoding.Latin1.GetString(all, 0, head), "Content-Length"));
            Assert.True(data.AsSpan().SequenceEqual(all.AsSpan(head)));
        }

        _server.AssertAtRest(size <= 2 << 20 ? (size + BlockPool.BlockBytes - 1) / BlockPool.BlockBytes : 0);
        if (size > 2 << 20)
        {
            // Streamed: one block of this server's memory at a time, whatever the size of the file.
            Assert.InRange(_server.Server.Pool.Made, 1, 3);
        }
    }

    [Fact]
    public void TheCacheAsksOnceInAWhileAndSeesChanges()
    {
        _server.Get("/a.txt");
        int asked = _server.Files.StatusCalls;
        for (int i = 0; i < 10; i++)
        {
            _server.Get("/a.txt");
        }

        Assert.Equal(asked, _server.Files.StatusCalls);
        Assert.Equal(10, _server.Server.Statistics.CacheHits);
        _server.Files.Put("/a.txt", "changed", modified: 2000);
        _server.Connect();
        _server.Clock.Advance(5000);
        int reads = _server.Files.Reads;
        Assert.Equal("changed", TestServer.BodyOf(_server.Get("/a.txt")));
        Assert.Equal(reads + 1, _server.Files.Reads);
        _server.Clock.Advance(5000);
        Assert.Equal("changed", TestServer.BodyOf(_server.Get("/a.txt")));
        Assert.Equal(reads + 1, _server.Files.Reads);
    }

    [Fact]
    public void TheCacheIsBoundedAndForgetsTheLeastUsed()
    {
        var server = new TestServer(options: new StaticSiteOptions { CacheBytes = 4 * BlockPool.BlockBytes });
        for (int i = 0; i < 100; i++)
        {
            server.Files.Put($"/{i}", $"file {i}");
            Assert.Equal($"file {i}", TestServer.BodyOf(server.Get($"/{i}")));
            Assert.Equal("abc", TestServer.BodyOf(server.Get("/a.txt")));
        }

        Assert.Equal(4, server.Site.CachedFiles);
        Assert.Equal(99, server.Server.Statistics.CacheHits);
        server.AssertAtRest(4);
    }

    [Fact]
    public void AFileThatShrinksWhileItIsSentBreaksTheConnection()
    {
        _server.Files.Put("/f.bin", new byte[3_000_000]);
        _server.Files.ShortenedTo = 1_000_000;
        MemoryConnection connection = _server.Connect();
        connection.Send("GET /f.bin HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.True(connection.IsAborted && connection.IsOver);
        Assert.Equal(1_000_000, TestServer.BodyOf(connection.Received).Length);
        _server.AssertAtRest(0);
    }

    [Fact]
    public void AFileThatShrinksWhileItIsCachedIsNotKept()
    {
        _server.Files.Put("/f.bin", new byte[100_000]);
        _server.Files.ShortenedTo = 50_000;
        MemoryConnection connection = _server.Connect();
        connection.Send("GET /f.bin HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.True(connection.IsAborted && connection.IsOver);
        _server.AssertAtRest(0);
    }

    [Fact]
    public void NoPathThatTheSourceSeesLeavesTheRoot()
    {
        string[] attempts = ["/../x", "/%2e%2e/x", "/..%2fx", "/%2e%2e%2fx", "/%c0%ae%c0%ae/x", "/..%5cx", "/a/../../x", "/%252e%252e/x", "/.%00./x", "/...//x", "//../x"];
        foreach (string attempt in attempts)
        {
            int status = TestServer.StatusOf(_server.Get(attempt));
            Assert.True(status is 400 or 404, $"{attempt}: {status}");
        }

        foreach (string path in _server.Files.Asked)
        {
            Assert.DoesNotContain("/..", path, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void DatesAreThoseOfTheFramework()
    {
        var random = new Random(3);
        byte[] text = new byte[HttpDate.Length];
        for (int i = 0; i < 20_000; i++)
        {
            long seconds = random.NextInt64(253_402_300_800);
            HttpDate.Format(seconds, text);
            string expected = DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("r", CultureInfo.InvariantCulture);
            Assert.Equal(expected, Encoding.ASCII.GetString(text));
            Assert.True(HttpDate.TryParse(text, out long parsed));
            Assert.Equal(seconds, parsed);
        }
    }

    private int Conditional(string field) => TestServer.StatusOf(_server.Get("/a.txt", field + "\r\n"));
}
