// A server over memory connections, ready for a test.

using System;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace Pride.Http.Tests;

/// <summary>Server, clock, files and listener together.</summary>
public sealed class TestServer
{
    /// <summary>A request that a new server answers with "abc".</summary>
    public const string Request = "GET /a.txt HTTP/1.1\r\nHost: x\r\n\r\n";

    private readonly Task _running;

    public TestServer(HttpLimits? limits = null, StaticSiteOptions? options = null)
    {
        DetachFromTestFramework();
        Server = new HttpServer(Clock, limits);
        Site = new StaticSite(Files, Server, options);
        Server.Fallback = Site;
        Files.Put("/index.html", "<h1>home</h1>");
        Files.Put("/a.txt", "abc");
        _running = Server.RunAsync(Listener);
    }

    public FakeClock Clock { get; } = new();

    public MemoryFiles Files { get; } = new();

    public MemoryListener Listener { get; } = new();

    public HttpServer Server { get; }

    public StaticSite Site { get; }

    public MemoryConnection Connect()
    {
        DetachFromTestFramework();
        return Listener.Connect();
    }

    /// <summary>Sends bytes on a connection of their own and returns all that comes back until the client closes.</summary>
    public string Exchange(string request)
    {
        MemoryConnection connection = Connect();
        connection.Send(request);
        connection.CloseFromClient();
        Assert.True(connection.IsOver, "the connection does not end when the client has closed it");
        return connection.Received;
    }

    public string Get(string target, string fields = "", string method = "GET") =>
        Exchange($"{method} {target} HTTP/1.1\r\nHost: x\r\n{fields}\r\n");

    /// <summary>Nothing is held: no connection, no block but the cache's, no file.</summary>
    public void AssertAtRest(int cachedBlocks)
    {
        Assert.False(_running.IsFaulted, _running.Exception?.ToString());
        Assert.Equal(0, Server.Statistics.OpenConnections);
        Assert.Equal(0, Files.OpenFiles);
        Assert.Equal(cachedBlocks, Server.Pool.InUse);
    }

    /// <summary>A handler that sends the body back, in pieces that fit nothing.</summary>
    public static async ValueTask EchoAsync(HttpContext context)
    {
        byte[] buffer = new byte[7];
        while (await context.Request.ReadBodyAsync(buffer) is var count and > 0)
        {
            context.Response.Write(buffer.AsSpan(0, count));
        }
    }

    public static int StatusOf(string response)
    {
        Assert.StartsWith("HTTP/1.1 ", response, StringComparison.Ordinal);
        return int.Parse(response.AsSpan(9, 3), CultureInfo.InvariantCulture);
    }

    public static string BodyOf(string response) => response[(response.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];

    public static string? FieldOf(string response, string name)
    {
        string head = response[..response.IndexOf("\r\n\r\n", StringComparison.Ordinal)];
        foreach (string line in head.Split("\r\n"))
        {
            if (line.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase))
            {
                return line[(name.Length + 2)..];
            }
        }

        return null;
    }

    // Without a context continuations run where their cause is, as they do in a PD; the test framework's own would post them elsewhere.
    private static void DetachFromTestFramework() => SynchronizationContext.SetSynchronizationContext(null);
}
