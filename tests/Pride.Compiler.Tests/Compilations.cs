// Compiling and running test programs: requests with the right paths, outputs of processes.

using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text;
using Xunit;

namespace Pride.Compiler.Tests;

/// <summary>What the tests share.</summary>
internal static class Compilations
{
    /// <summary>How long one program may run, emulated and on a busy machine.</summary>
    private static readonly TimeSpan s_longestRun = TimeSpan.FromMinutes(2);

    private static readonly object s_console = new();
    private static readonly Dictionary<string, string> s_coreClrOutputs = [];
    private static readonly ConcurrentDictionary<(string Selector, TargetArchitecture Architecture, int Optimisation), Lazy<string>> s_images = [];

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
    public static CompilationRequest Hosted(string program, TargetArchitecture architecture = TargetArchitecture.X64, int optimisation = 1) =>
        HostedProcess.Request(ProgramsAssembly, architecture, Path.Combine(Root, "src"), OutputOf(program, architecture, optimisation)) with
        {
            MainType = "Programs." + program,
            OptimizationLevel = optimisation,
        };

    /// <summary>
    /// The image of many programs, compiled once for all tests that ask for it: without debug information, which takes a part of the compilation's time,
    /// and with a heap that collects at every allocation when <see cref="Compare"/> asks for it.
    /// </summary>
    private static string ImageOf(string selector, TargetArchitecture architecture, int optimisation) =>
        s_images.GetOrAdd((selector, architecture, optimisation), key => new Lazy<string>(() =>
        {
            CompilationRequest request = Hosted(key.Selector, key.Architecture, key.Optimisation) with { StressHeap = true, DebugInformation = false };
            return CompilerDriver.Compile(IsGenerated(key.Selector) ? request with { EntryAssembly = GeneratedAssembly, MainType = "Generated." + key.Selector } : request).ElfPath;
        })).Value;

    /// <summary>Runs a program of an image and under CoreCLR, and compares what they print.</summary>
    /// <param name="selector">Which image: Selector (the corpus), Some or All (random programs).</param>
    /// <param name="program">Its class.</param>
    /// <param name="architecture">Instruction set.</param>
    /// <param name="optimisation">As clang's -O.</param>
    /// <param name="stressed">With a collection at every allocation: what the collector does not find is gone at once.</param>
    public static void Compare(string selector, string program, TargetArchitecture architecture, int optimisation, bool stressed = false)
    {
        string[] arguments = stressed ? [program, "stressed"] : [program];
        (string output, int exitCode) = Run(ImageOf(selector, architecture, optimisation), architecture, arguments);
        Assert.Equal(RunOnCoreClr(program, IsGenerated(selector) ? GeneratedAssembly : ProgramsAssembly), output);
        Assert.Equal(0, exitCode);
    }

    /// <summary>Each of the programs on each of the instruction sets.</summary>
    public static TheoryData<string, TargetArchitecture> OnEach(IEnumerable<string> programs, params ReadOnlySpan<TargetArchitecture> architectures)
    {
        TheoryData<string, TargetArchitecture> data = [];
        foreach (string program in programs)
        {
            foreach (TargetArchitecture architecture in architectures)
            {
                data.Add(program, architecture);
            }
        }

        return data;
    }

    /// <summary>Standard output and exit code of a compiled program.</summary>
    public static (string Output, int ExitCode) Run(string path, TargetArchitecture architecture, params string[] arguments)
    {
        (string command, string[] all) = HostedProcess.Command(path, architecture, arguments);
        ProcessStartInfo start = new(command, all);
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

    private static string OutputOf(string program, TargetArchitecture architecture, int optimisation) =>
        Path.Combine(AppContext.BaseDirectory, "compiled", $"{architecture}-{optimisation}", program, program + ".elf");

    private static bool IsGenerated(string selector) => selector is "Some" or "All";

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
