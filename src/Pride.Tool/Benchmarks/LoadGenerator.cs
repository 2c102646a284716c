// Traffic for the machines that are measured: echoes and HTTP requests from this host, through QEMU's user network.

using System;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Pride.Tool.Benchmarks;

/// <summary>Clients that count what they got back.</summary>
internal static class LoadGenerator
{
    private const int DatagramBytes = 1400;

    /// <summary>Keeps <paramref name="inFlight"/> datagrams under way until <paramref name="count"/> have come back; returns how many had to be sent again.</summary>
    public static async Task<int> UdpEchoAsync(int port, int inFlight, int count, CancellationToken cancel)
    {
        using var socket = new UdpClient();
        socket.Connect(IPAddress.Loopback, port);
        byte[] payload = new byte[DatagramBytes];
        int lost = 0;
        int sent = 0;
        for (; sent < inFlight; sent++)
        {
            await socket.SendAsync(payload, cancel);
        }

        for (int received = 0; received < count; received++)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            patience.CancelAfter(TimeSpan.FromSeconds(10));
            try
            {
                await socket.ReceiveAsync(patience.Token);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                // Nothing is under way any more: whatever was has been lost.
                lost++;
                received--;
            }

            if (sent < count + lost)
            {
                await socket.SendAsync(payload, cancel);
                sent++;
            }
        }

        return lost;
    }

    /// <summary>Sends this many bytes over one connection and reads them back at the same time.</summary>
    public static async Task TcpEchoAsync(int port, int bytes, CancellationToken cancel)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, cancel);
        NetworkStream stream = client.GetStream();
        Task writer = WriteAsync();
        byte[] buffer = new byte[64 << 10];
        for (int received = 0; received < bytes;)
        {
            int count = await stream.ReadAsync(buffer, cancel);
            received += count > 0 ? count : throw Broken("the echo server has closed the connection");
        }

        await writer;

        async Task WriteAsync()
        {
            byte[] piece = new byte[16 << 10];
            for (int sent = 0; sent < bytes; sent += piece.Length)
            {
                await stream.WriteAsync(piece.AsMemory(0, Math.Min(piece.Length, bytes - sent)), cancel);
            }
        }
    }

    /// <summary>A connection that is kept for many requests.</summary>
    public static async Task<HttpConnection> ConnectHttpAsync(int port, CancellationToken cancel)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, port, cancel);
        return new HttpConnection(client);
    }

    private static ToolException Broken(string what) => new(ExitCodes.Failure, what, "boot the example with ./pride run and look at what it prints");

    /// <summary>One client's connection to a web server.</summary>
    public sealed class HttpConnection(TcpClient client) : IDisposable
    {
        private readonly byte[] _buffer = new byte[256 << 10];

        /// <summary>Gets <paramref name="path"/>; the body must have <paramref name="bodyBytes"/> bytes.</summary>
        public async Task GetAsync(string path, int bodyBytes, CancellationToken cancel)
        {
            NetworkStream stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: pride-bench\r\nAccept: */*\r\n\r\n"), cancel);
            int received = 0;
            int headEnd = -1;
            while (headEnd < 0 || received < headEnd + bodyBytes)
            {
                // After the head the bytes themselves no longer matter, so they may overwrite each other.
                int at = headEnd < 0 ? received : 0;
                int count = await stream.ReadAsync(_buffer.AsMemory(at), cancel);
                received += count > 0 ? count : throw Broken($"the web server has closed the connection while it sent {path}");
                if (headEnd < 0)
                {
                    int end = _buffer.AsSpan(0, received).IndexOf("\r\n\r\n"u8);
                    headEnd = end < 0 ? -1 : end + 4;
                    CheckStatus(path, headEnd);
                }
            }

            if (received != headEnd + bodyBytes)
            {
                throw Broken($"{path} has {received - headEnd} bytes, not {bodyBytes}");
            }
        }

        public void Dispose() => client.Dispose();

        private void CheckStatus(string path, int headEnd)
        {
            if (headEnd > 0 && !_buffer.AsSpan().StartsWith("HTTP/1.1 200"u8))
            {
                throw Broken($"{path}: {Encoding.ASCII.GetString(_buffer, 0, headEnd)}");
            }
        }
    }
}
