// The web server: a PD written with async/await over the network stack, the file system and Pride.Http.
//
// Everything here runs between two waits of the PD (NetworkProtectionDomain).

using System;
using System.Threading.Tasks;
using Pride.Abi.Fs;
using Pride.Abi.Sddf;
using Pride.Fs;
using Pride.Http;
using Pride.Http.Net;
using Pride.Machine;
using Pride.Microkit;
using Pride.Net;
using Pride.Net.Sddf;
using Pride.Runtime.Time;
using Pride.Sddf;
using Pride.Services;

namespace Webserver.Domains;

/// <summary>Serves a folder of a file system, and a status page.</summary>
[Profile(Profile.Managed)]
public sealed class WebServer : NetworkProtectionDomain
{
    /// <summary>HTTP's port.</summary>
    public const ushort Port = 80;

    [Wired]
    public Config<NetworkClientConfig> Network;

    [Wired]
    public Config<TimerClientConfig> Timer;

    /// <summary>Where the site lies.</summary>
    [Wired]
    public Config<FsClientConfig> Files;

    /// <summary>Where it says what it does.</summary>
    [Wired]
    public Config<SerialClientConfig> Console;

    /// <summary>The driver of the random number generator: sequence numbers and hash seeds that nobody can guess.</summary>
    [Wired]
    public Channel RandomNumbers;

    /// <summary>The driver of the real-time clock: the Date of each response.</summary>
    [Wired]
    public Channel WallClock;

    /// <summary>The board has such a clock; without one nobody knows the date, and responses have none.</summary>
    [Wired]
    public bool HasWallClock;

    /// <summary>The kernel's statistics page, for the status page.</summary>
    [Wired]
    public Region Statistics;

    private SerialClient? _console;
    private FileSystemClient? _files;

    /// <inheritdoc/>
    protected override async Task RunAsync()
    {
        _console = new SerialClient(Console);
        var entropy = new EntropyClient(RandomNumbers);
        Entropy.Source = entropy;
        if (HasWallClock)
        {
            new WallClockClient(WallClock).SetClock();
        }

        // 320 connections of 40 KiB: 12.5 MiB. Requests are short, so little is received at a time; responses are not.
        var options = new NetworkStackOptions { MaximumConnections = 320, SendBufferBytes = 32 * 1024, ReceiveBufferBytes = 8 * 1024, MaximumReassemblies = 1 };
        NetworkStack stack = StartNetwork(Network, Timer, options);
        stack.Dhcp.Start();

        // 320 connections can hold a block each for output and one for a long request; the rest is for the cache.
        var server = new HttpServer(new RuntimeHttpClock(), new HttpLimits { Connections = 320, Blocks = 896 });
        server.OnFailure = failure => Say("a handler failed: " + failure.Message);
        var status = new StatusPage(server, stack, new StatisticsPage(Statistics));
        server.Map("/status", HttpMethods.Get, status.HtmlAsync);
        server.Map("/status.json", HttpMethods.Get, status.JsonAsync);
        _files = new FileSystemClient(Files);
        OnNotified(_files.Channel, _files.ProcessCompletions);
        server.Fallback = new StaticSite(new FileSystemSource(_files), server);
        Say(entropy.IsSeeded ? "listening on port 80" : "listening on port 80, without a random number generator: sequence numbers can be guessed");
        await server.RunAsync(new TcpHttpListener(stack, Port));
    }

    /// <inheritdoc/>
    public override void Idle()
    {
        base.Idle();
        _files!.Submit();
    }

    /// <inheritdoc/>
    protected override void AddressAssigned(Ipv4Address address) => Say("serving on " + address.ToString());

    private void Say(string text)
    {
        _console!.Print($"web: {text}\n");
        _console.Flush();
    }
}
