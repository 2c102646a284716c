// `pride gdb` driven in batch mode: it stops in C#, in the right PD, and shows what a person wants to see.

using System;
using System.Linq;
using System.Threading.Tasks;
using Pride.Description;
using Pride.Tool;
using Pride.Tool.Building;
using Pride.Tool.Commands;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

public sealed class GdbTests
{
    [Fact]
    public async Task Gdb_shows_the_line_a_parameter_a_local_a_string_and_an_array()
    {
        string text = await Debug(Checkout.Board, "hello", "hello", keepVariables: true, "tbreak HelloPd.cs:23", "continue", "info args", "info locals", "print *steps", "backtrace");
        Assert.Contains("HelloPd.cs:23", text, StringComparison.Ordinal);
        Assert.Contains("name = \"Pride\"", text, StringComparison.Ordinal);
        Assert.Contains("steps = System.String[] (4) = {\"C#\", \"IL\", \"LLVM IR\", \"AArch64\"}", text, StringComparison.Ordinal);
        Assert.Contains("characters = 18", text, StringComparison.Ordinal);
        Assert.Contains("Length = 4", text, StringComparison.Ordinal);
        Assert.Contains("Hello.Domains.HelloPd.Init (this=", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Checkout.Board)]
    [InlineData(Checkout.RiscVBoard)]
    [InlineData(Checkout.X64Board)]
    public async Task Gdb_stops_in_the_chosen_one_of_two_pds_with_the_same_addresses(string board)
    {
        string text = await Debug(board, "echo", "echo1", keepVariables: false, "python print('running: ' + running_domain())", "backtrace 2");
        Assert.Contains("running: echo1", text, StringComparison.Ordinal);
        Assert.Contains("Init", text, StringComparison.Ordinal);
        Assert.Contains(".cs:", text, StringComparison.Ordinal);
    }

    private static async Task<string> Debug(string board, string name, string pdName, bool keepVariables, params string[] commands)
    {
        Prerequisites.Ensure(Prerequisites.Debugging);
        Example example = Example.Find(Checkout.Workspace, name);
        SystemImage image = SystemImage.Build(Checkout.Workspace, example, board, new BuildOptions(Release: false) { Debugged = keepVariables ? pdName : null });
        Pd pd = image.System.Pds.Single(p => p.Name == pdName);
        int port = GdbCommand.FreePort();
        await using QemuMachine machine = QemuMachine.Start(RunCommand.Options(Checkout.Workspace, image, null, null) with { ExtraArguments = GdbCommand.Waiting(port) });
        ProcessResult result = Processes.Run("timeout", ["120", "gdb-multiarch", .. GdbCommand.Arguments(image, pd, port, commands)]);
        return result.Output + result.Error;
    }
}
