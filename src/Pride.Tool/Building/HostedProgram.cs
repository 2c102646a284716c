// An ordinary C# console program, compiled by Pride to a static Linux process: the quickest way to see what a piece of C# does without a board, and to hold it against CoreCLR.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Pride.Compiler;

namespace Pride.Tool.Building;

/// <summary>How a program is compiled.</summary>
/// <param name="Architecture">Its instruction set; those that are not this machine's run under qemu-user.</param>
/// <param name="HeapBytes">What its heap can grow to.</param>
/// <param name="OptimizationLevel">As clang's -O.</param>
/// <param name="StressHeap">Collect at every allocation.</param>
/// <param name="KeepAsserts">Check Debug.Assert.</param>
internal sealed record HostedOptions(TargetArchitecture Architecture, long HeapBytes, int OptimizationLevel, bool StressHeap, bool KeepAsserts);

/// <summary>A console program's assembly with Main.</summary>
internal sealed class HostedProgram
{
    private const string RuntimeProject = "Pride.Runtime";

    private readonly Workspace _workspace;
    private readonly string _assembly;

    private HostedProgram(Workspace workspace, string assembly)
    {
        _workspace = workspace;
        _assembly = assembly;
    }

    private string Name => Path.GetFileNameWithoutExtension(_assembly);

    /// <summary>Builds what <paramref name="path"/> names, and the runtime that it is compiled with.</summary>
    /// <param name="workspace">The checkout.</param>
    /// <param name="path">An assembly (.dll), a project (.csproj), its folder, or a single C# file.</param>
    /// <exception cref="ToolException">It is none of these, or does not build.</exception>
    public static HostedProgram Build(Workspace workspace, string path)
    {
        string source = SourceOf(path);
        new FreshnessStamp(workspace, "hosted-runtime").BuildUnlessFresh(
            () => DotNet.Build(Path.Combine(workspace.Source, RuntimeProject, RuntimeProject + ".csproj")), workspace.Source);
        if (Path.GetExtension(source) == ".dll")
        {
            return new HostedProgram(workspace, source);
        }

        string folder = Path.Combine(workspace.Output, "hosted", Path.GetFileNameWithoutExtension(source));
        DotNet.Build(source, folder);
        return new HostedProgram(workspace, Path.Combine(folder, AssemblyIn(folder, source)));
    }

    /// <summary>Compiles it to <paramref name="output"/>, or to a file below .pride; returns that.</summary>
    public string Compile(HostedOptions options, string? output)
    {
        string file = output is null ? Path.Combine(_workspace.Output, "hosted", Name, options.Architecture.ToString(), Name + ".elf") : Path.GetFullPath(output);
        CompilationRequest request = HostedProcess.Request(_assembly, options.Architecture, _workspace.Source, file) with
        {
            References = [Path.GetDirectoryName(_assembly)!, _workspace.BinFolder(RuntimeProject)],
            HostedHeapBytes = options.HeapBytes,
            OptimizationLevel = options.OptimizationLevel,
            StressHeap = options.StressHeap,
            KeepAsserts = options.KeepAsserts,
            CacheDirectory = _workspace.Cache,
        };
        Directory.CreateDirectory(Path.GetDirectoryName(request.OutputPath)!);
        CompilationMemory.Reserve();
        return Report.Step($"compiled {Name}", () => CompilerDriver.Compile(request)).ElfPath;
    }

    /// <summary>The command that runs it under CoreCLR.</summary>
    public (string Program, string[] Arguments) CommandForCoreClr(IEnumerable<string> arguments) => ("dotnet", [_assembly, .. arguments]);

    private static string SourceOf(string path)
    {
        if (File.Exists(path) && Path.GetExtension(path) is ".dll" or ".csproj" or ".cs")
        {
            return Path.GetFullPath(path);
        }

        string[] projects = Directory.Exists(path) ? Directory.GetFiles(path, "*.csproj") : [];
        return projects.Length == 1
            ? Path.GetFullPath(projects[0])
            : throw new ToolException(
                ExitCodes.Usage,
                Directory.Exists(path) ? $"{path} holds {projects.Length} projects (.csproj)" : $"{path} is not there, or is no C# program",
                "name a C# file (.cs), a project (.csproj), a folder that holds one, or an assembly (.dll)");
    }

    // The one that can be run: only a program has a file with its runtime's settings.
    private static string AssemblyIn(string folder, string source)
    {
        const string Settings = ".runtimeconfig.json";
        string own = Path.GetFileNameWithoutExtension(source) + Settings;
        string[] programs = [.. Directory.EnumerateFiles(folder, "*" + Settings).Select(f => Path.GetFileName(f))];
        string? program = programs.Length == 1 ? programs[0] : programs.FirstOrDefault(f => f == own);
        return program is null
            ? throw new ToolException(ExitCodes.Usage, $"{source} makes no program", "set OutputType to Exe in the project")
            : program[..^Settings.Length] + ".dll";
    }
}
