// The system: a web server with a network interface, a disk, a console, random numbers and the date. Where there are more cores, network virtualisers, file system
// and console have their own: they are notified, and what is called stays on the web server's core.

using Pride.Description;
using Pride.Description.Subsystems;
using Pride.Microkit;
using Webserver.Domains;

namespace Webserver.Description;

/// <summary>Describes the example.</summary>
public sealed class WebserverSystem : ISystemDescription, IHostResources
{
    private const ushort PreferredHostPort = 8080;

    public void Describe(SystemBuilder system, Board board)
    {
        SerialSystem serial = new(system, board.Device("uart0"), new SerialOptions { Core = board.CoreOrFirst(3) });
        TimerSystem timer = new(system, board.Device("timer"));
        EntropySystem entropy = new(system, board.Device("rng0"));
        NetworkSystem network = new(system, board.Device("net0"), new NetworkOptions { VirtualiserCore = board.CoreOrFirst(1) });
        BlockSystem block = new(system, board.Device("blk0"), new BlockOptions { VirtualiserCore = board.CoreOrFirst(2) });
        FileSystemServer files = new(system, block, options: new FileSystemOptions { Core = board.CoreOrFirst(2) });

        // The heap holds the buffers of 320 connections (12.5 MiB) and of the HTTP server (14 MiB), and leaves the collector room.
        Pd<WebServer> web = system.Add<WebServer>("web", priority: 100, heap: 40.MiB(), stack: 128.KiB());
        timer.Connect(web, p => p.Timer);
        network.Connect(web, p => p.Network);
        files.Connect(web, p => p.Files);
        serial.Connect(web, p => p.Console);
        entropy.Connect(web, p => p.RandomNumbers);
        web.Set(p => p.HasWallClock, board.Has("rtc"));
        if (board.Has("rtc"))
        {
            new WallClockSystem(system, board.Device("rtc")).Connect(web, p => p.WallClock);
        }
        else
        {
            web.Set(p => p.WallClock, default(Channel));
        }

        web.GrantStatistics(p => p.Statistics);
    }

    // The site made from docs/, unless the user names a folder.
    public void Provide(HostResources resources) => resources
        .Forward(new PortForward("web site", WebServer.Port, PreferredHostPort, "http"))
        .Disk("@docs", 272.MiB());
}
