// On which cores a network system's PDs run.

using System.Linq;
using Pride.Description.Subsystems;
using Xunit;

namespace Pride.Description.Tests;

public sealed class NetworkCoresTests
{
    [Fact]
    public void Copiers_run_on_their_clients_cores_and_the_rest_where_the_options_say()
    {
        SystemBuilder system = new("test", Board.Load(TestBoard.Root, "qemu-virt-aarch64-smp4"));
        NetworkSystem network = new(system, system.Board.Device("net0"), new NetworkOptions { Core = 1 });
        foreach (int core in (int[])[2, 3])
        {
            network.Connect(system.AddProgram($"client{core}", new ElfSource("client.elf", null), new PdOptions { Priority = 1, Core = core }));
        }

        system.Complete();
        Assert.Equal(
            ["client2 2", "client3 3", "net_copy_client2 2", "net_copy_client3 3", "net_driver 1", "net_virt_rx 1", "net_virt_tx 1"],
            system.Pds.Select(pd => $"{pd.Name} {pd.Options.Core}").Order());
    }
}
