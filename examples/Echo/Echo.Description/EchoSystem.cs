// The system: a network interface shared by two echo servers, each with a MAC and an IPv4 address of its own. Where there are more cores, the device is driven
// on the first, its virtualisers run on the second, the servers on the third: calls stay on a core, so the timer is there too.

using Echo.Domains;
using Pride.Description;
using Pride.Description.Subsystems;

namespace Echo.Description;

/// <summary>Describes the example.</summary>
public sealed class EchoSystem : ISystemDescription, IHostResources
{
    /// <summary>10.0.2.15 and 10.0.2.16 of QEMU's user network.</summary>
    private const uint FirstAddress = 0x0A00_020F;
    private const uint SecondAddress = 0x0A00_0210;

    public void Describe(SystemBuilder system, Board board)
    {
        int servers = board.CoreOrFirst(2);
        TimerSystem timer = new(system, board.Device("timer"), core: servers);
        NetworkSystem network = new(system, board.Device("net0"), new NetworkOptions { VirtualiserCore = board.CoreOrFirst(1) });
        AddServer("echo0", FirstAddress);
        AddServer("echo1", SecondAddress);

        void AddServer(string name, uint address)
        {
            // The heap holds the buffers of 64 connections, 64 KiB each, and is used by Init alone.
            Pd<EchoPd> server = system.Add<EchoPd>(name, priority: 100, heap: 6.MiB(), stack: 32.KiB(), core: servers);
            server.Set(p => p.StaticAddress, address);
            timer.Connect(server, p => p.Timer);
            network.Connect(server, p => p.Network);
        }
    }

    public void Provide(HostResources resources) => resources
        .Forward(new PortForward("UDP echo, first server", EchoPd.UdpPort, 0, "udp"))
        .Forward(new PortForward("TCP echo, first server", EchoPd.TcpPort, 0, "tcp"))
        .Forward(new PortForward("UDP echo, second server", EchoPd.UdpPort, 0, "udp", "10.0.2.16"))
        .Forward(new PortForward("TCP echo, second server", EchoPd.TcpPort, 0, "tcp", "10.0.2.16"));
}
