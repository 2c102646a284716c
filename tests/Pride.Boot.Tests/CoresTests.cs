// Several cores: every one starts, and no notification between them, or between priorities on one of them, is lost.

using System.Threading.Tasks;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

public sealed class CoresTests
{
    [Theory]
    [InlineData("qemu-virt-aarch64")]
    [InlineData("qemu-virt-aarch64-smp4")]
    [InlineData("qemu-virt-aarch64-gic3-smp4")]
    [InlineData("qemu-virt-riscv64")]
    [InlineData("qemu-virt-riscv64-smp4")]
    [InlineData("qemu-q35-x86_64")]
    [InlineData("qemu-q35-x86_64-smp4")]
    public async Task A_million_notifications_arrive(string board)
    {
        await using QemuMachine machine = Machines.BootOn(board, "cores");
        await machine.Expect("receiver: a million notifications, none lost");
    }
}
