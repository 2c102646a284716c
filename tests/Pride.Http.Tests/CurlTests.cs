// The server on real sockets, with curl and raw sockets as its clients.

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Tasks;
using Xunit;

namespace Pride.Http.Tests;

public sealed class CurlTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("pride-http-").FullName;
    private readonly HostLoop _loop = new();
    private readonly SocketListener _listener = new();
    private readonly HttpServer _server = new(new HostClock());

    public CurlTests()
    {
        Directory.CreateDirectory(_root + "/docs");
        File.WriteAllText(_root + "/index.html", "<h1>home</h1>");
        File.WriteAllText(_root + "/docs/a b.txt", "text");
        byte[] big = new byte[10 << 20];
        new Random(7).NextBytes(big);
        File.WriteAllBytes(_root + "/big.bin", big);
        _server.Fallback = new StaticSite(new FolderFiles(_root), _server);
        _loop.Post(_ => _ = _server.RunAsync(_listener), null);
    }

    private string Url => $"http://127.0.0.1:{_listener.Port}";

    public void Dispose()
    {
        _listener.Dispose();
        _loop.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task CurlGetsPagesErrorsAndRedirects()
    {
        Assert.Equal("<h1>home</h1>", await CurlAsync(Url + "/"));
        Assert.Equal("text", await CurlAsync(Url + "/docs/a%20b.txt"));
        Assert.Contains("a%20b.txt", await CurlAsync("-L", Url + "/docs"), StringComparison.Ordinal);
        Assert.Equal("404", await CurlAsync("-o", "/dev/null", "-w", "%{http_code}", Url + "/none"));
        Assert.Equal("405", await CurlAsync("-o", "/dev/null", "-w", "%{http_code}", "-X", "POST", "-d", "x=y", Url + "/"));
        Assert.Equal("400", await CurlAsync("-o", "/dev/null", "-w", "%{http_code}", "--path-as-is", Url + "/../../etc/passwd"));
        Assert.Equal("400", await CurlAsync("-o", "/dev/null", "-w", "%{http_code}", "--path-as-is", Url + "/%2e%2e/%2e%2e/etc/passwd"));
        Assert.Contains("Content-Length: 10485760", await CurlAsync("-I", Url + "/big.bin"), StringComparison.Ordinal);
        Assert.Equal("<h1>home</h1>", await CurlAsync("-0", Url + "/"));
    }

    [Fact]
    public async Task CurlKeepsOneConnection()
    {
        Assert.Equal("1 0 0 ", await CurlAsync("-o", "/dev/null", "-o", "/dev/null", "-o", "/dev/null", "-w", "%{num_connects} ", Url + "/", Url + "/docs/", Url + "/none"));
    }

    [Fact]
    public async Task TenMegabytesArriveByteIdentical()
    {
        string copy = _root + "/copy";
        string expected = Hash(_root + "/big.bin");
        await CurlAsync("-o", copy, Url + "/big.bin");
        Assert.Equal(expected, Hash(copy));
        File.WriteAllBytes(copy, File.ReadAllBytes(copy)[..3_000_000]);
        await CurlAsync("-C", "-", "-o", copy, Url + "/big.bin");
        Assert.Equal(expected, Hash(copy));
    }

    [Fact]
    public async Task TwoHundredAndFiftySixConnectionsAtOnceAreServed()
    {
        var clients = new List<Task<string>>();
        var sockets = new List<TcpClient>();
        for (int i = 0; i < 256; i++)
        {
            var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", _listener.Port);
            sockets.Add(client);
        }

        foreach (TcpClient client in sockets)
        {
            clients.Add(AskAsync(client, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
        }

        foreach (Task<string> answer in clients)
        {
            Assert.EndsWith("<h1>home</h1>", await answer, StringComparison.Ordinal);
        }

        Assert.Equal(256, _server.Statistics.Responses[2]);
    }

    [Fact]
    public async Task AnswersToHopelessClientsStillArrive()
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", _listener.Port);
        // More than the server will ever read: without an orderly close the reset would overtake the 413.
        string answer = await AskAsync(client, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n" + new string('x', 100_000));
        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
    }

    private static async Task<string> AskAsync(TcpClient client, string request)
    {
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        client.Client.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync();
    }

    private static string Hash(string file)
    {
        using FileStream stream = File.OpenRead(file);
        return Convert.ToHexString(SHA256.HashData(stream));
    }

    private static async Task<string> CurlAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("curl") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-sS");
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process curl = Process.Start(start)!;
        Task<string> error = curl.StandardError.ReadToEndAsync();
        string output = await curl.StandardOutput.ReadToEndAsync();
        await curl.WaitForExitAsync();
        Assert.True(curl.ExitCode == 0, "curl failed: " + await error);
        return output;
    }
}
