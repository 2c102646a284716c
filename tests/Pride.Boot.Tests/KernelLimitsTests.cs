// What the kernel promises in numbers: budgets, error codes, turns of domains. Under -icount, so that the host's load does not count.

using System;
using System.Globalization;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

public sealed partial class KernelLimitsTests
{
    private static readonly string[] s_counting = ["-icount", "shift=0,sleep=off"];

    /// <summary>A budget of a tenth is a tenth, no burst is longer than the budget, every error code, timeout faults, firmware calls and shared caps are as documented.</summary>
    [Theory]
    [InlineData(Checkout.Board)]
    public Task Budgets_and_what_is_refused_are_as_documented(string board) => Limits(board);

    [Theory]
    [Trait("Category", "Full")]
    [InlineData(Checkout.RiscVBoard)]
    public Task On_risc_v_too(string board) => Limits(board);

    private static async Task Limits(string board)
    {
        await using QemuMachine machine = Machines.BootOn(board, "limits", null, s_counting);
        await machine.Expect("supervisor: every error code is as it should be");
        await machine.Expect("supervisor: timeout faults arrive");
        await machine.Expect("supervisor: a cap fault arrives");
        Assert.Equal(board == Checkout.Board, machine.Serial.Contains("the firmware's major version is 1", StringComparison.Ordinal));
        await machine.Expect(" ppm");
        await machine.Expect(" ns");
        Assert.DoesNotContain("fault is wrong", machine.Serial, StringComparison.Ordinal);
        Assert.DoesNotContain("fault in", machine.Serial, StringComparison.Ordinal);
        int share = Number(machine, SharePattern());
        Assert.InRange(share, 95_000, 105_000);

        // 1000 us, and what the longest kernel path and the timer's resolution allow beyond.
        int burst = Number(machine, BurstPattern());
        Assert.InRange(burst, 900_000, 1_010_000);
    }

    [Theory]
    [MemberData(nameof(Checkout.Boards), MemberType = typeof(Checkout))]
    public async Task A_domain_has_its_share_of_time_whatever_the_priorities(string board)
    {
        await using QemuMachine machine = Machines.BootOn(board, "domains", null, s_counting);
        await machine.Expect("meter: the other domain has its third");
    }

    private static int Number(QemuMachine machine, Regex pattern)
    {
        Match match = pattern.Match(machine.Serial);
        Assert.True(match.Success, machine.Serial);
        return int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("share is ([0-9]+) ppm")]
    private static partial Regex SharePattern();

    [GeneratedRegex("longest burst ([0-9]+) ns")]
    private static partial Regex BurstPattern();
}
