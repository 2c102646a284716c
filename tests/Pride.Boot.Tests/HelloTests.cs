// The smallest system says its line, on the last core that the board has.

using System.Threading.Tasks;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

public sealed class HelloTests
{
    [Theory]
    [Boots("hello")]
    [MemberData(nameof(Checkout.Boards), MemberType = typeof(Checkout))]
    [MemberData(nameof(Checkout.FourCoreBoards), MemberType = typeof(Checkout))]
    [InlineData("qemu-sifive-u-smp4")]
    [InlineData("qemu-xlnx-zcu102-smp4")]
    public Task Hello_prints_its_line(string board) => Hello(board);

    [Theory]
    [Boots("hello")]
    [Trait("Category", "Full")]
    [InlineData(Checkout.VersalBoard)]
    [InlineData("qemu-raspi3b-smp4")]
    public Task On_every_other_board_too(string board) => Hello(board);

    private static async Task Hello(string board)
    {
        await using QemuMachine machine = Machines.BootOn(board, "hello");
        await machine.Expect("hello: Pride runs C# on bare metal, 3 translations and 18 characters later");
    }
}
