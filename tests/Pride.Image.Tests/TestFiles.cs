// What several tests of images need: the repository with its boards, and a made-up kernel.

using System;
using System.Buffers.Binary;
using System.IO;
using Pride.Image.Elf;
using Pride.Kernel.Objects;

namespace Pride.Image.Tests;

internal static class TestFiles
{
    private const ElfSegmentFlags Text = ElfSegmentFlags.Read | ElfSegmentFlags.Execute;
    private const ElfSegmentFlags Data = ElfSegmentFlags.Read | ElfSegmentFlags.Write;

    /// <summary>Where the made-up kernel has its entry for EFI.</summary>
    public const int EfiEntry = 0x40;

    public static string RepositoryRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Pride.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("the tests run outside the repository");
    }

    /// <summary>A kernel with an Image header: AArch64's unless another is asked for.</summary>
    public static ElfFile Kernel(uint magic = 0x644d5241, ulong textOffset = 0)
    {
        byte[] text = new byte[0x1000];
        BinaryPrimitives.WriteUInt64LittleEndian(text.AsSpan(8), textOffset);
        BinaryPrimitives.WriteUInt32LittleEndian(text.AsSpan(56), magic);
        return new ElfWriter { Entry = KernelLayout.ImageWindow, BuildId = new byte[20] }
            .Segment(KernelLayout.ImageWindow, text, Text)
            .Segment(KernelLayout.ImageWindow + 0x1000, new byte[0x1000], ElfSegmentFlags.Read)
            .Segment(KernelLayout.ImageWindow + 0x2000, new byte[0x100], Data, memorySize: 0x2000)
            .Symbol(BootInfo.Symbol, KernelLayout.ImageWindow + 0x1000, 0x1000)
            .Symbol("pride_efi_entry", KernelLayout.ImageWindow + EfiEntry, 0x10)
            .Build("kernel.elf");
    }
}
