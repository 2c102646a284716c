// `pride hosted PROGRAM`: compiles a C# console program to a static Linux process and runs it; with --compare also under CoreCLR, and says where they part.

using System;
using System.Collections.Generic;
using System.CommandLine;
using Pride.Compiler;
using Pride.Tool.Building;

namespace Pride.Tool.Commands;

internal static class HostedCommand
{
    private const long BytesPerMiB = 1024 * 1024;

    private static readonly Dictionary<string, TargetArchitecture> s_architectures = new()
    {
        ["x86_64"] = TargetArchitecture.X64,
        ["aarch64"] = TargetArchitecture.AArch64,
        ["riscv64"] = TargetArchitecture.RiscV64,
    };

    public static Command Create()
    {
        Argument<string> program = new("PROGRAM") { Description = "a C# file (.cs), a project (.csproj) or its folder, or an assembly (.dll) with Main" };
        Argument<string[]> arguments = new("ARGUMENTS") { Description = "the program's arguments, after --" };
        Option<string> architecture = new("--architecture", "-a") { Description = "its instruction set", DefaultValueFactory = _ => "x86_64" };
        architecture.AcceptOnlyFromAmong([.. s_architectures.Keys]);
        Option<int> heap = new("--heap-mib") { Description = "what its heap can grow to", DefaultValueFactory = _ => 512, HelpName = "MIB" };
        heap.Validators.Add(result => Within(result, heap, 1, 65536));
        Option<int> level = new("--optimization", "-O") { Description = "0 to 3, as clang's -O", DefaultValueFactory = _ => 2, HelpName = "LEVEL" };
        level.Validators.Add(result => Within(result, level, 0, 3));
        Option<bool> stress = new("--stress-heap") { Description = "collects garbage at every allocation" };
        Option<bool> release = new("--release") { Description = "without asserts" };
        Option<bool> compare = new("--compare") { Description = "runs it under CoreCLR too, and fails when standard output or exit code differ" };
        Option<string?> output = new("--output", "-o") { Description = "where the ELF file goes; without running it", HelpName = "FILE" };
        Command command = new("hosted", "Compiles a C# program to a Linux process, and runs it.")
        {
            program, arguments, architecture, heap, level, stress, release, compare, output,
        };
        command.SetAction(parsed =>
        {
            TargetArchitecture target = s_architectures[parsed.GetValue(architecture)!];
            Prerequisites.Ensure(Prerequisites.Compiling, target == TargetArchitecture.X64 ? [] : Prerequisites.Hosting);
            Workspace workspace = Workspace.Find();
            HostedProgram hosted = HostedProgram.Build(workspace, parsed.GetValue(program)!);
            string elf = hosted.Compile(
                new(target, parsed.GetValue(heap) * BytesPerMiB, parsed.GetValue(level), parsed.GetValue(stress), !parsed.GetValue(release)), parsed.GetValue(output));
            if (parsed.GetValue(output) is not null)
            {
                return ExitCodes.Success;
            }

            string[] given = parsed.GetValue(arguments) ?? [];
            (string runner, string[] all) = HostedProcess.Command(elf, target, given);
            return parsed.GetValue(compare) ? Compare((runner, all), hosted.CommandForCoreClr(given)) : Processes.RunVisible(runner, all);
        });
        return command;
    }

    private static void Within(System.CommandLine.Parsing.OptionResult result, Option<int> option, int least, int most)
    {
        if (result.GetValue(option) is int value && (value < least || value > most))
        {
            result.AddError($"{option.Name} {value} is not between {least} and {most}");
        }
    }

    private static int Compare((string Program, string[] Arguments) pride, (string Program, string[] Arguments) coreClr)
    {
        // Pride knows the invariant culture only.
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1");
        ProcessResult own = Processes.Run(pride.Program, pride.Arguments);
        ProcessResult reference = Processes.Run(coreClr.Program, coreClr.Arguments);
        Console.Write(own.Output);
        Console.Error.Write(own.Error);
        if (FirstDifference(own.Output, reference.Output) is { } difference)
        {
            throw new ToolException(ExitCodes.Failure, difference, "see docs/csharp.md, Differences from CoreCLR, for those that are meant");
        }

        return own.ExitCode == reference.ExitCode
            ? ExitCodes.Success
            : throw new ToolException(ExitCodes.Failure, $"the program ends with code {own.ExitCode}, under CoreCLR with {reference.ExitCode}\n{reference.Error}", "see docs/csharp.md, Differences from CoreCLR, for those that are meant");
    }

    /// <summary>Where two outputs part: the line's number and both lines; null where they do not.</summary>
    internal static string? FirstDifference(string own, string reference)
    {
        (string[] ownLines, string[] referenceLines) = (own.Split('\n'), reference.Split('\n'));
        for (int i = 0; i < Math.Max(ownLines.Length, referenceLines.Length); i++)
        {
            (string? ours, string? theirs) = (Line(ownLines, i), Line(referenceLines, i));
            if (ours != theirs)
            {
                return $"line {i + 1} differs:\n  Pride:   {ours ?? "(no such line)"}\n  CoreCLR: {theirs ?? "(no such line)"}";
            }
        }

        return null;
    }

    private static string? Line(string[] lines, int index) => index < lines.Length ? lines[index] : null;
}
