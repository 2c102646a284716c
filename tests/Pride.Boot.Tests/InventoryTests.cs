// The same service twice: compiled into a protection domain in QEMU, and the same assembly under CoreCLR on the host. Each gets the same
// requests in the same order, byte for byte, and must give the same responses: status, fields and body.

using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Inventory.Domains;
using Pride.Http;
using Pride.Http.Tests;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

public sealed class InventoryTests
{
    private const int LeastRequests = 190;

    [Theory]
    [Boots("inventory")]
    [InlineData(Checkout.Board)]
    public Task The_protection_domain_answers_as_the_same_assembly_does_under_CoreClr(string board) => Compare(board);

    [Theory]
    [Boots("inventory")]
    [Trait("Category", "Full")]
    [InlineData(Checkout.RiscVBoard)]
    [InlineData(Checkout.X64Board)]
    [MemberData(nameof(Checkout.FourCoreBoards), MemberType = typeof(Checkout))]
    public Task On_other_boards_it_does_too(string board) => Compare(board);

    private static async Task Compare(string board)
    {
        await using QemuMachine machine = Machines.BootOn(board, "inventory");
        await Compare(machine);
    }

    /// <summary>The service that runs in <paramref name="machine"/>, on whichever kernel, answers as the same assembly does on the host.</summary>
    internal static async Task Compare(QemuMachine machine)
    {
        using HostedInventory host = new();
        await machine.Expect("inventory: serving on");
        int guest = machine.Forwards.Single().HostPort;
        StringBuilder differences = new();
        int count = 0;
        foreach (string request in InventoryRequests.All)
        {
            string expected = await AskAsync(host.Port, request);
            string answer = await AskAsync(guest, request);
            Assert.StartsWith("HTTP/1.1 ", expected, StringComparison.Ordinal);
            count++;
            if (expected != answer)
            {
                differences.Append($"to\n{Start(request)}\nCoreCLR says\n{expected}\nthe guest says\n{answer}\n");
            }
        }

        Assert.True(differences.Length == 0, $"{differences}\n{machine.Serial}");
        Assert.DoesNotContain("a request failed", machine.Serial, StringComparison.Ordinal);
        Assert.InRange(count, LeastRequests, int.MaxValue);
    }

    // Somebody who waits for a change is told of it when it happens, not when the time is over.
    [Fact]
    public async Task Who_waits_for_a_change_is_told_at_once()
    {
        await using QemuMachine machine = Machines.Boot("inventory");
        await machine.Expect("inventory: serving on");
        int guest = machine.Forwards.Single().HostPort;
        Task<string>[] waiting = [.. Enumerable.Range(0, 8).Select(_ => AskAsync(guest, InventoryRequests.Get("/changes?since=0&wait=20000")))];
        await AskAsync(guest, InventoryRequests.Get("/items"));
        Assert.All(waiting, w => Assert.False(w.IsCompleted));
        await AskAsync(guest, InventoryRequests.Post("/items", """{"name":"news","price":1}"""));
        foreach (string answer in await Task.WhenAll(waiting))
        {
            Assert.EndsWith("""{"last":1,"changes":[{"sequence":1,"kind":"Created","item":1,"delta":0}]}""", answer, StringComparison.Ordinal);
        }
    }

    /// <summary>All that comes back for the bytes of one request on a connection of its own.</summary>
    private static async Task<string> AskAsync(int port, string request)
    {
        using CancellationTokenSource late = new(Machines.Limit);
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), late.Token);
        await socket.SendAsync(Encoding.Latin1.GetBytes(request), late.Token);
        StringBuilder answer = new();
        byte[] buffer = new byte[16 * 1024];
        int count;
        while ((count = await socket.ReceiveAsync(buffer, late.Token)) > 0)
        {
            answer.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }

        return answer.ToString();
    }

    private static string Start(string request) => request.Length <= 500 ? request : request[..500] + "...";

    /// <summary>The service as the protection domain makes it, over the host's sockets.</summary>
    private sealed class HostedInventory : IDisposable
    {
        private readonly HostLoop _loop = new();
        private readonly SocketListener _listener = new();

        public HostedInventory()
        {
            HttpServer server = new(new ClockWithoutDate(), InventoryApi.Limits) { Fallback = new InventoryApi(new Store()) };
            _loop.Post(_ => _ = server.RunAsync(_listener), null);
        }

        public int Port => _listener.Port;

        public void Dispose()
        {
            _listener.Dispose();
            _loop.Dispose();
        }
    }

    // The example has no real-time clock, so its responses have no Date.
    private sealed class ClockWithoutDate : IHttpClock
    {
        private readonly HostClock _clock = new();

        public long Milliseconds => _clock.Milliseconds;

        public long UnixSeconds => 0;

        public ValueTask DelayAsync(int milliseconds) => _clock.DelayAsync(milliseconds);
    }
}
