// `pride list`: the examples, with what each shows.

using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using Pride.Tool.Building;

namespace Pride.Tool.Commands;

internal static class ListCommand
{
    public static Command Create()
    {
        Command command = new("list", "Lists the examples.");
        command.SetAction(_ =>
        {
            IReadOnlyList<Example> all = Example.All(Workspace.Find());
            int width = all.Max(e => e.Name.Length);
            foreach (Example example in all)
            {
                Console.WriteLine($"{example.Name.PadRight(width)}  {example.Summary}");
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
