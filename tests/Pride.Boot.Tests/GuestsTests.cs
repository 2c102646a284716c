// Virtual machines on the kernel as a hypervisor, with GICv2 and with GICv3.

using System;
using System.Threading.Tasks;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

public sealed class GuestsTests
{
    [Theory]
    [InlineData("qemu-virt-aarch64-hyp")]
    [InlineData("qemu-virt-aarch64-hyp-gic3")]
    public async Task Guests_get_all_that_their_managers_give_and_no_more(string board)
    {
        await using QemuMachine machine = Machines.BootOn(board, "guests");
        await machine.Expect("checks passed, maintenance");
        await machine.Expect("sharp: the guest's run ends at 0x000000007f002000, checks passed 0x0000000000000016");
        string serial = machine.Serial;
        Assert.DoesNotContain("FAILED", serial, StringComparison.Ordinal);
        Assert.Contains("manager: the guest went wild at 0x000000007f001230\n", serial, StringComparison.Ordinal);
        Assert.Contains("manager: the guest went wild at 0x000000007f002000, an instruction\n", serial, StringComparison.Ordinal);
        Assert.Contains("manager: all ", serial, StringComparison.Ordinal);
    }
}
