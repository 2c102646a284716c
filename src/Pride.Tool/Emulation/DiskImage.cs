// Makes a FAT disk from a folder, with mtools: no mounting, no root.

using System;
using System.IO;
using System.Linq;
using Pride.Description;

namespace Pride.Tool.Emulation;

/// <summary>FAT disk images.</summary>
public static class DiskImage
{
    private const ulong SmallestFat32 = 40UL * 1024 * 1024;

    /// <summary>Writes a FAT file system of <paramref name="bytes"/> with the content of <paramref name="folder"/> to <paramref name="path"/>.</summary>
    /// <exception cref="ToolException">The folder is missing or does not fit.</exception>
    public static void Create(string path, string folder, ulong bytes)
    {
        if (!Directory.Exists(folder))
        {
            throw new ToolException(ExitCodes.Usage, $"there is no folder {folder}", "give an existing folder to --site");
        }

        ulong content = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Aggregate(0UL, (sum, f) => sum + (ulong)new FileInfo(f).Length);
        ulong size = Math.Max(Math.Max(bytes, SmallestFat32), Sizes.RoundUp(content + (content / 4) + 16.MiB(), 1.MiB()));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Delete(path);
        using (FileStream file = File.Create(path))
        {
            file.SetLength((long)size);
        }

        Run(File.Exists("/usr/sbin/mkfs.fat") ? "/usr/sbin/mkfs.fat" : "mkfs.fat", ["-F", "32", "-n", "PRIDE", path]);
        string[] entries = Directory.GetFileSystemEntries(folder);
        if (entries.Length > 0)
        {
            Run("mcopy", ["-i", path, "-s", "-Q", .. entries.Order(StringComparer.Ordinal), "::/"]);
        }
    }

    private static void Run(string program, string[] arguments)
    {
        ProcessResult result = Processes.Run(program, arguments);
        if (result.ExitCode != 0)
        {
            throw new ToolException(ExitCodes.Failure, $"{program} failed: {result.Error.Trim()} {result.Output.Trim()}", "see whether the disk is full");
        }
    }
}
