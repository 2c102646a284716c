// `pride explain EXAMPLE PD METHOD`: the call chain that brings a method into a PD's program.

using System;
using System.CommandLine;
using System.Collections.Generic;
using System.Linq;
using Pride.Description;
using Pride.Tool.Building;

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
            Workspace workspace = Workspace.Find();
            Prerequisites.Ensure(Prerequisites.Compiling);
            Board target = Board.Load(workspace.Root, parsed.GetValue(board)!);
            Example found = Example.Find(workspace, parsed.GetValue(example)!);
            found.BuildAssemblies();
            SystemBuilder system = SystemImage.Describe(found, target, out _);
            Pd pd = system.Pds.FirstOrDefault(p => p.Name == parsed.GetValue(pdName)) ?? throw new ToolException(
                ExitCodes.Usage,
                $"example '{found.Name}' has no PD '{parsed.GetValue(pdName)}'",
                $"use one of: {string.Join(", ", system.Pds.Select(p => p.Name))}");
            GuestCompiler compiler = new(workspace, target, new BuildOptions(parsed.GetValue(release)), workspace.ImageFolder("explain", target.Name));
            IReadOnlyList<string> chains = compiler.Explain(pd.ComponentType, parsed.GetValue(method)!);
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
