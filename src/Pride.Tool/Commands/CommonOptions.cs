// Arguments and options that several commands share.

using System.CommandLine;

namespace Pride.Tool.Commands;

/// <summary>Makers of shared arguments; each command gets objects of its own.</summary>
internal static class CommonOptions
{
    public const string DefaultBoard = "qemu-virt-aarch64";

    public static Argument<string> Example() => new("EXAMPLE") { Description = "an example, as `pride list` names it" };

    public static Option<string> Board() => new("--board", "-b")
    {
        Description = "a board of boards/",
        DefaultValueFactory = _ => DefaultBoard,
        HelpName = "BOARD",
    };

    public static Option<bool> Release() => new("--release") { Description = "without asserts and kernel debug output, as measured" };
}
