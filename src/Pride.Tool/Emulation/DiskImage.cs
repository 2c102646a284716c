// Makes a disk from a folder, with mkfs.fat and mtools: no mounting, no root. The disk has a partition table with one FAT32 partition,
// since the block virtualiser gives partitions to its clients.

using System;
using System.Buffers.Binary;
using System.IO;
using System.Linq;
using System.Numerics;
using Pride.Description;

namespace Pride.Tool.Emulation;

/// <summary>FAT disk images.</summary>
public static class DiskImage
{
    /// <summary>Bytes in a sector.</summary>
    public const uint SectorSize = 512;

    /// <summary>Where the partition begins, in sectors.</summary>
    // 1 MiB, as all partitioning tools align; the virtualiser needs a multiple of 4 KiB.
    public const uint FirstSector = 2048;

    // Clusters of 4 KiB: as large as a block, and 65,525 of them, the fewest that make FAT32, are 256 MiB. The file is sparse.
    private const uint SectorsPerCluster = 8;
    private const ulong SmallestVolume = 272UL * 1024 * 1024;

    // The partition entry (UEFI 2.10, 5.2.1): offset 446; type, first sector and count at 4, 8 and 12 of it.
    private const int PartitionEntry = 446;
    private const byte TypeFat32Lba = 0x0c;

    /// <summary>
    /// Writes a disk with a FAT file system of <paramref name="bytes"/> with the content of <paramref name="folder"/> to <paramref name="path"/>; its
    /// partition is of <paramref name="partitionType"/>.
    /// </summary>
    /// <exception cref="ToolException">The folder is missing or does not fit.</exception>
    public static void Create(string path, string folder, ulong bytes, byte partitionType = TypeFat32Lba)
    {
        RequireFolder(folder);
        ulong content = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Aggregate(0UL, (sum, f) => sum + (ulong)new FileInfo(f).Length);
        ulong size = Math.Max(Math.Max(bytes, SmallestVolume), Sizes.RoundUp(content + (content / 4) + 16.MiB(), 1.MiB()));
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.Delete(path);
        using (FileStream file = File.Create(path))
        {
            // SD cards must have a power of two bytes under QEMU.
            file.SetLength((long)BitOperations.RoundUpToPowerOf2((FirstSector * SectorSize) + size));
            WritePartitionTable(file, (uint)(size / SectorSize), partitionType);
        }

        Run(File.Exists("/usr/sbin/mkfs.fat") ? "/usr/sbin/mkfs.fat" : "mkfs.fat",
            ["-F", "32", "-s", $"{SectorsPerCluster}", "-n", "PRIDE", "--offset", $"{FirstSector}", path, $"{size / 1024}"]);
        string[] entries = Directory.GetFileSystemEntries(folder);
        if (entries.Length > 0)
        {
            // Without a UTF-8 locale mtools spoils names that are not ASCII.
            Run("env", ["LC_ALL=C.UTF-8", "mcopy", "-i", $"{path}@@{FirstSector * SectorSize}", "-s", "-Q", "-m", .. entries.Order(StringComparer.Ordinal), "::/"]);
        }
    }

    /// <summary>Refuses a folder that is not there.</summary>
    /// <exception cref="ToolException">It is missing.</exception>
    public static void RequireFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new ToolException(ExitCodes.Usage, $"there is no folder {folder}", "give an existing folder to --site");
        }
    }

    /// <summary>A path in <paramref name="folder"/> that no other machine uses: a disk belongs to one, which deletes it at its end.</summary>
    public static string NewPath(string folder)
    {
        // Machines that were killed have left theirs.
        foreach (string left in Directory.Exists(folder) ? Directory.GetFiles(folder, "disk-*.img") : [])
        {
            string[] parts = Path.GetFileNameWithoutExtension(left).Split('-');
            if (parts.Length < 2 || !Directory.Exists($"/proc/{parts[1]}"))
            {
                File.Delete(left);
            }
        }

        return Path.Combine(folder, $"disk-{Environment.ProcessId}-{Guid.NewGuid():N}.img");
    }

    private static void WritePartitionTable(FileStream file, uint sectors, byte type)
    {
        byte[] sector = new byte[SectorSize];
        Span<byte> entry = sector.AsSpan(PartitionEntry);
        entry[4] = type;
        BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], FirstSector);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[12..], sectors);
        BinaryPrimitives.WriteUInt16LittleEndian(sector.AsSpan(510), 0xaa55);
        file.Write(sector);
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
