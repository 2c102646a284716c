// The system: a serial driver in C under C# virtualisers, a network stack and a timer in C# with a client in C, and a C# client that shares the console with it.
// Where there are more cores, network, console and the two clients have one each; the C client's timer is called, so it is on the client's.

using MixedLanguages.Domains;
using Pride.Description;
using Pride.Description.Subsystems;

namespace MixedLanguages.Description;

/// <summary>Describes the example.</summary>
public sealed class MixedLanguagesSystem : ISystemDescription, IHostResources
{
    private const ushort EchoPort = 7;

    // Small, so that little traffic goes round every queue: what its ends make of a wrap is part of the example.
    private const int ClientBuffers = 64;
    private const uint ConsoleBytes = 4096;

    public void Describe(SystemBuilder system, Board board)
    {
        BoardDevice uart = board.Device("uart0");
        string[] device = uart.Compatible switch
        {
            "ns16550a" => ["C/ns16550a.c", "C/ns16550a_memory.c"],
            "pnp,pnp0501" => ["C/ns16550a.c", "C/ns16550a_ports.c"],
            _ => ["C/pl011.c"],
        };
        SerialOptions console = new() { Input = true, QueueBytes = ConsoleBytes, Core = board.CoreOrFirst(2), Driver = ProgramSource.C(["C/serial_driver.c", .. device]) };
        SerialSystem serial = new(system, uart, console);
        NetworkSystem network = new(system, board.Device("net0"));
        int clientCore = board.CoreOrFirst(1);
        TimerSystem timer = new(system, board.Device("timer"), core: clientCore);

        ProgramPd client = system.AddProgram("client", ProgramSource.C("C/client.c"), new PdOptions { Priority = 50, Core = clientCore });
        network.Connect(client, rxBuffers: ClientBuffers, txBuffers: ClientBuffers);
        serial.Connect(client);
        timer.Connect(client);

        Pd<Talker> talker = system.Add<Talker>("talker", priority: 40, core: board.CoreOrFirst(3));
        serial.Connect(talker, p => p.Serial);
    }

    public void Provide(HostResources resources) => resources.Forward(new PortForward("UDP echo, in C", EchoPort, 0, "udp"));
}
