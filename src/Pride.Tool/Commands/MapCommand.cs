// `pride map EXAMPLE`: where all memory goes: by PD, by kind of kernel object, by region, and in total; then each PD's address space.

using System;
using System.CommandLine;
using Pride.Tool.Building;

namespace Pride.Tool.Commands;

internal static class MapCommand
{
    public static Command Create()
    {
        Argument<string> example = CommonOptions.SystemName();
        Option<string[]> searchPaths = CommonOptions.SearchPaths();
        Option<string> board = CommonOptions.Board();
        Option<bool> release = CommonOptions.Release();
        Option<bool> addresses = new("--addresses") { Description = "every piece of physical memory with its address" };
        Command command = new("map", "Prints where all memory goes.") { example, searchPaths, board, release, addresses };
        command.SetAction(parsed =>
        {
            Workspace workspace = Workspace.Find();
            SystemImage image = SystemImage.Build(
                workspace, CommonOptions.Source(workspace, parsed.GetValue(example)!, parsed.GetValue(searchPaths)), parsed.GetValue(board)!, new BuildOptions(parsed.GetValue(release)));
            new PlacementReport(image, Console.Out).Write(parsed.GetValue(addresses));
            return ExitCodes.Success;
        });
        return command;
    }
}
