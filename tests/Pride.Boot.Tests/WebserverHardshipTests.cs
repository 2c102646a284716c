// What must not bring the web server down: crowds, clients that vanish, requests without sense, a disk that is missing or cut off,
// and time (a heap that grows by a little with each request is full one day).

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using Pride.Tool.Commands;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

public sealed class WebserverHardshipTests
{
    private const string Page = "<title>small</title>";
    private const int CrowdSize = 256;
    private const int Deserters = 1000;

    // What differs between two readings at rest: the objects of the requests for /status.json themselves.
    private const long HeapSlackBytes = 64 * 1024;

    private static readonly string[] s_nonsense =
    [
        "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\0\0\0\0\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "GET /" + new string('a', 100_000) + " HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: " + new string('b', 200_000) + "\r\n\r\n",
        string.Concat(Enumerable.Repeat("GET /../../x HTTP/1.1\r\nHost: a\r\n\r\n", 50)),
    ];

    [Fact]
    public async Task Crowds_deserters_and_nonsense_leave_it_serving_with_the_memory_it_had()
    {
        await using Site site = await Site.BootAsync();
        await site.CrowdAsync(CrowdSize);
        await site.RequestsAsync(2000);
        long heap = (await site.StatusAsync()).Heap;
        await site.CrowdAsync(CrowdSize);
        await site.DesertAsync(Deserters);
        foreach (string request in s_nonsense)
        {
            await site.SendNonsenseAsync(request);
        }

        // Connections that were dropped half-way end at the latest when their time for a request is over.
        Status rest = await site.UntilRestAsync();
        Assert.InRange(rest.Requests, 2000 + CrowdSize, long.MaxValue);
        Assert.InRange(rest.Malformed, 5, long.MaxValue);
        Assert.Equal(0, rest.Faults);
        await site.RequestsAsync(2000);
        Assert.InRange((await site.StatusAsync()).Heap, 0, heap + HeapSlackBytes);
    }

    [Theory]
    [InlineData(2_000, 12_000)]
    public Task The_heap_does_not_grow_with_requests(int first, int second) => HeapStaysAsync(first, second);

    [Fact]
    [Trait("Category", "Full")]
    public Task The_heap_does_not_grow_in_a_million_requests() => HeapStaysAsync(10_000, 1_000_000);

    [Fact]
    public async Task A_missing_disk_is_an_error_page_and_nothing_else()
    {
        await using Site site = await Site.BootAsync(options => options with { DiskPath = null });
        Assert.Equal(HttpStatusCode.InternalServerError, (await site.Client.GetAsync("/")).StatusCode);
        Assert.Equal(0, (await site.StatusAsync()).Faults);
        Assert.Equal(HttpStatusCode.InternalServerError, (await site.Client.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task A_partition_that_leaves_the_disk_is_an_error_page_and_nothing_else()
    {
        await using Site site = await Site.BootAsync(options => CutOff(options, partitionEndsToo: false));
        Assert.Equal(HttpStatusCode.InternalServerError, (await site.Client.GetAsync("/large.bin")).StatusCode);
        Assert.Equal(HttpStatusCode.InternalServerError, (await site.Client.GetAsync("/")).StatusCode);
        Assert.Equal(0, (await site.StatusAsync()).Faults);
    }

    [Fact]
    public async Task A_volume_that_leaves_its_partition_serves_what_is_there()
    {
        await using Site site = await Site.BootAsync(options => CutOff(options, partitionEndsToo: true));
        Assert.Equal(Page, await site.Client.GetStringAsync("/"));

        // The response has begun when the file's end is missed, so only its length tells the client.
        await Assert.ThrowsAsync<HttpRequestException>(() => site.Client.GetByteArrayAsync("/large.bin"));
        Assert.Equal(Page, await site.Client.GetStringAsync("/"));
        Assert.Equal(0, (await site.StatusAsync()).Faults);
    }

    // The file system's first clusters stay. Its partition either leaves the disk, or is cut as well, so that the volume leaves the partition.
    private static MachineOptions CutOff(MachineOptions options, bool partitionEndsToo)
    {
        const int Bytes = 4 * 1024 * 1024;
        const int PartitionSectors = 446 + 12;
        using FileStream disk = File.Open(options.DiskPath!, FileMode.Open, FileAccess.ReadWrite);
        disk.SetLength(Bytes);
        if (partitionEndsToo)
        {
            disk.Position = PartitionSectors;
            disk.Write(BitConverter.GetBytes((Bytes / DiskImage.SectorSize) - DiskImage.FirstSector));
        }

        return options;
    }

    private static async Task HeapStaysAsync(int first, int second)
    {
        await using Site site = await Site.BootAsync();
        await site.RequestsAsync(first);
        Status before = await site.StatusAsync();
        await site.RequestsAsync(second - first);
        Status after = await site.StatusAsync();
        Assert.InRange(after.Requests, second, long.MaxValue);
        Assert.InRange(after.Heap, 0, before.Heap + HeapSlackBytes);
    }

    private sealed record Status(long Requests, long Malformed, long Heap, long TcpConnections, long Faults);

    /// <summary>The web server with a small page and a large file.</summary>
    private sealed class Site : IAsyncDisposable
    {
        private const int Lanes = 8;
        private const int Pipelined = 25;
        private const int LargeBytes = 16 * 1024 * 1024;

        private readonly string _folder;
        private readonly byte[] _large;
        private readonly QemuMachine _machine;

        private Site(string folder, byte[] large, QemuMachine machine)
        {
            _folder = folder;
            _large = large;
            _machine = machine;
            Client = new HttpClient { BaseAddress = new Uri(machine.Forwards.Single().Url), Timeout = Machines.Limit };
        }

        public HttpClient Client { get; }

        private int Port => _machine.Forwards.Single().HostPort;

        public static async Task<Site> BootAsync(Func<MachineOptions, MachineOptions>? change = null)
        {
            string folder = Directory.CreateTempSubdirectory("pride-site").FullName;
            await File.WriteAllTextAsync(Path.Combine(folder, "index.html"), Page);
            byte[] large = new byte[LargeBytes];
            new Random(3).NextBytes(large);
            await File.WriteAllBytesAsync(Path.Combine(folder, "large.bin"), large);
            MachineOptions options = RunCommand.Options(Checkout.Workspace, Checkout.Image("webserver"), null, folder, preferredPorts: false);
            Site site = new(folder, large, QemuMachine.Start(change is null ? options : change(options)));
            await site._machine.Expect("web: serving on");
            return site;
        }

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            await _machine.DisposeAsync();
            Directory.Delete(_folder, recursive: true);
        }

        public async Task<Status> StatusAsync()
        {
            using JsonDocument json = JsonDocument.Parse(await Client.GetStringAsync("/status.json"));
            JsonElement root = json.RootElement;
            long faults = root.GetProperty("domains").EnumerateArray().Sum(d => d.GetProperty("faults").GetInt64());
            return new Status(Get("requests"), Get("malformedRequests"), Get("heapLiveBytes"), Get("tcpConnections"), faults);

            long Get(string name) => root.GetProperty(name).GetInt64();
        }

        /// <summary>Waits until no connection but that of the question is open.</summary>
        public async Task<Status> UntilRestAsync()
        {
            DateTime limit = DateTime.UtcNow + Machines.Limit;
            Status status = await StatusAsync();
            while (status.TcpConnections > 1)
            {
                Assert.True(DateTime.UtcNow < limit, $"{status.TcpConnections} connections are still open");
                await Task.Delay(TimeSpan.FromSeconds(1));
                status = await StatusAsync();
            }

            return status;
        }

        /// <summary>So many requests for the small page, several on their way at once, every answer compared.</summary>
        public Task RequestsAsync(int count) => Task.WhenAll(Enumerable.Range(0, Lanes).Select(_ => LaneAsync(count / Lanes)));

        /// <summary>So many connections at once, all open while each asks for the small page and reads some of the large file.</summary>
        public async Task CrowdAsync(int size)
        {
            List<TcpClient> crowd = [];
            try
            {
                // One after the other: QEMU's user network keeps a backlog of one connection, and the rest would wait for seconds.
                for (int i = 0; i < size; i++)
                {
                    crowd.Add(await ConnectAsync());
                    await AskAsync(crowd[i].GetStream(), 1);
                }

                Assert.InRange((await StatusAsync()).TcpConnections, size, int.MaxValue);
                await Task.WhenAll(crowd.Select((c, i) => RangeAsync(c.GetStream(), i * 1000, 40_000)));
                await Task.WhenAll(crowd.Select(c => AskAsync(c.GetStream(), 1)));
            }
            finally
            {
                crowd.ForEach(c => c.Dispose());
            }
        }

        /// <summary>Connections that begin a request and are reset.</summary>
        public async Task DesertAsync(int count)
        {
            for (int i = 0; i < count; i++)
            {
                using TcpClient client = await ConnectAsync();
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET /large.bin HTTP/1.1\r\nHost: a\r\n"[..(i % 30)]));
                client.Client.LingerState = new LingerOption(enable: true, seconds: 0);
            }
        }

        /// <summary>Sends what no client should and reads whatever comes until the server closes.</summary>
        public async Task SendNonsenseAsync(string request)
        {
            using TcpClient client = await ConnectAsync();
            NetworkStream stream = client.GetStream();
            try
            {
                await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
                client.Client.Shutdown(SocketShutdown.Send);
                byte[] answer = new byte[64 * 1024];
                int length = await stream.ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false);
                string text = Encoding.ASCII.GetString(answer, 0, length);
                Assert.True(text.Length == 0 || int.Parse(text.AsSpan(9, 3), CultureInfo.InvariantCulture) is >= 400 and < 600, text);
            }
            catch (IOException)
            {
                // The server has refused the rest of it and closed: an answer too.
            }
        }

        private async Task RangeAsync(NetworkStream stream, int first, int length)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /large.bin HTTP/1.1\r\nHost: a\r\nRange: bytes={first}-{first + length - 1}\r\n\r\n"));
            byte[] answer = new byte[1];
            StringBuilder head = new();
            while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                await stream.ReadExactlyAsync(answer);
                head.Append((char)answer[0]);
            }

            Assert.StartsWith("HTTP/1.1 206", head.ToString(), StringComparison.Ordinal);
            byte[] body = new byte[length];
            await stream.ReadExactlyAsync(body);
            Assert.True(_large.AsSpan(first, length).SequenceEqual(body), $"bytes {first}.. are not those of the file");
        }

        private async Task LaneAsync(int count)
        {
            using TcpClient client = await ConnectAsync();
            for (int done = 0; done < count; done += Pipelined)
            {
                await AskAsync(client.GetStream(), Math.Min(Pipelined, count - done));
            }
        }

        private async Task<TcpClient> ConnectAsync()
        {
            TcpClient client = new() { NoDelay = true };
            await client.ConnectAsync(IPAddress.Loopback, Port);
            return client;
        }

        private static async Task AskAsync(NetworkStream stream, int requests)
        {
            const string Request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(Request, requests))));
            StringBuilder text = new();
            byte[] buffer = new byte[16 * 1024];
            while (Count(text.ToString(), Page) < requests)
            {
                int read = await stream.ReadAsync(buffer);
                Assert.True(read > 0, $"the server closed after {text}");
                text.Append(Encoding.ASCII.GetString(buffer, 0, read));
            }

            Assert.Equal(requests, Count(text.ToString(), "HTTP/1.1 200 OK"));
        }

        private static int Count(string text, string part) => text.AsSpan().Count(part);
    }
}
