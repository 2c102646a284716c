// Every forbidden thing is stopped for its own reason, with a backtrace in C#, and everything else goes on.

using System;
using System.Linq;
using System.Threading.Tasks;
using Pride.Machine;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

public sealed class FaultsTests
{
    [Theory]
    [Boots("faults")]
    [MemberData(nameof(Checkout.Boards), MemberType = typeof(Checkout))]
    [InlineData("qemu-virt-riscv64-sbi-timer")]
    [InlineData(Checkout.SifiveBoard)]
    [InlineData(Checkout.XilinxBoard)]
    [InlineData(Checkout.BroadcomBoard)]
    public Task Every_forbidden_thing_is_stopped_and_everything_else_goes_on(string board) => Stop(board);

    [Theory]
    [Boots("faults")]
    [Trait("Category", "Full")]
    [MemberData(nameof(Checkout.FourCoreBoards), MemberType = typeof(Checkout))]
    [InlineData(Checkout.VersalBoard)]
    public Task On_other_boards_too(string board) => Stop(board);

    private static async Task Stop(string board)
    {
        await using QemuMachine machine = Machines.BootOn(board, "faults");
        await machine.Expect("supervisor: everything forbidden was stopped, everything else went on");
        string serial = machine.Serial;
        Assert.Contains("fault in 'read_kernel': read of 0xffffffff80000000", serial, StringComparison.Ordinal);
        Assert.Contains("fault in 'read_other': read of 0x", serial, StringComparison.Ordinal);
        Assert.Contains("fault in 'jump_to_data': jump to 0x", serial, StringComparison.Ordinal);
        Assert.Contains("fault in 'write_code': write to 0x", serial, StringComparison.Ordinal);
        Assert.Contains("fault in 'stack_overrun': ", serial, StringComparison.Ordinal);
        Assert.Contains("fault in 'null_dereference': read of 0x00000000000000", serial, StringComparison.Ordinal);
        Assert.Contains("fault in 'wild_calls': unknown system call 0xffffffffffffed99", serial, StringComparison.Ordinal);
        Assert.Contains($"fault in 'exception': {ExceptionOf(board)}", serial, StringComparison.Ordinal);
        Assert.DoesNotContain("NOT clean", serial, StringComparison.Ordinal);
        Assert.Equal(8, serial.Split("restarted, its data is clean").Length - 1);
        Assert.Contains("number 0x0000000000004e29", serial, StringComparison.Ordinal);
    }

    // What the instruction is by which a PD gives up.
    private static string ExceptionOf(string board) => Checkout.Image("faults", board).Board.Architecture switch
    {
        Architecture.RiscV64 => "illegal instruction, or floating point, which it may not use, syndrome 0x0000000000000002",
        Architecture.X64 => "undefined instruction, syndrome 0x0000000000000006",
        _ => "undefined instruction, syndrome 0x0000000002000000",
    };

    [Theory]
    [MemberData(nameof(Checkout.Boards), MemberType = typeof(Checkout))]
    public async Task Backtraces_are_csharp_lines(string board)
    {
        await using QemuMachine machine = Machines.BootOn(board, "faults");
        await machine.Expect("supervisor: 'stack_overrun' restarted");
        Symbolizer symbolizer = new(Checkout.Image("faults", board).Folder);
        string[] lines = machine.Serial.Split('\n').Select(l => symbolizer.Line(l.TrimEnd('\r'))).ToArray();
        Assert.Contains(lines, l => l.Contains("Deeper", StringComparison.Ordinal) && l.Contains("MemoryVictims.cs:", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("WriteCode", StringComparison.Ordinal) && l.Contains(".cs:", StringComparison.Ordinal));
    }
}
