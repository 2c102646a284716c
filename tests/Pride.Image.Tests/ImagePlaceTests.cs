// Where images are built for: the board's own place, or Microkit's where the board was asked for by Microkit's name.

using System;
using System.Buffers.Binary;
using System.IO;
using System.Linq;
using Pride.Description;
using Pride.Description.Sdf;
using Pride.Image.Elf;
using Xunit;

namespace Pride.Image.Tests;

public sealed class ImagePlaceTests
{
    private const ulong Own = 0x4020_0000;
    private const ulong Microkits = 0x7000_0000;
    private const ulong MemoryEnd = 0xc000_0000;
    private const int TextOffset = 8;

    [Theory]
    [InlineData("qemu_virt_aarch64", "", Own)]
    [InlineData("qemu_virt_aarch64", "size=\"0x1000\" phys_addr=\"0x5fcf0000\"", Microkits)]
    [InlineData("qemu_virt_aarch64_el1", "size=\"0x1000\" phys_addr=\"0x5fcf0000\"", Microkits)]
    [InlineData("qemu_virt_aarch64", "size=\"0x1000\" phys_addr=\"0xb0000000\"", Microkits)]
    [InlineData("qemu_virt_aarch64", "size=\"0x200000\" phys_addr=\"0x6ff00000\"", Own)]
    [InlineData("qemu_virt_aarch64", "size=\"0x1000\" phys_addr=\"0x70000000\"", Own)]
    [InlineData("qemu_virt_aarch64", "phys_addr=\"0x5fcf0000\" prefill_path=\"fill.bin\"", Own)]
    [InlineData("qemu_virt_aarch64", "size=\"0x55000000\"", Own)]
    [InlineData("qemu-virt-aarch64", "size=\"0x1000\" phys_addr=\"0x4fcf0000\"", Own)]
    public void Fixed_memory_decides_about_the_place(string board, string region, ulong place)
    {
        BootImage image = Build(board, region, out _);
        Assert.Equal((place, place == Own ? 0 : 0x3000_0000ul), (image.LoadAddress, BinaryPrimitives.ReadUInt64LittleEndian(image.Bytes.AsSpan(TextOffset))));
    }

    // The highest byte in use, after the move.
    [Fact]
    public void An_image_without_fixed_memory_can_be_moved_to_Microkits_place()
    {
        BootImage image = Build("qemu_virt_aarch64", string.Empty, out _);
        Assert.Equal(MemoryEnd, image.Uses.Max(u => u.Physical + u.Bytes) + (Microkits - Own));
        Assert.Equal(MemoryEnd - 0x7000_0000, Build("qemu-virt-aarch64", string.Empty, out _).Uses.Max(u => u.Physical + u.Bytes));
    }

    // More than there is above Microkit's place, but not more than there is.
    [Fact]
    public void Where_memory_does_not_suffice_the_image_stays()
    {
        BootImage image = Build("qemu_virt_aarch64", "size=\"0x55000000\"", out _);
        Assert.InRange(image.Uses.Max(u => u.Physical + u.Bytes), MemoryEnd - (Microkits - Own) + 1, MemoryEnd);
        ImageException e = Assert.Throws<ImageException>(() => Build("qemu_virt_aarch64", "size=\"0x80000000\"", out _));
        Assert.Contains("is full", e.Message, StringComparison.Ordinal);
    }

    private static BootImage Build(string name, string region, out Board board)
    {
        board = Board.Load(TestFiles.RepositoryRoot(), name);
        string folder = Directory.CreateTempSubdirectory("pride-place").FullName;
        File.WriteAllBytes(Path.Combine(folder, "fill.bin"), [1, 2, 3]);
        File.WriteAllBytes(Path.Combine(folder, "p.elf"), [0]);
        string regions = region.Length == 0 ? string.Empty : $"<memory_region name=\"r\" {region} />";
        string text = $"<system>{regions}<protection_domain name=\"p\" priority=\"1\"><program_image path=\"p.elf\" /></protection_domain></system>";
        SystemBuilder system = SdfReader.Read(text, "test.system", board, new SdfFiles([folder]));
        ElfFile program = new ElfWriter { Entry = 0x20_0000 }.Segment(0x20_0000, new byte[4], ElfSegmentFlags.Read | ElfSegmentFlags.Execute).Build("p.elf");
        BootImage image = ImageBuilder.Build(system, TestFiles.Kernel(), null, _ => program, new ImageOptions(true));
        Directory.Delete(folder, recursive: true);
        return image;
    }
}
