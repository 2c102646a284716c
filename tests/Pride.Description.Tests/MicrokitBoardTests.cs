// Boards by the names that Microkit has for them: with the memory of Microkit's board, where system descriptions place regions.

using System.IO;
using System.Linq;
using Pride.Description.Sdf;
using Xunit;

namespace Pride.Description.Tests;

public sealed class MicrokitBoardTests
{
    [Theory]
    [InlineData("qemu_virt_aarch64", "qemu-virt-aarch64", 0xc000_0000)]
    [InlineData("qemu_virt_aarch64_el1", "qemu-virt-aarch64", 0xc000_0000)]
    [InlineData("qemu_virt_riscv64", "qemu-virt-riscv64", 0x1_0000_0000)]
    [InlineData("x86_64_generic", "qemu-q35-x86_64", 0x7fc0_0000)]
    [InlineData("zcu102", "qemu-xlnx-zcu102", 0x7ff0_0000)]
    public void A_board_has_the_memory_that_it_has_with_microkit(string microkit, string name, ulong end)
    {
        Board board = Board.Load(TestBoard.Root, microkit);
        Board own = Board.Load(TestBoard.Root, name);
        Assert.Equal((name, 1), (board.Name, board.Cores));
        Assert.Equal((own.Memory[0].Base, end), (board.Memory.Single().Base, board.Memory[0].Base + board.Memory[0].Size));
        Assert.Equal([.. own.Emulator.Arguments, "-m", "2G"], board.Emulator.Arguments.Take(own.Emulator.Arguments.Count + 2));

        Board several = Board.Load(TestBoard.Root, microkit, severalCores: true);
        Assert.Equal((name + "-smp4", 4), (several.Name, several.Cores));
        Assert.Equal(board.Memory, several.Memory);
    }

    // To Microkit they are one board.
    [Theory]
    [InlineData("qemu-virt-aarch64-smp4", "qemu_virt_aarch64")]
    [InlineData("qemu-virt-riscv64-smp4", "qemu_virt_riscv64")]
    [InlineData("qemu-q35-x86_64-smp4", "x86_64_generic")]
    public void A_board_of_several_cores_has_Microkits_name_of_the_one_with_one(string name, string microkit)
    {
        Board board = Board.Load(TestBoard.Root, name);
        Assert.Equal(microkit, board.Microkit!.Names[0]);
        Assert.InRange(board.Memory.Single().Size, 0ul, 256ul << 20);
        string[] arguments = [.. board.Emulator.MicrokitArguments!];
        Assert.Equal("4", arguments[System.Array.IndexOf(arguments, "-smp") + 1]);
        Assert.Null(Board.Load(TestBoard.Root, "qemu-virt-aarch64-gic3-smp4").Microkit);
    }

    [Fact]
    public void A_name_that_nobody_has_is_refused_with_those_that_there_are()
    {
        InvalidDataException e = Assert.Throws<InvalidDataException>(() => Board.Load(TestBoard.Root, "qemu_virt_arm"));
        Assert.Contains("qemu-virt-riscv64", e.Message, System.StringComparison.Ordinal);
        Assert.Contains("x86_64_generic", e.Message, System.StringComparison.Ordinal);
        Assert.Contains("docs/boards.md", e.Message, System.StringComparison.Ordinal);
    }

    // The firmware puts registers behind it where sDDF's descriptions map them.
    [Fact]
    public void A_PC_by_its_Microkit_name_has_a_display_adapter()
    {
        Assert.Contains(Board.Load(TestBoard.Root, "x86_64_generic").Emulator.Arguments, a => a.StartsWith("VGA,addr=1", System.StringComparison.Ordinal));
        Assert.DoesNotContain(Board.Load(TestBoard.Root, "qemu-q35-x86_64").Emulator.Arguments, a => a.StartsWith("VGA", System.StringComparison.Ordinal));
    }

    // sDDF has the disk of Arm's board in the network device's page, and a PC's devices at other functions.
    [Theory]
    [InlineData("qemu_virt_aarch64", 0x0a00_1000, "bus=virtio-mmio-bus.8", true)]
    [InlineData("qemu_virt_aarch64", 0x0a00_0000, "bus=virtio-mmio-bus.1", true)]
    [InlineData("qemu_virt_riscv64", 0x1000_2000, "bus=virtio-mmio-bus.1", true)]
    [InlineData("qemu_virt_riscv64", 0x1000_5000, "bus=virtio-mmio-bus.1", true)]
    [InlineData("x86_64_generic", 0xc000_4000, "addr=5", true)]
    [InlineData("x86_64_generic", 0xfe00_0000, "addr=3", true)]
    [InlineData("x86_64_generic", 0xc000_0000, "addr=4", false)]
    [InlineData("x86_64_generic", 0xfe00_0000, "addr=2", false)]
    [InlineData("zcu102", 0xff0e_0000, "hubport,hubid=2", false)]
    [InlineData("qemu-raspi3b", 0xff0e_0000, "if=sd", true)]
    public void Devices_are_where_the_description_maps_their_registers(string name, ulong registers, string argument, bool disk)
    {
        Board board = Board.Load(TestBoard.Root, name);
        string text = $"<system><memory_region name=\"registers\" size=\"0x1000\" phys_addr=\"0x{registers:x}\"/></system>";
        BoardEmulator emulator = board.WithDevicesFor(SdfReader.Read(text, "test.system", board, new SdfFiles([])).Regions).Emulator;
        Assert.Contains(disk ? emulator.DiskArguments : emulator.NetworkArguments, a => a.Contains(argument, System.StringComparison.Ordinal));
    }
}
