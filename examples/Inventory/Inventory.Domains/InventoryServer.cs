// The inventory service as a protection domain: a network stack, an HTTP server, and InventoryApi behind it.
//
// All that the service does stands in InventoryApi and below, which know nothing of protection domains: the same assembly runs
// under .NET on the host.

using System.Threading.Tasks;
using Pride.Abi.Sddf;
using Pride.Http;
using Pride.Http.Net;
using Pride.Machine;
using Pride.Microkit;
using Pride.Net;
using Pride.Net.Sddf;
using Pride.Runtime.Time;
using Pride.Sddf;
using Pride.Services;

namespace Inventory.Domains;

/// <summary>Serves the inventory on port 80.</summary>
[Profile(Profile.Managed)]
public sealed class InventoryServer : NetworkProtectionDomain
{
    /// <summary>HTTP's port.</summary>
    public const ushort Port = 80;

    [Wired]
    public Config<NetworkClientConfig> Network;

    [Wired]
    public Config<TimerClientConfig> Timer;

    /// <summary>Where it says what it does.</summary>
    [Wired]
    public Config<SerialClientConfig> Console;

    /// <summary>The driver of the random number generator: sequence numbers and hash seeds that nobody can guess.</summary>
    [Wired]
    public Channel RandomNumbers;

    private SerialClient? _console;

    /// <inheritdoc/>
    protected override async Task RunAsync()
    {
        _console = new SerialClient(Console);
        Entropy.Source = new EntropyClient(RandomNumbers);

        // 64 connections of 40 KiB: 2.5 MiB.
        var options = new NetworkStackOptions { MaximumConnections = 64, SendBufferBytes = 32 * 1024, ReceiveBufferBytes = 8 * 1024, MaximumReassemblies = 1 };
        NetworkStack stack = StartNetwork(Network, Timer, options);
        stack.Dhcp.Start();
        var server = new HttpServer(new RuntimeHttpClock(), InventoryApi.Limits);
        server.OnFailure = failure => Say("a request failed: " + failure.Message);
        server.Fallback = new InventoryApi(new Store());
        await server.RunAsync(new TcpHttpListener(stack, Port));
    }

    /// <inheritdoc/>
    protected override void AddressAssigned(Ipv4Address address) => Say("serving on " + address.ToString());

    private void Say(string text)
    {
        _console!.Print($"inventory: {text}\n");
        _console.Flush();
    }
}
