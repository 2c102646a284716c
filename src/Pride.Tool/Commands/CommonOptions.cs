// Arguments and options that several commands share.

using System;
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

    public static Option<ulong> ClockRate() => new("--clock-rate")
    {
        Description = "how fast the time counter of the PC runs, which Microkit tells since 2.3, in Hz",
        HelpName = "HZ",
    };

    public static Option<bool> Release() => new("--release") { Description = "without asserts and kernel debug output, as measured" };

    public static Option<string> Configuration()
    {
        Option<string> configuration = new("--config") { Description = "debug, release or benchmark; release is --release", HelpName = "CONFIG" };
        configuration.AcceptOnlyFromAmong("debug", "release", "benchmark", "smp-debug", "smp-release", "smp-benchmark");
        return configuration;
    }

    /// <summary>What <c>--release</c> and <c>--config</c> mean together.</summary>
    /// <remarks>What the benchmark configuration is for, Pride's kernel accounts in every configuration; PDs may then print, as there.</remarks>
    public static BuildOptions Build(bool release, string? configuration)
    {
        bool several = configuration?.StartsWith(MicrokitSdk.SeveralCores, StringComparison.Ordinal) ?? false;
        BuildOptions options = (several ? configuration![MicrokitSdk.SeveralCores.Length..] : configuration) switch
        {
            "release" => new BuildOptions(Release: true),
            "benchmark" => new BuildOptions(Release: true) { KernelOutput = true },
            _ => new BuildOptions(release),
        };
        return options with { SeveralCores = several };
    }
}
