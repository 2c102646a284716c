// What the server makes of requests, good and bad, one rule a line.

using System;
using System.Text;
using Xunit;

namespace Pride.Http.Tests;

public sealed class RequestTests
{
    private readonly TestServer _server = new();

    [Theory]
    [InlineData("GET /a.txt HTTP/1.1\r\nHost: x\r\n\r\n", 200)]
    [InlineData("\r\n\r\nGET /a.txt HTTP/1.1\r\nHost: x\r\n\r\n", 200)]
    [InlineData("GET /a.txt HTTP/1.0\r\n\r\n", 200)]
    [InlineData("GET /a.txt HTTP/1.7\r\nHost: x\r\n\r\n", 200)]
    [InlineData("GET http://x/a.txt HTTP/1.1\r\nHost: x\r\n\r\n", 200)]
    [InlineData("GET HTTPS://x:80/a.txt?q HTTP/1.1\r\nHost: x\r\n\r\n", 200)]
    [InlineData("GET http://x HTTP/1.1\r\nHost: x\r\n\r\n", 200)]
    [InlineData("GET /a.txt HTTP/1.1\r\nhOsT:\t[::1]:80 \r\nX-Empty:\r\n\r\n", 200)]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 204)]
    [InlineData("GET /none HTTP/1.1\r\nHost: x\r\n\r\n", 404)]
    [InlineData("GET * HTTP/1.1\r\nHost: x\r\n\r\n", 400)]
    [InlineData("GET a.txt HTTP/1.1\r\nHost: x\r\n\r\n", 400)]
    [InlineData("GET ftp://x/a.txt HTTP/1.1\r\nHost: x\r\n\r\n", 400)]
    [InlineData("GET http:///a.txt HTTP/1.1\r\nHost: x\r\n\r\n", 400)]
    [InlineData("\r\n\r\n\r\nGET /a.txt HTTP/1.1\r\nHost: x\r\n\r\n", 400)]
    [InlineData("GET /a.txt HTTP/1.1\nHost: x\n\n", 400)]
    [InlineData("GET /a.txt HTTP/1.1\r\nHost: xy\n\r\n", 400)]
    [InlineData("GET /a.txt\r\n\r\n", 400)]
    [InlineData("GET  /a.txt HTTP/1.1\r\nHost: x\r\n\r\n", 400)]
    [InlineData("GET /a.txt  HTTP/1.1\r\nHost: x\r\n\r\n", 400)]
    [InlineData("GET /a.txt HTTP/1.1 \r\nHost: x\r\n\r\n", 400)]
    [InlineData("GET /a.txt http/1.1\r\nHost: x\r\n\r\n", 400)]
    [InlineData("GET /a.txt HTTP/11\r\nHost: x\r\n\r\n", 400)]
    [InlineData("G(T /a.txt HTTP/1.1\r\nHost: x\r\n\r\n", 400)]
    [InlineData("GET /a.txt HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET /a.txt HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", 400)]
    [InlineData("GET /a.txt HTTP/1.1\r\nHost: a b\r\n\r\n", 400)]
    [InlineData("GET /a.txt HTTP/1.1\r\nHost: x/y\r\n\r\n", 400)]
    [InlineData("GET /a.txt HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n", 400)]
    [InlineData("GET /a.txt HTTP/1.1\r\nHost: x\r\n folded: b\r\n\r\n", 400)]
    [InlineData("GET /a.txt HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n", 400)]
    [InlineData("GET /a.txt HTTP/1.1\r\nHost: x\r\nnocolon\r\n\r\n", 400)]
    [InlineData("GET /a.txt HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n", 400)]
    [InlineData("GET /a.txt HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n", 400)]
    [InlineData("GET /a.txt HTTP/1.1\r\nHost: x\r\nA: b\r\n\n", 400)]
    [InlineData("\x16\x03\x01\x02\x00\x01", 400)]
    [InlineData("\0\0\0\0", 400)]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505)]
    [InlineData("GET /a.txt HTTP/3.0\r\nHost: x\r\n\r\n", 505)]
    [InlineData("GET /a.txt HTTP/0.9\r\nHost: x\r\n\r\n", 505)]
    [InlineData("BREW /a.txt HTTP/1.1\r\nHost: x\r\n\r\n", 501)]
    [InlineData("TRACE /a.txt HTTP/1.1\r\nHost: x\r\n\r\n", 501)]
    [InlineData("CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n", 501)]
    [InlineData("POST /a.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", 405)]
    [InlineData("DELETE /a.txt HTTP/1.1\r\nHost: x\r\n\r\n", 405)]
    [InlineData("GET /a.txt HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n", 417)]
    [InlineData("POST /a.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", 400)]
    [InlineData("POST /a.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 3, 3\r\n\r\nabc", 400)]
    [InlineData("POST /a.txt HTTP/1.1\r\nHost: x\r\nContent-Length: -3\r\n\r\nabc", 400)]
    [InlineData("POST /a.txt HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nabc", 400)]
    [InlineData("POST /a.txt HTTP/1.1\r\nHost: x\r\nContent-Length: \r\n\r\nabc", 400)]
    [InlineData("POST /a.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\nabc", 400)]
    [InlineData("POST /a.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400)]
    [InlineData("POST /a.txt HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400)]
    [InlineData("POST /a.txt HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", 400)]
    [InlineData("POST /a.txt HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 400)]
    [InlineData("POST /a.txt HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501)]
    [InlineData("POST /a.txt HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 405)]
    [InlineData("POST /a.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n", 413)]
    public void Answers(string request, int status)
    {
        Assert.Equal(status, TestServer.StatusOf(_server.Exchange(request)));
        _server.AssertAtRest(_server.Site.CachedFiles);
    }

    [Fact]
    public void LongRequestLineIs414AndLongHeadIs431()
    {
        string path = new('a', 9000);
        Assert.Equal(414, TestServer.StatusOf(_server.Get("/" + path)));
        Assert.Equal(414, TestServer.StatusOf(_server.Exchange("GET /" + path)));
        Assert.Equal(404, TestServer.StatusOf(_server.Get("/" + path[..7900])));
        Assert.Equal(431, TestServer.StatusOf(_server.Get("/a.txt", $"A: {path}\r\nB: {path}\r\n")));
        Assert.Equal(431, TestServer.StatusOf(_server.Exchange($"GET /a.txt HTTP/1.1\r\nHost: x\r\nA: {path}{path}")));
        Assert.Equal(200, TestServer.StatusOf(_server.Get("/a.txt", $"A: {path}\r\n")));
        _server.AssertAtRest(1);
    }

    [Fact]
    public void TooManyFieldsAre431()
    {
        var fields = new StringBuilder();
        for (int i = 0; i < 99; i++)
        {
            fields.Append("A: b\r\n");
        }

        Assert.Equal(200, TestServer.StatusOf(_server.Get("/a.txt", fields.ToString())));
        Assert.Equal(431, TestServer.StatusOf(_server.Get("/a.txt", fields + "A: b\r\n")));
    }

    [Fact]
    public void AllowNamesTheMethods()
    {
        Assert.Equal("GET, HEAD, OPTIONS", TestServer.FieldOf(_server.Get("/a.txt", method: "PUT"), "Allow"));
        string options = _server.Get("/a.txt", method: "OPTIONS");
        Assert.Equal(204, TestServer.StatusOf(options));
        Assert.Equal("GET, HEAD, OPTIONS", TestServer.FieldOf(options, "Allow"));
    }

    [Fact]
    public void HeadAnswersAsGetWithoutTheBody()
    {
        string get = _server.Get("/a.txt");
        string head = _server.Get("/a.txt", method: "HEAD");
        Assert.Equal("abc", TestServer.BodyOf(get));
        Assert.Equal("", TestServer.BodyOf(head));
        Assert.Equal(get[..^3], head);
        Assert.Equal("", TestServer.BodyOf(_server.Get("/none", method: "HEAD")));
    }

    [Fact]
    public void AHeadInSingleBytesIsTheSameHead()
    {
        MemoryConnection connection = _server.Connect();
        foreach (char octet in "GET /a.txt HTTP/1.1\r\nHost: x\r\nUser-Agent: slow\r\n\r\n")
        {
            Assert.Equal("", connection.Received);
            connection.Send(octet.ToString());
        }

        Assert.Equal("abc", TestServer.BodyOf(connection.Received));
        Assert.False(connection.IsOver);
    }

    [Fact]
    public void AConnectionGoesOnUnlessOneSideSaysClose()
    {
        MemoryConnection connection = _server.Connect();
        for (int i = 0; i < 5; i++)
        {
            connection.Send("GET /a.txt HTTP/1.1\r\nHost: x\r\n\r\n");
            string response = connection.TakeReceived();
            Assert.Equal("abc", TestServer.BodyOf(response));
            Assert.Null(TestServer.FieldOf(response, "Connection"));
        }

        connection.Send("GET /a.txt HTTP/1.1\r\nHost: x\r\nConnection: a, Close\r\n\r\n");
        Assert.Equal("close", TestServer.FieldOf(connection.TakeReceived(), "Connection"));
        Assert.True(connection.IsSendClosed);
    }

    [Fact]
    public void AnOldClientIsClosedUnlessItAsksToKeep()
    {
        MemoryConnection connection = _server.Connect();
        connection.Send("GET /a.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        Assert.Equal("keep-alive", TestServer.FieldOf(connection.TakeReceived(), "Connection"));
        Assert.False(connection.IsSendClosed);
        connection.Send("GET /a.txt HTTP/1.0\r\n\r\n");
        Assert.Equal("close", TestServer.FieldOf(connection.TakeReceived(), "Connection"));
        Assert.True(connection.IsSendClosed);
    }

    [Fact]
    public void PipelinedRequestsAreAnsweredInOrderAndTogether()
    {
        _server.Files.Put("/b.txt", "second");
        _server.Files.Put("/big", new byte[40_000]);
        MemoryConnection connection = _server.Connect();
        connection.Send("GET /a.txt HTTP/1.1\r\nHost: x\r\n\r\nGET /b.txt HTTP/1.1\r\nHost: x\r\n\r\nGET /big HTTP/1.1\r\nHost: x\r\n\r\n"
            + "POST /a.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nGET /HEAD /none HTTP/1.1\r\nHost: x\r\n\r\nGET /a.txt HTTP/1.1\r\nHost: x\r\n\r\nGET");
        string all = connection.Received;
        string[] starts = all.Split("HTTP/1.1 ");
        Assert.Equal(["", "200", "200", "200", "405", "404", "200"], Array.ConvertAll(starts, s => s[..Math.Min(3, s.Length)]));
        Assert.EndsWith("abc", all, StringComparison.Ordinal);
        Assert.False(connection.IsOver);
        connection.CloseFromClient();
        _server.AssertAtRest(_server.Server.Pool.InUse);
    }

    [Fact]
    public void ManyPipelinedRequestsOverflowNoBuffer()
    {
        const int Count = 500;
        var requests = new StringBuilder();
        for (int i = 0; i < Count; i++)
        {
            requests.Append("GET /a.txt HTTP/1.1\r\nHost: x\r\n\r\n");
        }

        Assert.Equal(Count + 1, _server.Exchange(requests.ToString()).Split("HTTP/1.1 200 OK").Length);
    }

    [Fact]
    public void DateIsSentWhenThereIsAClock()
    {
        Assert.Equal("Sun, 06 Nov 1994 08:49:37 GMT", TestServer.FieldOf(_server.Get("/a.txt"), "Date"));
        _server.Clock.UnixSeconds = 0;
        _server.Clock.Advance(2000);
        Assert.Null(TestServer.FieldOf(_server.Get("/a.txt"), "Date"));
    }
}
