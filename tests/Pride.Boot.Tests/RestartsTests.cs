// Block driver, block virtualiser and FAT server are restarted again and again, in the middle of their work, and who reads notices nothing.

using System;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using Pride.Description;
using Pride.Tool.Building;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

public sealed class RestartsTests
{
    private const string Restarts = "restarts";
    private const ulong FewestRestarts = 30;

    // As on every other Arm board.
    private static readonly BoardDevice s_timerOfTheCpu = Board.Load(Checkout.Workspace.Root, Checkout.Board).Device("timer");

    /// <summary>A restart comes every so many instructions. By the host's clock a loaded host would restart faster than anything gets done.</summary>
    internal static string[] Counting { get; } = ["-icount", "shift=0,sleep=on"];

    [Theory]
    [MemberData(nameof(Checkout.Boards), MemberType = typeof(Checkout))]
    public Task A_file_is_read_rightly_while_everything_beneath_is_restarted(string board) => Restart(Checkout.Image(Restarts, board));

    /// <summary>The driver of a card, which is stopped while it moves bytes.</summary>
    [Theory]
    [Trait("Category", "Full")]
    [InlineData(Checkout.BroadcomBoard)]
    [InlineData(Checkout.XilinxBoard)]
    public Task From_a_card_too(string board) => Restart(Checkout.Image(Restarts, WithTimerThatMayBeCounted(Board.Load(Checkout.Workspace.Root, board))));

    // QEMU's TTC cannot run under -icount: when the clock stands exactly where its alarm is due, it sets the alarm for less than a nanosecond later, which is that
    // same moment, and is called again without end (cadence_timer_run in hw/timer/cadence_ttc.c, called by timerlist_run_timers). The CPU's timer takes its place.
    private static Board WithTimerThatMayBeCounted(Board board) => board with
    {
        Name = $"{board.Name}-counted",
        Devices = [.. board.Devices.Select(d => d.Compatible == "cdns,ttc" ? s_timerOfTheCpu with { Name = d.Name } : d)],
    };

    private static async Task Restart(SystemImage image)
    {
        await using QemuMachine machine = Machines.Boot(image, null, Counting);
        await ExpectRestartsAsync(machine);
    }

    /// <summary>Restarts come and nobody notices, on whichever kernel.</summary>
    internal static async Task ExpectRestartsAsync(QemuMachine machine)
    {
        await machine.Expect("restarter: restarts 0x");

        // The real kernel prints letter by letter.
        Assert.True(await machine.WaitForAsync(text => text.Split("restarter: restarts 0x")[^1].Contains('\n', StringComparison.Ordinal), Machines.Limit), machine.Serial);
        string serial = machine.Serial;
        Assert.Contains("all of them right", serial, StringComparison.Ordinal);
        Assert.DoesNotContain("fault in", serial, StringComparison.Ordinal);
        string[] parts = serial.Split("restarter: restarts 0x");
        Assert.InRange(ulong.Parse(parts[1].AsSpan(0, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture), FewestRestarts, ulong.MaxValue);
    }
}
