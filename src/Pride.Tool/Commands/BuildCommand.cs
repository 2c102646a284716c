// `pride build EXAMPLE`: the image, and where it is. Without an example: every example.

using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using Pride.Description;
using Pride.Tool.Building;

namespace Pride.Tool.Commands;

internal static class BuildCommand
{
    public static Command Create()
    {
        Argument<string?> example = new("EXAMPLE")
        {
            Description = "an example; without one, all of them",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string> board = CommonOptions.Board();
        Option<bool> release = CommonOptions.Release();
        Command command = new("build", "Builds bootable images.") { example, board, release };
        command.SetAction(parsed =>
        {
            Workspace workspace = Workspace.Find();
            IEnumerable<Example> examples = parsed.GetValue(example) is { } name
                ? [Example.Find(workspace, name)]
                : Example.All(workspace);
            foreach (Example each in examples)
            {
                SystemImage image = SystemImage.Build(workspace, each, parsed.GetValue(board)!, new BuildOptions(parsed.GetValue(release)));
                int cached = image.Compilations.Count(c => c.FromCache);
                Console.WriteLine(
                    $"{image.Path}  {Sizes.Show((ulong)image.Image.Bytes.Length)}, {image.System.Pds.Count} PDs, "
                    + $"{image.Compilations.Count} programs ({cached} from the cache)");
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
