// Images that are loaded elsewhere than they were built for: everything runs there, other cores and devices with direct memory access included.

using System;
using System.Buffers.Binary;
using System.Threading.Tasks;
using Pride.Description;
using Pride.Tool.Building;
using Pride.Tool.Commands;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

public sealed class MovedTests
{
    private const ulong Distance = 64 << 20;

    // The machine is the board's own and loads the image where it always does, which is below the place that the image was built for; the device tree says which memory there is.
    [Theory]
    [InlineData("qemu-virt-aarch64-smp4")]
    [InlineData("qemu-virt-riscv64-smp4")]
    public async Task Servers_on_several_cores_echo_from_another_place(string board)
    {
        Board elsewhere = Board.Load(Checkout.Workspace.Root, board).MovedBy(Distance) with { Name = $"{board}-elsewhere", Moved = 0 };
        SystemImage image = SystemImage.Build(Checkout.Workspace, Example.Find(Checkout.Workspace, "echo"), elsewhere, new BuildOptions(Release: false));
        await using QemuMachine machine = QemuMachine.Start(RunCommand.Options(Checkout.Workspace, image, null, null, preferredPorts: false));
        await EchoTests.EchoAsync(machine);
    }

    [Fact]
    public async Task An_efi_firmware_that_has_taken_the_images_place_gives_it_another()
    {
        SystemImage image = Checkout.Image("hello", "qemu-q35-x86_64-smp4");
        byte[] application = WithTaker([.. image.Image.EfiBytes!], (uint)image.Image.LoadAddress);
        await using QemuMachine machine = BootWaysTests.StartFromDisk(image with { Image = image.Image with { EfiBytes = application } }, "-m", "1G");
        await machine.Expect("hello: Pride runs C# on bare metal");
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
