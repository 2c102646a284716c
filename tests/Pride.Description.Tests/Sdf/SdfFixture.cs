// Reads descriptions for the tests: machines of several kinds, and a folder with the files that the descriptions name.

using System;
using System.Collections.Generic;
using System.IO;
using Pride.Description.Sdf;
using Pride.Machine;

namespace Pride.Description.Tests.Sdf;

internal static class SdfFixture
{
    public const string FileName = "wrong.system";

    /// <summary>a.elf (not an ELF file: descriptions do not look into it), empty.bin, word.bin (4 bytes), two-pages.bin (a page and a byte).</summary>
    public static string Folder { get; } = MakeFolder();

    public static SystemBuilder Read(string text, Target target) => SdfReader.Read(text, FileName, BoardFor(target), new SdfFiles([Folder]));

    public static Board BoardFor(Target target)
    {
        Board arm = TestBoard.Load();
        return target switch
        {
            Target.ArmHypervisor => arm with { Hypervisor = true },
            Target.ArmFourCores => Board.Load(TestBoard.Root, "qemu-virt-aarch64-smp4"),
            Target.X64 => arm with { Architecture = Architecture.X64, Hypervisor = true, Iommu = true, Kernel = arm.Kernel with { CounterFrequency = 0 } },
            Target.X64WithoutIommu => arm with { Architecture = Architecture.X64 },
            _ => arm,
        };
    }

    private static string MakeFolder()
    {
        string folder = Directory.CreateTempSubdirectory("pride-sdf-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        foreach ((string name, byte[] bytes) in new Dictionary<string, byte[]>
        {
            ["a.elf"] = [1],
            ["empty.bin"] = [],
            ["word.bin"] = [1, 2, 3, 4],
            ["two-pages.bin"] = new byte[(int)Limits.PageSize + 1],
        })
        {
            File.WriteAllBytes(Path.Combine(folder, name), bytes);
        }

        return folder;
    }
}
