// FAT images made by mkfs.fat and mtools, and the trees that are copied into them.

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text;

namespace Pride.FileSystems.Tests;

/// <summary>Runs the tools that make the images.</summary>
internal static class HostTools
{
    public static string Run(string tool, params string[] arguments)
    {
        ProcessStartInfo start = new(tool) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["MTOOLS_SKIP_CHECK"] = "1";
        start.Environment["LC_ALL"] = "C.UTF-8";
        using Process process = Process.Start(start)!;
        System.Threading.Tasks.Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{tool} {string.Join(' ', arguments)}: {errors.Result}{output}");
    }
}

/// <summary>A folder on the host that goes away with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Path = Directory.CreateTempSubdirectory("pride-fat-").FullName;

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>How an image is made.</summary>
/// <param name="FatBits">12, 16 or 32.</param>
/// <param name="KiB">Size of the volume.</param>
/// <param name="SectorsPerCluster">Cluster size.</param>
/// <param name="SectorSize">Logical sector size.</param>
/// <param name="PartitionSector">0: no partition table; else where the one partition begins.</param>
public sealed record ImageKind(int FatBits, int KiB, int SectorsPerCluster, int SectorSize = 512, int PartitionSector = 0)
{
    public override string ToString() => $"FAT{FatBits} {KiB} KiB {SectorsPerCluster}x{SectorSize} at {PartitionSector}";
}

/// <summary>Images of trees.</summary>
internal static class Images
{
    /// <summary>Makes an image with the contents of <paramref name="tree"/> and returns its bytes.</summary>
    public static byte[] Make(ImageKind kind, Dictionary<string, byte[]> tree, Action<string>? afterwards = null)
    {
        using TemporaryFolder folder = new();
        string image = folder.File("disk.img");
        long start = (long)kind.PartitionSector * 512;
        using (FileStream file = File.Create(image))
        {
            file.SetLength(start + ((long)kind.KiB * 1024));
        }

        List<string> format = ["-F", $"{kind.FatBits}", "-s", $"{kind.SectorsPerCluster}", "-S", $"{kind.SectorSize}", "-n", "PRIDE"];
        if (kind.PartitionSector != 0)
        {
            format.AddRange(["--offset", $"{start / kind.SectorSize}"]);
        }

        HostTools.Run("mkfs.fat", [.. format, image, $"{kind.KiB}"]);
        string drive = $"{image}@@{start}";
        string root = folder.File("tree");
        Directory.CreateDirectory(root);
        foreach ((string path, byte[] content) in tree)
        {
            string target = Path.Combine(root, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllBytes(target, content);
        }

        string[] entries = Directory.GetFileSystemEntries(root);
        if (entries.Length != 0)
        {
            HostTools.Run("mcopy", ["-i", drive, "-s", "-Q", "-m", .. entries, "::/"]);
        }

        afterwards?.Invoke(drive);
        byte[] bytes = File.ReadAllBytes(image);
        if (kind.PartitionSector != 0)
        {
            WritePartition(bytes, kind);
        }

        return bytes;
    }

    /// <summary>Names and sizes that try long names, other scripts, depth and the edges of clusters and blocks.</summary>
    public static Dictionary<string, byte[]> Tree(int largest)
    {
        Random random = new(12345);
        Dictionary<string, byte[]> tree = new()
        {
            ["EMPTY.TXT"] = [],
            ["lower.txt"] = Encoding.UTF8.GetBytes("lower case, short\n"),
            ["A long name with spaces and (signs) [] {} ' ! # $ % & - @ ^ _ ` ~.text"] = Bytes(random, 700),
            ["index.html"] = Bytes(random, 1),
            ["straße-Ünïcode-ąćę-Ελληνικά-Кириллица-日本語.html"] = Bytes(random, 4096),
            ["page and one byte.bin"] = Bytes(random, 4097),
            [new string('n', 251) + ".txt"] = Bytes(random, 511),
            ["a/b/c/d/e/f/g/h/i/j/k/l/m/deep file.txt"] = Bytes(random, 512),
            ["dir.with.dots/archive.tar.gz"] = Bytes(random, 513),
            ["largest.bin"] = Bytes(random, largest),
        };
        for (int i = 0; i < 60; i++)
        {
            tree[$"many/file number {i:d3} of a directory of several clusters.txt"] = Bytes(random, i);
        }

        return tree;
    }

    public static byte[] Bytes(Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private static void WritePartition(byte[] image, ImageKind kind)
    {
        Span<byte> entry = image.AsSpan(446, 16);
        entry[4] = kind.FatBits switch { 12 => 0x01, 16 => 0x06, _ => 0x0c };
        BitConverter.TryWriteBytes(entry[8..], kind.PartitionSector);
        BitConverter.TryWriteBytes(entry[12..], kind.KiB * 2);
        image[510] = 0x55;
        image[511] = 0xaa;
    }
}
