// `pride explain EXAMPLE PD METHOD`: the call chain that brings a method into a PD's program.

using System;
using System.Collections.Generic;
using System.CommandLine;
using Pride.Description;

namespace Pride.Tool.Commands;

internal static class ExplainCommand
{
    public static Command Create()
    {
        Argument<string> example = CommonOptions.Example();
        Argument<string> pdName = new("PD") { Description = "a PD of the example" };
        Argument<string> method = new("METHOD") { Description = "part of a method's full name, as in String.Concat" };
        Option<string> board = CommonOptions.Board();
        Option<bool> release = CommonOptions.Release();
        Command command = new("explain", "Says why a method is in a PD's program.") { example, pdName, method, board, release };
        command.SetAction(parsed =>
        {
            ProgramSelection selection = ProgramSelection.Of(parsed, example, board, release);
            Pd pd = selection.Pd(parsed.GetValue(pdName)!);
            IReadOnlyList<string> chains = selection.Compiler("explain").Explain(selection.Component(pd), parsed.GetValue(method)!);
            foreach (string chain in chains)
            {
                Console.WriteLine(chain);
                Console.WriteLine();
            }

            if (chains.Count == 0)
            {
                Console.WriteLine($"no method whose name contains '{parsed.GetValue(method)}' is in the program of '{pd.Name}'");
                return ExitCodes.Failure;
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
