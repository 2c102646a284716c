// `pride gdb EXAMPLE [PD]`: starts QEMU before its first instruction and gdb with the symbols of one PD and the kernel, runs
// to the PD's Init, and hands the terminal over. Strings, arrays and lists are shown as such (Debugging/pride_gdb.py).

using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using Pride.Description;
using Pride.Tool.Building;
using Pride.Tool.Emulation;

namespace Pride.Tool.Commands;

internal static class GdbCommand
{
    private const string Debugger = "gdb-multiarch";

    public static Command Create()
    {
        Argument<string> example = CommonOptions.Example();
        Argument<string?> name = new("PD") { Description = "the PD whose C# is debugged; without it, the first one of the description", Arity = ArgumentArity.ZeroOrOne };
        Option<string> board = CommonOptions.Board();
        Option<bool> release = CommonOptions.Release();
        Option<string[]> commands = new("--command", "-c") { Description = "run this gdb command instead of asking for commands (may be repeated)", HelpName = "COMMAND" };
        Option<bool> optimised = new("--optimized") { Description = "the PD's own methods as they are compiled otherwise; variables may be optimised out" };
        Command command = new("gdb", "Debugs a PD of an example in C#.") { example, name, board, release, commands, optimised };
        command.SetAction(async (parsed, cancel) =>
        {
            Prerequisites.Ensure(Prerequisites.Compiling, Prerequisites.Running, Prerequisites.Debugging);
            ProgramSelection selection = ProgramSelection.Of(parsed, example, board, release);
            Pd pd = parsed.GetValue(name) is { } chosen ? selection.Pd(chosen) : selection.System.Pds[0];
            SystemImage image = SystemImage.Build(
                selection.Workspace, selection.Example, selection.Board.Name, selection.Options with { Debugged = parsed.GetValue(optimised) ? null : pd.Name });
            int port = FreePort();
            MachineOptions options = RunCommand.Options(selection.Workspace, image, null, null) with
            {
                ExtraArguments = Waiting(port),
                Output = new GuestOutput(Console.Write, prefix: "[guest] "),
            };
            await using QemuMachine machine = QemuMachine.Start(options);
            string[] arguments = [.. Arguments(image, pd, port, parsed.GetValue(commands) ?? [])];
            return await Task.Run(() => Processes.RunVisible(Debugger, arguments), cancel) == 0 ? ExitCodes.Success : ExitCodes.Failure;
        });
        return command;
    }

    /// <summary>QEMU's arguments: wait for gdb at <paramref name="port"/>.</summary>
    internal static IReadOnlyList<string> Waiting(int port) => ["-S", "-gdb", string.Create(CultureInfo.InvariantCulture, $"tcp:127.0.0.1:{port}")];

    /// <summary>gdb's arguments: symbols, the domain, the connection, then the commands.</summary>
    internal static IEnumerable<string> Arguments(SystemImage image, Pd pd, int port, IReadOnlyList<string> commands)
    {
        string printers = Path.Combine(AppContext.BaseDirectory, "pride_gdb.py");
        string[] start =
        [
            "set confirm off",
            "set pagination off",
            "set print frame-arguments all",
            "set print pretty on",
            $"file {image.ProgramPath(pd.Name)}",
            $"add-symbol-file {image.ProgramPath(SystemImage.KernelName)}",
            $"source {printers}",
            $"pride-domain {pd.Name}",
            string.Create(CultureInfo.InvariantCulture, $"target remote 127.0.0.1:{port}"),
            $"tbreak {EntryOf(pd)}",
            "continue",
        ];
        string[] mode = commands.Count > 0 ? ["--batch"] : [];
        return ["-q", "-nx", .. mode, .. start.Concat(commands).SelectMany(c => new[] { "-ex", c })];
    }

    // Init as the class or the nearest base class with code of its own has it; in C, the function.
    private static string EntryOf(Pd pd)
    {
        if (pd.ComponentType is not { } type)
        {
            return "init";
        }

        Type owner = type.GetMethod("Init")?.DeclaringType ?? type;
        return $"'{owner.FullName!.Replace('+', '.')}.Init'";
    }

    internal static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
