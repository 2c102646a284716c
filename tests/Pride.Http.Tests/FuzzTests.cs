// Random requests, mutated from good ones: never an unhandled exception, always valid responses or a closed connection, nothing left behind.

using System;
using System.Globalization;
using System.Text;
using System.Threading.Tasks;
using Xunit;

namespace Pride.Http.Tests;

public sealed class FuzzTests
{
    private static readonly string[] s_seeds =
    [
        "GET /a.txt HTTP/1.1\r\nHost: x\r\n\r\n",
        "HEAD / HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"a\", W/\"b\"\r\n\r\n",
        "GET /big.bin HTTP/1.1\r\nHost: x\r\nRange: bytes=10-20\r\nIf-Range: \"a\"\r\n\r\n",
        "GET /d HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n",
        "POST /a.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc",
        "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /throw HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET http://x/%61%2e/../a.txt?q#f HTTP/1.1\r\nHost: x\r\nX: " + new string('y', 3000) + "\r\n\r\n",
    ];

    private static readonly string[] s_pieces =
    [
        "\r\n", "\n", "\r", "\0", " ", "\t", ":", "%", "%2e", "%00", "/", "..", "\\", "HTTP/1.1", "HTTP/2.0", "Host: y\r\n", "Content-Length: 7\r\n",
        "Transfer-Encoding: chunked\r\n", "Connection: close\r\n", "ffffffffffffffff\r\n", "\u00ff\u00fe", "-1", "99999999999", "\r\n\r\n", "GET ", "Range: bytes=-0\r\n",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void NothingThatArrivesBreaksTheServer(int seed)
    {
        var random = new Random(seed);
        var server = new TestServer(new HttpLimits { Blocks = 64 }, new StaticSiteOptions { CacheBytes = 8 * BlockPool.BlockBytes });
        Exception? unexpected = null;
        server.Server.OnFailure = failure => unexpected = failure is NotSupportedException ? unexpected : failure;
        Map(server);
        for (int round = 0; round < 4000; round++)
        {
            byte[] input = Encoding.Latin1.GetBytes(Mutate(random));
            MemoryConnection connection = server.Connect();
            for (int at = 0; at < input.Length && !connection.IsOver;)
            {
                int count = Math.Min(input.Length - at, random.Next(4) == 0 ? random.Next(1, 20) : random.Next(1, 4000));
                connection.Send(input[at..(at + count)]);
                at += count;
            }

            if (random.Next(8) == 0)
            {
                connection.ResetFromClient();
            }

            connection.CloseFromClient();
            Assert.True(connection.IsOver, "a connection outlives its client: " + Show(input));
            Assert.True(unexpected is null, Show(input) + "\n" + unexpected);
            AssertResponses(connection.ReceivedBytes, connection.IsAborted, Show(input));
        }

        Assert.Equal("abc", TestServer.BodyOf(server.Get("/a.txt")));
        Assert.InRange(server.Server.Pool.InUse, 1, 8);
        server.AssertAtRest(server.Server.Pool.InUse);
        for (int kind = 2; kind <= 5; kind++)
        {
            Assert.True(server.Server.Statistics.Responses[kind] > 50, $"the corpus hardly meets {kind}xx: {server.Server.Statistics.Responses[kind]}");
        }
    }

    private static void Map(TestServer server)
    {
        server.Files.Put("/big.bin", new byte[50_000]);
        server.Files.Put("/d/index.html", "d");
        server.Server.Map("/throw", HttpMethods.Get, _ => throw new NotSupportedException());
        server.Server.Map("/stream", HttpMethods.Get, async context =>
        {
            await context.Response.StartAsync(null);
            await context.Response.SendAsync(new byte[100]);
        });
        server.Server.Map("/echo", HttpMethods.Post, EchoAsync);
    }

    private static async ValueTask EchoAsync(HttpContext context)
    {
        byte[] buffer = new byte[100];
        while (await context.Request.ReadBodyAsync(buffer) is var count and > 0)
        {
            context.Response.Write(buffer.AsSpan(0, count));
        }
    }

    private static string Mutate(Random random)
    {
        var text = new StringBuilder();
        for (int requests = random.Next(1, 4); requests > 0; requests--)
        {
            text.Append(s_seeds[random.Next(s_seeds.Length)]);
        }

        for (int mutations = random.Next(4); mutations > 0; mutations--)
        {
            int at = random.Next(text.Length);
            switch (random.Next(5))
            {
                case 0:
                    text[at] = (char)random.Next(256);
                    break;
                case 1:
                    text.Insert(at, s_pieces[random.Next(s_pieces.Length)]);
                    break;
                case 2:
                    text.Remove(at, Math.Min(random.Next(1, 10), text.Length - at));
                    break;
                case 3:
                    text.Length = Math.Max(1, at);
                    break;
                default:
                    text.Insert(at, text.ToString(at, Math.Min(random.Next(1, 40), text.Length - at)));
                    break;
            }

            if (text.Length == 0)
            {
                text.Append('G');
            }
        }

        return text.ToString();
    }

    // Walks the responses as a client would. The body of an answer to HEAD cannot be known here, so a response is looked for at both places.
    private static void AssertResponses(byte[] received, bool isAborted, string input)
    {
        string all = Encoding.Latin1.GetString(received);
        int at = 0;
        while (at < all.Length)
        {
            Assert.True(all.AsSpan(at).StartsWith("HTTP/1.1 "), $"no response at {at}: {input}\n{all}");
            int headEnd = all.IndexOf("\r\n\r\n", at, StringComparison.Ordinal);
            Assert.True(headEnd > 0, $"a head without end: {input}\n{all}");
            string head = all[at..(headEnd + 4)];
            at = headEnd + 4;
            if (TestServer.FieldOf(head, "Transfer-Encoding") is not null)
            {
                int end = all.IndexOf("0\r\n\r\n", at, StringComparison.Ordinal);
                Assert.True(end > 0 || isAborted, $"chunks without end: {input}\n{all}");
                at = end < 0 ? all.Length : end + 5;
            }
            else if (TestServer.FieldOf(head, "Content-Length") is { } text && !StartsResponseOrEnds(all, at))
            {
                at += int.Parse(text, CultureInfo.InvariantCulture);
                Assert.True(at <= all.Length || isAborted, $"a body is cut short: {input}\n{all}");
            }
            else if (TestServer.FieldOf(head, "Connection") == "close" && !StartsResponseOrEnds(all, at))
            {
                at = all.Length;
            }
        }
    }

    private static bool StartsResponseOrEnds(string all, int at) => at == all.Length || all.AsSpan(at).StartsWith("HTTP/1.1 ");

    private static string Show(byte[] input) => Encoding.Latin1.GetString(input).Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
