// Serial line, timer, random number generator and disk of each board: numbers are drawn, the disk is read, written and read, and what is typed is answered,
// a quarter of a second later by both of the board's clocks.

using System;
using System.Threading.Tasks;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

public sealed class ConsoleTests
{
    [Theory]
    [MemberData(nameof(Checkout.Boards), MemberType = typeof(Checkout))]
    [InlineData(Checkout.SifiveBoard)]
    [InlineData(Checkout.XilinxBoard)]
    [InlineData(Checkout.BroadcomBoard)]
    [InlineData("qemu-raspi3b-smp4")]
    [InlineData(Checkout.VersalBoard)]
    public async Task What_is_typed_is_answered_in_time(string board)
    {
        await using QemuMachine machine = Machines.BootOn(board, "console");
        await TypeAsync(machine);
    }

    /// <summary>Everything that the system does, on whichever kernel.</summary>
    internal static async Task TypeAsync(QemuMachine machine)
    {
        await machine.Expect("console: type");
        Assert.Contains("console: random numbers", machine.Serial, StringComparison.Ordinal);
        Assert.Contains("console: the disk is PRIDE", machine.Serial, StringComparison.Ordinal);
        foreach (char character in "ab")
        {
            await machine.SendAsync(character.ToString());
            await machine.Expect($"console: you typed '{character}', in time");
        }
    }
}
