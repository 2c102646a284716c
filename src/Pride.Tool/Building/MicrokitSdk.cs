// A Microkit SDK on this machine, which the environment variable MICROKIT_SDK names: its tool makes images of exported systems.

using System;
using System.IO;
using System.Linq;
using Pride.Abi;
using Pride.Description;
using Pride.Image;

namespace Pride.Tool.Building;

/// <summary>One SDK.</summary>
/// <param name="Root">Its folder, in which bin/microkit and board/ are.</param>
/// <param name="Release">Its release.</param>
public sealed record MicrokitSdk(string Root, MicrokitRelease Release)
{
    /// <summary>The variable that names the folder.</summary>
    public const string Variable = "MICROKIT_SDK";

    /// <summary>How names of configurations for several cores start.</summary>
    public const string SeveralCores = "smp-";

    private string Tool => Path.Combine(Root, "bin", "microkit");

    /// <summary>The SDK that the environment names.</summary>
    /// <exception cref="ToolException">It names none, or what it names is no SDK of these releases.</exception>
    public static MicrokitSdk Find() => At(Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } root ? root : throw new ToolException(
        ExitCodes.Prerequisite,
        $"the real seL4 needs a Microkit SDK, and {Variable} is not set",
        $"unpack a release of Microkit ({MicrokitReleases.Names[0]} to {MicrokitReleases.Names[^1]}) and set {Variable} to its folder"));

    /// <summary>The SDK in <paramref name="root"/>.</summary>
    /// <exception cref="ToolException">It is no SDK of these releases.</exception>
    public static MicrokitSdk At(string root)
    {
        string version = Path.Combine(root, "VERSION");
        if (!File.Exists(version) || !File.Exists(Path.Combine(root, "bin", "microkit")))
        {
            throw new ToolException(ExitCodes.Prerequisite, $"{root} is no Microkit SDK: it lacks VERSION or bin/microkit", $"set {Variable} to the folder that has both");
        }

        string text = File.ReadAllText(version).Trim();
        return new MicrokitSdk(root, MicrokitReleases.Parse(text) ?? throw new ToolException(
            ExitCodes.Prerequisite, $"{root} is Microkit {text}", $"use a release from {MicrokitReleases.Names[0]} to {MicrokitReleases.Names[^1]}"));
    }

    /// <summary>What a system for <paramref name="board"/> is exported to.</summary>
    /// <exception cref="ToolException">The SDK has no such board.</exception>
    public MicrokitTarget TargetOf(Board board, bool debug) =>
        new(board.Architecture, Release, debug, MicrokitTarget.IsHypervisor(NameOf(board, debug)));

    /// <summary>True: it has a board like <paramref name="board"/>, in that configuration.</summary>
    public bool Has(Board board, bool debug) => Find(board, debug) is not null;

    /// <summary>Makes an image of the exported <paramref name="system"/>; returns the path of what the emulator loads.</summary>
    /// <exception cref="ToolException">Microkit's tool refuses it; the message is the tool's.</exception>
    public string Build(string system, Board board, bool debug)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(system))!;
        string image = Path.Combine(folder, "loader.img");
        string[] arguments =
        [
            Path.GetFullPath(system), "--board", NameOf(board, debug), "--config", Configuration(board, debug), "--search-path", folder,
            "-o", image, "-r", Path.Combine(folder, "report.txt"),
        ];

        // The tool takes its SDK from the variable too, which may name another one.
        ProcessResult result = Processes.Run("env", [$"{Variable}={Root}", Tool, .. arguments]);
        if (result.ExitCode != 0)
        {
            throw new ToolException(
                ExitCodes.Description,
                $"{Tool} {string.Join(' ', arguments)} ended with {result.ExitCode}:\n{result.Output.Trim()}\n{result.Error.Trim()}",
                "see what Microkit's tool says of the exported system");
        }

        return image;
    }

    /// <summary>The kernel's own file, which a PC's boot loader gets beside the image.</summary>
    public string KernelOf(Board board, bool debug) => Path.Combine(Root, "board", NameOf(board, debug), Configuration(board, debug), "elf", "sel4_32.elf");

    /// <summary>Microkit's name of the configuration: "debug", "smp-release" and the like.</summary>
    public static string Configuration(Board board, bool debug) => (board.Cores > 1 ? SeveralCores : string.Empty) + (debug ? "debug" : "release");

    private string NameOf(Board board, bool debug)
    {
        string[] names = [.. board.Microkit?.Names ?? []];
        return Find(board, debug) ?? throw new ToolException(
            ExitCodes.Usage,
            $"{Root} has no board for {board.Name}: {(names.Length == 0 ? "Microkit knows none like it" : $"it would be {string.Join(" or ", names)}, {Configuration(board, debug)}")}",
            "choose a board that the SDK has");
    }

    private string? Find(Board board, bool debug) =>
        (board.Microkit?.Names ?? []).FirstOrDefault(n => Directory.Exists(Path.Combine(Root, "board", n, Configuration(board, debug))));
}
