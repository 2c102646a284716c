// Arguments and options that several commands share.

using System.CommandLine;
using Pride.Tool.Building;

namespace Pride.Tool.Commands;

/// <summary>Makers of shared arguments; each command gets objects of its own.</summary>
internal static class CommonOptions
{
    public const string DefaultBoard = "qemu-virt-aarch64";

    /// <summary>The first board of each architecture.</summary>
    public static readonly string[] ArchitectureBoards = [DefaultBoard, "qemu-virt-riscv64", "qemu-q35-x86_64"];

    public static Argument<string> Example() => new("EXAMPLE") { Description = "an example, as `pride list` names it" };

    public static Argument<string> SystemName() => new("SYSTEM") { Description = "an example, as `pride list` names it, or a .system file" };

    public static Option<string[]> SearchPaths() => new("--search-path")
    {
        Description = "folders of the files that a .system file names, besides the current one",
        AllowMultipleArgumentsPerToken = true,
        HelpName = "DIR",
    };

    /// <summary>What <paramref name="name"/> on the command line means.</summary>
    public static ISystemSource Source(Workspace workspace, string name, string[]? searchPaths) =>
        SdfSystem.IsFile(name) ? new SdfSystem(name, searchPaths ?? []) : Building.Example.Find(workspace, name);

    public static Option<string> Board() => new("--board", "-b")
    {
        Description = "a board of boards/",
        DefaultValueFactory = _ => DefaultBoard,
        HelpName = "BOARD",
    };

    public static Option<bool> Release() => new("--release") { Description = "without asserts and kernel debug output, as measured" };
}
