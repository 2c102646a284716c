// Block driver, block virtualiser and FAT server are restarted again and again, in the middle of their work, and who reads notices nothing.

using System;
using System.Globalization;
using System.Threading.Tasks;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

public sealed class RestartsTests
{
    private const ulong FewestRestarts = 30;

    // A restart comes every so many instructions. By the host's clock a loaded host would restart faster than anything gets done.
    private static readonly string[] s_counting = ["-icount", "shift=0,sleep=on"];

    [Theory]
    [MemberData(nameof(Checkout.Boards), MemberType = typeof(Checkout))]
    public Task A_file_is_read_rightly_while_everything_beneath_is_restarted(string board) => Restart(board);

    /// <summary>The driver of a card, which is stopped while it moves bytes.</summary>
    [Theory]
    [Trait("Category", "Full")]
    [InlineData(Checkout.BroadcomBoard)]
    [InlineData(Checkout.XilinxBoard)]
    public Task From_a_card_too(string board) => Restart(board);

    private static async Task Restart(string board)
    {
        await using QemuMachine machine = Machines.BootOn(board, "restarts", null, s_counting);
        await machine.Expect("restarter: restarts 0x");
        string serial = machine.Serial;
        Assert.Contains("all of them right", serial, StringComparison.Ordinal);
        Assert.DoesNotContain("fault in", serial, StringComparison.Ordinal);
        string[] parts = serial.Split("restarter: restarts 0x");
        Assert.InRange(ulong.Parse(parts[1].AsSpan(0, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture), FewestRestarts, ulong.MaxValue);
    }
}
