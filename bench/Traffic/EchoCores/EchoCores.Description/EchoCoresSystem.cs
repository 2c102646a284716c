// Driver and virtualisers on core 0, four echo servers with their copiers on the other three, or all on one core.

using EchoCores.Domains;
using Pride.Description;
using Pride.Description.Subsystems;

namespace EchoCores.Description;

/// <summary>Describes the benchmark.</summary>
public sealed class EchoCoresSystem : ISystemDescription, IHostResources
{
    /// <summary>10.0.2.15 of QEMU's user network; the servers' addresses follow each other.</summary>
    private const uint FirstAddress = 0x0A00_020F;

    private static readonly int[] s_cores = [1, 2, 3, 3];

    public void Describe(SystemBuilder system, Board board)
    {
        NetworkSystem network = new(system, board.Device("net0"));
        for (int i = 0; i < s_cores.Length; i++)
        {
            Pd<UdpEcho> server = system.Add<UdpEcho>($"echo{i}", priority: 100, heap: 1.MiB(), stack: 32.KiB(), core: s_cores[i] < board.Cores ? s_cores[i] : 0);
            server.Set(p => p.Address, FirstAddress + (uint)i);
            network.Connect(server, p => p.Network);
        }
    }

    public void Provide(HostResources resources)
    {
        for (int i = 0; i < s_cores.Length; i++)
        {
            resources.Forward(new PortForward($"UDP echo {i}", UdpEcho.Port, 0, "udp", $"10.0.2.{(FirstAddress & 0xFF) + i}"));
        }
    }
}
