// A file is read while its server, the block virtualiser and the block driver are restarted every few milliseconds.

using System.IO;
using Pride.Description;
using Pride.Description.Subsystems;
using Restarts.Domains;

namespace Restarts.Description;

/// <summary>Describes the system.</summary>
public sealed class RestartsSystem : ISystemDescription, IHostResources
{
    // Above all others but the timer that it calls.
    private const int RestarterPriority = 200;

    public void Describe(SystemBuilder system, Board board)
    {
        TimerSystem timer = new(system, board.Device("timer"), priority: RestarterPriority + 1);
        BlockSystem block = new(system, board.Device("blk0"));
        FileSystemServer files = new(system, block);
        Pd<Reader> reader = system.Add<Reader>("reader", priority: 100, heap: 4.MiB(), stack: 64.KiB());
        files.Connect(reader, p => p.Files);
        Pd<Restarter> restarter = system.Add<Restarter>("restarter", RestarterPriority);
        timer.Connect(restarter, p => p.Timer);
        restarter.Child(block.Driver, 0);
        restarter.Child(block.Virtualiser, 1);
        restarter.Child(files.Server, 2);
        restarter.EntryPoint(p => p.EntryPoint, files.Server);
        system.Connect(restarter.End(p => p.Reader), reader.End(p => p.Restarter));
    }

    public void Provide(HostResources resources)
    {
        string folder = Path.Combine(Path.GetTempPath(), "pride-restarts");
        Directory.CreateDirectory(folder);
        byte[] bytes = new byte[Reader.FileBytes];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = Reader.Content(i);
        }

        File.WriteAllBytes(folder + Reader.FilePath, bytes);
        resources.Disk(folder, 272.MiB());
    }
}
