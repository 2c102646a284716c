// A PC's image starts by each way that a PC has, with little and with much memory, and says what is missing where it cannot.

using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Pride.Description;
using Pride.Tool;
using Pride.Tool.Building;
using Pride.Tool.Commands;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

public sealed class BootWaysTests
{
    private const string Greeting = "hello: Pride runs C# on bare metal";
    private const string Firmware = "/usr/share/ovmf/OVMF.fd";

    // Each way once with another size; with 256 MiB every other test starts by PVH. The rest of the nine is for --full.
    [Fact]
    public Task Starts_by_pvh_with_3_gib() => StartByPvh("3G");

    [Fact]
    public Task Starts_from_a_disk_under_efi_with_8_gib() => StartFromDisk("8G");

    [Fact]
    public Task Starts_under_grub_with_256_mib() => StartUnderGrub("256M");

    [Fact]
    [Trait("Category", "Full")]
    public Task Starts_by_pvh_with_8_gib() => StartByPvh("8G");

    [Theory]
    [Trait("Category", "Full")]
    [InlineData("256M")]
    [InlineData("3G")]
    public Task Starts_from_a_disk_under_efi_with_other_memory(string memory) => StartFromDisk(memory);

    [Theory]
    [Trait("Category", "Full")]
    [InlineData("3G")]
    [InlineData("8G")]
    public Task Starts_under_grub_with_other_memory(string memory) => StartUnderGrub(memory);

    [Fact]
    public async Task A_machine_with_less_memory_than_the_image_needs_says_so()
    {
        await using QemuMachine machine = Machines.BootOn(Checkout.X64Board, "hello", null, "-m", "128M");
        await machine.Expect("this machine lacks memory that the image was built for: found 0x0000000007f");
        await machine.Expect(", expected 0x000000000e000000");
    }

    // QEMU adds the file as the body of a table: too short for what an HPET's says.
    [Fact]
    public async Task A_table_that_lies_is_named()
    {
        string body = Path.Combine(Checkout.Image("hello", Checkout.X64Board).Folder, "short-table");
        File.WriteAllBytes(body, new byte[8]);
        await using QemuMachine machine = Machines.BootOn(Checkout.X64Board, "hello", null, "-M", "hpet=off", "-acpitable", $"sig=HPET,data={body}");
        await machine.Expect("ACPI table 'HPET' at 0x");
        await machine.Expect(": it is too short: found 0x000000000000002c, expected 0x0000000000000038");
    }

    [Fact]
    public async Task A_core_that_is_not_there_is_named()
    {
        await using QemuMachine machine = Machines.BootOn("qemu-q35-x86_64-smp4", "cores", null, "-smp", "3");
        await machine.Expect("kernel: core 0x0000000000000003 does not start: ACPI lists fewer cores than the image was built for");
    }

    private static async Task StartByPvh(string memory)
    {
        await using QemuMachine machine = Machines.BootOn(Checkout.X64Board, "hello", null, "-m", memory);
        await machine.Expect(Greeting);
    }

    private static async Task StartFromDisk(string memory)
    {
        SystemImage image = Checkout.Image("hello", Checkout.X64Board);
        await using QemuMachine machine = StartFromDisk(image, "-m", memory);
        await machine.Expect(Greeting);
    }

    /// <summary>Starts <paramref name="image"/> under an EFI firmware, from a disk.</summary>
    internal static QemuMachine StartFromDisk(SystemImage image, params string[] arguments)
    {
        string disk = DiskImage.NewPath(image.Folder);
        BootDisk.Create(disk, image);
        return Start(image, disk, [.. arguments, "-bios", Firmware, "-drive", $"file={disk},format=raw"]);
    }

    private static async Task StartUnderGrub(string memory)
    {
        SystemImage image = Checkout.Image("hello", Checkout.X64Board);
        string disk = DiskImage.NewPath(image.Folder);
        string folder = disk + ".files";
        Directory.CreateDirectory(Path.Combine(folder, "boot", "grub"));
        File.Copy(image.Path, Path.Combine(folder, "boot", "pride"));
        File.WriteAllText(Path.Combine(folder, "boot", "grub", "grub.cfg"), "multiboot2 /boot/pride\nboot\n");
        ProcessResult made = Processes.Run("grub-mkrescue", ["-d", "/usr/lib/grub/i386-pc", "--install-modules=multiboot2 normal iso9660 biosdisk", "-o", disk, folder]);
        Directory.Delete(folder, recursive: true);
        Assert.True(made.ExitCode == 0, made.Error);
        await using QemuMachine machine = Start(image, disk, "-m", memory, "-cdrom", disk);
        await machine.Expect(Greeting);
    }

    // The board's machine without the boot loader that QEMU is itself, and with the boot loader's disk alone.
    private static QemuMachine Start(SystemImage image, string disk, params string[] arguments)
    {
        Board board = image.Board;
        string[] bare = [.. board.Emulator.Arguments.Where(a => a is not ("-kernel" or "{image}"))];
        MachineOptions options = RunCommand.Options(Checkout.Workspace, image, null, null, preferredPorts: false);
        return QemuMachine.Start(options with
        {
            Board = board with { Emulator = board.Emulator with { Arguments = bare, DiskArguments = [] } },
            DiskPath = disk,
            ExtraArguments = arguments,
        });
    }
}
