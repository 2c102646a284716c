// Several cores: every one starts, no notification between them, or between priorities on one of them, is lost, and an interrupt goes to its PD's core.

using System;
using System.Threading.Tasks;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

public sealed class CoresTests
{
    // Of each way by which cores interrupt each other one board.
    [Theory]
    [InlineData("qemu-virt-aarch64")]
    [InlineData("qemu-virt-aarch64-smp4")]
    [InlineData("qemu-virt-aarch64-gic3-smp4")]
    [InlineData("qemu-virt-riscv64-smp4")]
    [InlineData("qemu-raspi3b-smp4")]
    [InlineData("qemu-q35-x86_64-smp4")]
    public Task A_million_notifications_arrive(string board) => Notify(board);

    [Theory]
    [Trait("Category", "Full")]
    [InlineData("qemu-virt-riscv64")]
    [InlineData("qemu-sifive-u-smp4")]
    [InlineData("qemu-xlnx-zcu102-smp4")]
    [InlineData("qemu-q35-x86_64")]
    public Task On_every_other_board_too(string board) => Notify(board);

    private static async Task Notify(string board)
    {
        await using QemuMachine machine = Machines.BootOn(board, "cores");
        await machine.Expect("receiver: a million notifications, none lost");
        Assert.DoesNotContain("sender: ", machine.Serial, StringComparison.Ordinal);
        if (board.Contains("smp", StringComparison.Ordinal))
        {
            await machine.Expect("occupier: the interrupt ");
            Assert.Contains("the interrupt went to its own core", machine.Serial, StringComparison.Ordinal);
        }
    }
}
