// `pride allocations EXAMPLE PD`: every place in a PD's program that makes an object, with its C# line.

using System;
using System.CommandLine;
using System.IO;
using System.Linq;
using Pride.Compiler.Reports;

namespace Pride.Tool.Commands;

internal static class AllocationsCommand
{
    public static Command Create()
    {
        Argument<string> example = CommonOptions.Example();
        Argument<string> pd = new("PD") { Description = "a PD of the example" };
        Option<string> board = CommonOptions.Board();
        Option<bool> release = CommonOptions.Release();
        Command command = new("allocations", "Lists every place in a PD's program that allocates.") { example, pd, board, release };
        command.SetAction(parsed =>
        {
            ProgramSelection selection = ProgramSelection.Of(parsed, example, board, release);
            ProgramReport report = selection.Compiler("allocations").ReportOf(selection, parsed.GetValue(pd)!);
            foreach (ReportedAllocation site in report.Allocations.Where(a => a.Line != null).OrderBy(a => a.Line, StringComparer.Ordinal))
            {
                Console.WriteLine($"{Path.GetRelativePath(selection.Workspace.Root, site.Line!)}: {site.What} in {site.Method}");
            }

            foreach (ReportedAllocation site in report.Allocations.Where(a => a.Line == null).OrderBy(a => a.Path[0], StringComparer.Ordinal))
            {
                Console.WriteLine($"{site.What} in {string.Join(" <- ", site.Path.Reverse())}");
            }

            Console.WriteLine($"{report.Allocations.Count} allocation sites");
            return ExitCodes.Success;
        });
        return command;
    }
}
