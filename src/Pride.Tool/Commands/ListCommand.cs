// `pride list`: the examples, with what each shows.

using System;
using System.CommandLine;
using Pride.Tool.Building;

namespace Pride.Tool.Commands;

internal static class ListCommand
{
    public static Command Create()
    {
        Command command = new("list", "Lists the examples.");
        command.SetAction(_ =>
        {
            foreach (Example example in Example.All(Workspace.Find()))
            {
                Console.WriteLine($"{example.Name,-12} {example.Summary}");
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
