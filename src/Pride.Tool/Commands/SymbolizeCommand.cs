// `pride symbolize EXAMPLE`: standard input with its raw addresses turned into C# lines, for a log from real hardware.

using System;
using System.CommandLine;
using System.IO;
using Pride.Tool.Building;
using Pride.Tool.Emulation;

namespace Pride.Tool.Commands;

internal static class SymbolizeCommand
{
    public static Command Create()
    {
        Argument<string> example = CommonOptions.Example();
        Option<string> board = CommonOptions.Board();
        Option<bool> release = CommonOptions.Release();
        Command command = new("symbolize", "Turns raw addresses in a log (standard input) into C# lines.") { example, board, release };
        command.SetAction(parsed =>
        {
            Workspace workspace = Workspace.Find();
            Prerequisites.Ensure(Prerequisites.Compiling);
            Example found = Example.Find(workspace, parsed.GetValue(example)!);
            string folder = workspace.ImageFolder(found.Name + (parsed.GetValue(release) ? "-release" : string.Empty), parsed.GetValue(board)!);
            if (!File.Exists(Path.Combine(folder, "kernel.elf")))
            {
                throw new ToolException(ExitCodes.Usage, $"example '{found.Name}' was never built", $"build it: ./pride build {found.Name}");
            }

            Symbolizer symbolizer = new(folder, workspace.Cache);
            while (Console.In.ReadLine() is { } line)
            {
                Console.WriteLine(symbolizer.Line(line));
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
