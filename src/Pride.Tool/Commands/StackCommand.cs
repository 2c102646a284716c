// `pride stack EXAMPLE [PD]`: the worst case of each PD's stack, with the chain of calls that needs it and what leaves it open.

using System;
using System.CommandLine;
using System.Linq;
using Pride.Compiler.Link;
using Pride.Compiler.Reports;
using Pride.Description;

namespace Pride.Tool.Commands;

internal static class StackCommand
{
    public static Command Create()
    {
        Argument<string> example = CommonOptions.Example();
        Argument<string?> name = new("PD") { Description = "a PD of the example; without it, all of them in one line each", Arity = ArgumentArity.ZeroOrOne };
        Option<string> board = CommonOptions.Board();
        Option<bool> release = CommonOptions.Release();
        Command command = new("stack", "Says how deep the stacks of a system's PDs can get.") { example, name, board, release };
        command.SetAction(parsed =>
        {
            ProgramSelection selection = ProgramSelection.Of(parsed, example, board, release);
            Pd[] pds = parsed.GetValue(name) is { } one ? [selection.Pd(one)] : [.. selection.System.Pds.Where(p => p.ComponentType is not null)];
            foreach (Pd pd in pds)
            {
                Manifest manifest = selection.Compiler("stack").Component(selection.Component(pd)).Manifest!;
                Print(pd, manifest.Stack, pds.Length == 1);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static void Print(Pd pd, StackReport report, bool details)
    {
        string open = report.IsExact ? "" : $", and more by recursion ({report.Recursions.Count} calls) or stackalloc of variable size ({report.DynamicFrames.Count} methods)";
        Console.WriteLine($"{pd.Name,-20} {report.Bytes,8:N0} of {pd.Options.StackSize,8:N0} bytes{open}");
        if (!details)
        {
            return;
        }

        foreach (StackLink link in report.Chain)
        {
            Console.WriteLine($"  {link.Bytes,8:N0}  {link.Function}");
        }

        foreach (string recursion in report.Recursions)
        {
            Console.WriteLine($"  recursion: {recursion}");
        }

        foreach (string method in report.DynamicFrames)
        {
            Console.WriteLine($"  stackalloc of variable size: {method}");
        }
    }
}
