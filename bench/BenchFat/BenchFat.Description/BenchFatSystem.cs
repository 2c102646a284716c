// Disk, FAT server and the measuring client.

using System.IO;
using BenchFat.Domains;
using Pride.Description;
using Pride.Description.Subsystems;

namespace BenchFat.Description;

/// <summary>Describes the benchmark.</summary>
public sealed class BenchFatSystem : ISystemDescription, IHostResources
{
    public void Describe(SystemBuilder system, Board board)
    {
        BlockSystem block = new(system, board.Device("blk0"));
        FileSystemServer files = new(system, block);
        Pd<FatBench> bench = system.Add<FatBench>("bench", priority: 100);
        files.Connect(bench, p => p.Files);
        bench.GrantStatistics(p => p.Statistics);
    }

    public void Provide(HostResources resources)
    {
        string folder = Path.Combine(Path.GetTempPath(), "pride-bench-fat");
        WriteFile(folder, FatBench.FilePath, FatBench.FileBytes);
        WriteFile(folder, FatBench.StatPath, 1000);
        resources.Disk(folder, 272.MiB());
    }

    private static void WriteFile(string folder, System.ReadOnlySpan<byte> path, int length)
    {
        string file = Path.Combine(folder, System.Text.Encoding.UTF8.GetString(path[1..]));
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
        {
            bytes[i] = FatBench.Content((ulong)i);
        }

        File.WriteAllBytes(file, bytes);
    }
}
