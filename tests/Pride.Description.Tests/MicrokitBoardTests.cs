// Boards by the names that Microkit has for them: with the memory of Microkit's board, where system descriptions place regions.

using System.IO;
using System.Linq;
using Xunit;

namespace Pride.Description.Tests;

public sealed class MicrokitBoardTests
{
    [Theory]
    [InlineData("qemu_virt_aarch64", "qemu-virt-aarch64", 0xc000_0000)]
    [InlineData("qemu_virt_aarch64_el1", "qemu-virt-aarch64", 0xc000_0000)]
    [InlineData("qemu_virt_riscv64", "qemu-virt-riscv64", 0x1_0000_0000)]
    [InlineData("x86_64_generic", "qemu-q35-x86_64", 0x7fc0_0000)]
    public void A_board_has_the_memory_that_it_has_with_microkit(string microkit, string name, ulong end)
    {
        Board board = Board.Load(TestBoard.Root, microkit);
        Board own = Board.Load(TestBoard.Root, name);
        Assert.Equal((name, 1), (board.Name, board.Cores));
        Assert.Equal((own.Memory[0].Base, end), (board.Memory.Single().Base, board.Memory[0].Base + board.Memory[0].Size));
        Assert.Equal([.. own.Emulator.Arguments, "-m", "2G"], board.Emulator.Arguments);

        Board several = Board.Load(TestBoard.Root, microkit, severalCores: true);
        Assert.Equal((name + "-smp4", 4), (several.Name, several.Cores));
        Assert.Equal(board.Memory, several.Memory);
    }

    [Fact]
    public void A_name_that_nobody_has_is_refused_with_those_that_there_are()
    {
        InvalidDataException e = Assert.Throws<InvalidDataException>(() => Board.Load(TestBoard.Root, "qemu_virt_arm"));
        Assert.Contains("qemu-virt-riscv64", e.Message, System.StringComparison.Ordinal);
        Assert.Contains("x86_64_generic", e.Message, System.StringComparison.Ordinal);
    }
}
