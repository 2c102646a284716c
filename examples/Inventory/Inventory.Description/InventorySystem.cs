// The system: the inventory service with a network interface, a console and random numbers. Where there are more cores, virtualisers and console have their own:
// they are notified, and what is called stays on the service's core.

using Inventory.Domains;
using Pride.Description;
using Pride.Description.Subsystems;

namespace Inventory.Description;

/// <summary>Describes the example.</summary>
public sealed class InventorySystem : ISystemDescription, IHostResources
{
    private const ushort PreferredHostPort = 8081;

    public void Describe(SystemBuilder system, Board board)
    {
        SerialSystem serial = new(system, board.Device("uart0"), new SerialOptions { Core = board.CoreOrFirst(2) });
        TimerSystem timer = new(system, board.Device("timer"));
        EntropySystem entropy = new(system, board.Device("rng0"));
        NetworkSystem network = new(system, board.Device("net0"), new NetworkOptions { VirtualiserCore = board.CoreOrFirst(1) });

        // JSON nests 32 deep at most, and a pattern as deep as its text is long: both recurse on the stack.
        Pd<InventoryServer> server = system.Add<InventoryServer>("inventory", priority: 100, heap: 24.MiB(), stack: 512.KiB());
        timer.Connect(server, p => p.Timer);
        network.Connect(server, p => p.Network);
        serial.Connect(server, p => p.Console);
        entropy.Connect(server, p => p.RandomNumbers);
    }

    public void Provide(HostResources resources) => resources
        .Forward(new PortForward("inventory", InventoryServer.Port, PreferredHostPort, "http"));
}
