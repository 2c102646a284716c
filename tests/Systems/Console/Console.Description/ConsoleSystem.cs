// The system: serial line, timer, random number generator and disk of the board, and one client of all of them.

using System.IO;
using Console.Domains;
using Pride.Description;
using Pride.Description.Subsystems;

namespace Console.Description;

/// <summary>Describes the system.</summary>
public sealed class ConsoleSystem : ISystemDescription, IHostResources
{
    public void Describe(SystemBuilder system, Board board)
    {
        SerialSystem serial = new(system, board.Device("uart0"), new SerialOptions { Input = true });
        TimerSystem timer = new(system, board.Device("timer"));
        EntropySystem entropy = new(system, board.Device("rng0"));
        BlockSystem block = new(system, board.Device("blk0"));
        Pd<Answerer> answerer = system.Add<Answerer>("answerer", priority: 50);
        serial.Connect(answerer, p => p.Serial);
        timer.Connect(answerer, p => p.Timer);
        entropy.Connect(answerer, p => p.RandomNumbers);
        block.Connect(answerer, p => p.Disk, dataBytes: 64.KiB());
    }

    public void Provide(HostResources resources)
    {
        string folder = Path.Combine(Path.GetTempPath(), "pride-console");
        Directory.CreateDirectory(folder);
        resources.Disk(folder, 272.MiB());
    }
}
