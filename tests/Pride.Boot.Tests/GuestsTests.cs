// Virtual machines on the kernel as a hypervisor, with GICv2 and with GICv3.

using System;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

public sealed class GuestsTests
{
    /// <summary>Instructions of an exit and the way back, with the manager's: what was measured and a tenth (docs/kernel.md).</summary>
    private const int MostForAStore = 3270;
    private const int MostForACall = 1700;

    // The guest measures in instructions.
    private static readonly string[] s_counting = ["-icount", "shift=0,sleep=off"];

    [Theory]
    [InlineData("qemu-virt-aarch64-hyp")]
    [InlineData("qemu-virt-aarch64-hyp-gic3")]
    public async Task Guests_get_all_that_their_managers_give_and_no_more(string board)
    {
        await using QemuMachine machine = Machines.BootOn(board, "guests", null, s_counting);
        await machine.Expect("checks passed, maintenance");
        await machine.Expect("sharp: the guest's run ends at 0x000000007f002000, checks passed 0x0000000000000017");
        string serial = machine.Serial;
        Assert.DoesNotContain("FAILED", serial, StringComparison.Ordinal);
        Assert.Contains("manager: the guest went wild at 0x000000007f001230\n", serial, StringComparison.Ordinal);
        Assert.Contains("manager: the guest went wild at 0x000000007f002000, an instruction\n", serial, StringComparison.Ordinal);
        Assert.Contains("manager: all ", serial, StringComparison.Ordinal);
        Assert.InRange(Cost(serial, "device store"), 1, MostForAStore);
        Assert.InRange(Cost(serial, "hypervisor call"), 1, MostForACall);
    }

    private static int Cost(string serial, string what)
    {
        string line = Assert.Single(serial.Split('\n'), l => l.Contains($"a {what} and back takes ", StringComparison.Ordinal));
        return int.Parse(line.Split(' ').Reverse().Skip(1).First(), CultureInfo.InvariantCulture);
    }
}
