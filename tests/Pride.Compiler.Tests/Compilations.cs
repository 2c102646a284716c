// Compiling and running test programs: requests with the right paths, outputs of processes.

using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text;

namespace Pride.Compiler.Tests;

/// <summary>What the tests share.</summary>
internal static class Compilations
{
    /// <summary>How long one program may run, emulated and on a busy machine.</summary>
    private static readonly TimeSpan s_longestRun = TimeSpan.FromMinutes(2);

    private static readonly object s_console = new();
    private static readonly Dictionary<string, string> s_coreClrOutputs = [];

    public static string ProgramsAssembly => Path.Combine(AppContext.BaseDirectory, "Pride.Compiler.Programs.dll");

    public static string GeneratedAssembly => Path.Combine(AppContext.BaseDirectory, "Pride.Compiler.Generated.dll");

    /// <summary>The random programs, by number.</summary>
    public static IReadOnlyList<string> GeneratedPrograms { get; } =
        [.. Assembly.LoadFrom(GeneratedAssembly).GetTypes().Where(t => t.Name.StartsWith("Random", StringComparison.Ordinal) && !t.IsNested)
            .Select(t => t.Name).Order(StringComparer.Ordinal)];

    /// <summary>The names of all programs: the classes of the corpus that have a Main.</summary>
    public static IReadOnlyList<string> Programs { get; } =
        [.. Assembly.LoadFrom(ProgramsAssembly).GetTypes()
            .Where(t => t is { Namespace: "Programs", IsNested: false } && !t.Name.EndsWith("Selector", StringComparison.Ordinal) && t.GetMethod("Main", Type.EmptyTypes) != null)
            .Select(t => t.Name).Order(StringComparer.Ordinal)];

    /// <summary>The repository: the first folder upwards that has the solution.</summary>
    public static string Root
    {
        get
        {
            DirectoryInfo? folder = new(AppContext.BaseDirectory);
            while (folder != null && !File.Exists(Path.Combine(folder.FullName, "Pride.slnx")))
            {
                folder = folder.Parent;
            }

            return folder?.FullName ?? throw new InvalidOperationException("the tests run outside the repository");
        }
    }

    /// <summary>A request for a hosted program of the corpus.</summary>
    public static CompilationRequest Hosted(string program, TargetArchitecture architecture = TargetArchitecture.X64, int optimisation = 1) => new()
    {
        EntryAssembly = ProgramsAssembly,
        MainType = "Programs." + program,
        Hosted = true,
        Architecture = architecture,
        OptimizationLevel = optimisation,
        AssemblySources = [Path.Combine(Root, "src", "Pride.Runtime", architecture.ToString(), "HostedEntry.S")],
        OutputPath = Path.Combine(AppContext.BaseDirectory, "compiled", $"{architecture}-{optimisation}", program, program + ".elf"),
    };

    /// <summary>A request for an image of random programs.</summary>
    public static CompilationRequest HostedGenerated(string selector, TargetArchitecture architecture, int optimisation) =>
        Hosted(selector, architecture, optimisation) with { EntryAssembly = GeneratedAssembly, MainType = "Generated." + selector };

    /// <summary>The same with a collection at every allocation; without debug information, which takes much of the compilation's time.</summary>
    public static CompilationRequest Stressed(CompilationRequest request) => request with
    {
        StressHeap = true,
        DebugInformation = false,
        OutputPath = request.OutputPath.Replace(".elf", "-stressed.elf", StringComparison.Ordinal),
    };

    /// <summary>Standard output and exit code of a compiled program.</summary>
    public static (string Output, int ExitCode) Run(string path, TargetArchitecture architecture, params string[] arguments)
    {
        string? emulator = architecture switch
        {
            TargetArchitecture.AArch64 => "qemu-aarch64",
            TargetArchitecture.RiscV64 => "qemu-riscv64",
            _ => null,
        };
        ProcessStartInfo start = emulator == null ? new(path, arguments) : new(emulator, [path, .. arguments]);
        start.RedirectStandardOutput = true;
        start.StandardOutputEncoding = Encoding.UTF8;
        try
        {
            using Process process = Process.Start(start)!;
            System.Threading.Tasks.Task<string> output = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(s_longestRun))
            {
                process.Kill();
                return ($"{output.Result}\n(still running after {s_longestRun})", -1);
            }

            return (output.Result, process.ExitCode);
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"{start.FileName} cannot be started (`./pride setup` installs what tests need): {e.Message}", e);
        }
    }

    /// <summary>Standard output of the same program under CoreCLR, in this process. Each program runs once: its statics stay.</summary>
    public static string RunOnCoreClr(string program, string? assembly = null)
    {
        lock (s_console)
        {
            if (!s_coreClrOutputs.TryGetValue(program, out string? text))
            {
                text = RunAndCapture(Assembly.LoadFrom(assembly ?? ProgramsAssembly).GetTypes().Single(t => t.Name == program && !t.IsNested));
                s_coreClrOutputs.Add(program, text);
            }

            return text;
        }
    }

    private static string RunAndCapture(Type program)
    {
        MethodInfo main = program.GetMethod("Main", Type.EmptyTypes)!;
        TextWriter before = Console.Out;
        using StringWriter writer = new() { NewLine = "\n" };
        Console.SetOut(writer);
        try
        {
            main.Invoke(null, null);
        }
        finally
        {
            Console.SetOut(before);
        }

        return writer.ToString();
    }
}
