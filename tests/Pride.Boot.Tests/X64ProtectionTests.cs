// What a PC's CPU must refuse: to PDs, instructions that look at or touch the machine; to the kernel itself, memory of PDs.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using Pride.Description;
using Pride.Tool;
using Pride.Tool.Building;
using Pride.Tool.Commands;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

public sealed class X64ProtectionTests
{
    [Fact]
    public async Task Pds_do_not_see_descriptor_tables_or_touch_ports_and_interrupts()
    {
        await using QemuMachine machine = Machines.BootOn(Checkout.X64Board, "protections");
        foreach (string pd in (string[])["table_reader", "port_reader", "interrupt_masker"])
        {
            await machine.Expect($"fault in '{pd}': ");
        }

        Assert.DoesNotContain("NOT refused", machine.Serial, StringComparison.Ordinal);
    }

    // A debugger spoils a register while the kernel runs: its program counter (SMEP), or the pointer to the thread that it works for (SMAP).
    // The syndrome is the vector of a page fault above its error code: the page is there, and it was an instruction's or not.
    [Theory]
    [InlineData("rip", "0x0000000e00000011")]
    [InlineData("rsi", "0x0000000e00000001")]
    public async Task The_kernel_itself_cannot_use_memory_of_pds(string register, string syndrome)
    {
        Prerequisites.Ensure(Prerequisites.Debugging);
        SystemImage image = Checkout.Image("hello", Checkout.X64Board);
        Pd pd = image.System.Pds[0];
        int port = GdbCommand.FreePort();
        IReadOnlyList<string> waiting = ["-S", "-gdb", string.Create(CultureInfo.InvariantCulture, $"tcp:127.0.0.1:{port}")];
        await using QemuMachine machine = QemuMachine.Start(RunCommand.Options(Checkout.Workspace, image, null, null) with { ExtraArguments = waiting });
        string page = string.Create(CultureInfo.InvariantCulture, $"0x{image.LoadProgram(pd.Name).Segments.First().Address:x}");
        string[] commands = ["tbreak *&pride_kernel_system_call", "continue", $"set ${register} = {page}", "tbreak *&pride_kernel_fault", "continue", "detach"];
        ProcessResult result = Processes.Run("timeout", ["120", "gdb-multiarch", .. GdbCommand.Arguments(image, pd, port, commands)]);
        Assert.True(result.Output.Contains("pride_kernel_fault", StringComparison.Ordinal), result.Output + result.Error);
        await machine.Expect($"Pride kernel fault: syndrome {syndrome} address 0x");
    }
}
