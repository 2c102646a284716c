// Images that are loaded elsewhere than they were built for: everything runs there, other cores and devices with direct memory access included. Those that cannot
// be moved say so.

using System;
using System.Buffers.Binary;
using System.IO;
using System.Threading.Tasks;
using Pride.Description;
using Pride.Kernel.Objects;
using Pride.Tool.Building;
using Pride.Tool.Commands;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

public sealed class MovedTests
{
    private const ulong Distance = 64 << 20;
    private const int EfiHeaderBytes = 0x1000;

    // The machine is the board's own and loads the image where it always does, which is below the place that the image was built for; the device tree says which memory there is.
    [Theory]
    [InlineData("qemu-virt-aarch64-smp4")]
    [InlineData("qemu-virt-riscv64-smp4")]
    public async Task Servers_on_several_cores_echo_from_another_place(string board)
    {
        SystemImage image = BuildElsewhere("echo", board);
        await using QemuMachine machine = QemuMachine.Start(RunCommand.Options(Checkout.Workspace, image, null, null, preferredPorts: false));
        await EchoTests.EchoAsync(machine);
    }

    [Theory]
    [InlineData(Checkout.Board, "0x0000000040200000, expected 0x0000000044200000")]
    [InlineData(Checkout.RiscVBoard, "0x0000000080200000, expected 0x0000000084200000")]
    public async Task An_image_that_cannot_be_moved_says_so(string board, string places)
    {
        SystemImage image = BuildElsewhere("hello", board);
        string path = image.Path + ".stays";
        byte[] bytes = File.ReadAllBytes(image.Path);
        Stay(bytes, at: 0);
        File.WriteAllBytes(path, bytes);
        await using QemuMachine machine = QemuMachine.Start(RunCommand.Options(Checkout.Workspace, image, null, null, preferredPorts: false) with { ImagePath = path });
        await machine.Expect($"Pride kernel panic: the image was built for another place and cannot be moved: found {places}");
    }

    [Fact]
    public async Task An_efi_firmware_that_has_taken_the_images_place_gives_it_another()
    {
        SystemImage image = Checkout.Image("hello", "qemu-q35-x86_64-smp4");
        byte[] application = WithTaker([.. image.Image.EfiBytes!], (uint)image.Image.LoadAddress);
        await using QemuMachine machine = BootWaysTests.StartFromDisk(image with { Image = image.Image with { EfiBytes = application } }, "-m", "1G");
        await machine.Expect("hello: Pride runs C# on bare metal");
    }

    // It has no list of what to move, as an image with memory at a place of its own.
    [Fact]
    [Trait("Category", "Full")]
    public async Task An_efi_firmware_that_has_taken_the_only_place_is_told()
    {
        SystemImage image = Checkout.Image("hello", "qemu-q35-x86_64-smp4");
        byte[] application = WithTaker([.. image.Image.EfiBytes!], (uint)image.Image.LoadAddress);
        Stay(application, at: EfiHeaderBytes);
        await using QemuMachine machine = BootWaysTests.StartFromDisk(image with { Image = image.Image with { EfiBytes = application } }, "-m", "1G");
        await machine.Expect("pride: the firmware has no memory for the image");
    }

    // Built for a place that lies higher than the one to which the board's machine loads it.
    private static SystemImage BuildElsewhere(string example, string board)
    {
        Board elsewhere = Board.Load(Checkout.Workspace.Root, board).MovedBy(Distance) with { Name = $"{board}-elsewhere", Moved = 0 };
        return SystemImage.Build(Checkout.Workspace, Example.Find(Checkout.Workspace, example), elsewhere, new BuildOptions(Release: false));
    }

    // The image, which starts at a byte of the file, gets an empty list of what to move. Its boot information is the page that starts with a word of its own.
    private static void Stay(byte[] file, int at)
    {
        while (BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at)) != BootInfo.ExpectedMagic)
        {
            at += (int)Limits.PageSize;
        }

        file.AsSpan(at + BootInfo.RelocationCountOffset, sizeof(ulong)).Clear();
    }

    // In the file's headers, which the firmware loads too: before the image starts, a page where it belongs becomes the firmware's own for good.
    private static byte[] WithTaker(byte[] file, uint place)
    {
        const int CodeAt = 0x800;
        const int NewHeaderPointer = 0x3C;
        const int EntryInHeader = 24 + 16;
        byte[] code =
        [
            0x51, 0x52,                                                 // push rcx, rdx: the image's handle, the system table
            0x48, 0x83, 0xEC, 0x28,                                     // sub rsp, 40
            0x48, 0x8B, 0x42, 0x60,                                     // mov rax, [rdx + 96]: the boot services
            0x48, 0xC7, 0x44, 0x24, 0x20, 0, 0, 0, 0,                   // mov qword [rsp + 32], place
            0x4C, 0x8D, 0x4C, 0x24, 0x20,                               // lea r9, [rsp + 32]
            0xB9, 2, 0, 0, 0,                                           // mov ecx, AllocateAddress
            0xBA, 6, 0, 0, 0,                                           // mov edx, EfiRuntimeServicesData
            0x41, 0xB8, 1, 0, 0, 0,                                     // mov r8d, a page
            0xFF, 0x50, 0x28,                                           // call [rax + 40]: AllocatePages
            0x48, 0x83, 0xC4, 0x28,                                     // add rsp, 40
            0x5A, 0x59,                                                 // pop rdx, rcx
            0xE9, 0, 0, 0, 0,                                           // jmp to the image's entry
        ];
        const int PlaceAt = 15;
        Span<byte> entry = file.AsSpan(BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(NewHeaderPointer)) + EntryInHeader);
        BinaryPrimitives.WriteUInt32LittleEndian(code.AsSpan(PlaceAt), place);
        BinaryPrimitives.WriteInt32LittleEndian(code.AsSpan(code.Length - sizeof(int)), BinaryPrimitives.ReadInt32LittleEndian(entry) - CodeAt - code.Length);
        BinaryPrimitives.WriteInt32LittleEndian(entry, CodeAt);
        code.CopyTo(file, CodeAt);
        return file;
    }
}
