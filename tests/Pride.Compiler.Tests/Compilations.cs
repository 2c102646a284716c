// Compiling and running test programs: requests with the right paths, outputs of processes.

using System;
using System.Diagnostics;
using System.IO;
using System.Reflection;
using System.Text;

namespace Pride.Compiler.Tests;

/// <summary>What the tests share.</summary>
internal static class Compilations
{
    private static readonly object s_console = new();

    public static string ProgramsAssembly => Path.Combine(AppContext.BaseDirectory, "Pride.Compiler.Programs.dll");

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

    /// <summary>A request for a hosted x86-64 program of the corpus.</summary>
    public static CompilationRequest Hosted(string program) => new()
    {
        EntryAssembly = ProgramsAssembly,
        MainType = "Programs." + program,
        Hosted = true,
        Architecture = TargetArchitecture.X64,
        OptimizationLevel = 1,
        AssemblySources = [Path.Combine(Root, "src", "Pride.Runtime", "X64", "HostedEntry.S")],
        OutputPath = Path.Combine(AppContext.BaseDirectory, "compiled", program, program + ".elf"),
    };

    /// <summary>Standard output and exit code of a compiled program.</summary>
    public static (string Output, int ExitCode) Run(string path, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (output, process.ExitCode);
    }

    /// <summary>Standard output of the same program under CoreCLR, in this process.</summary>
    public static string RunOnCoreClr(string program)
    {
        MethodInfo main = Assembly.LoadFrom(ProgramsAssembly).GetType("Programs." + program, throwOnError: true)!.GetMethod("Main")!;
        lock (s_console)
        {
            TextWriter before = Console.Out;
            StringBuilder text = new();
            using StringWriter writer = new(text) { NewLine = "\n" };
            Console.SetOut(writer);
            try
            {
                main.Invoke(null, null);
            }
            finally
            {
                Console.SetOut(before);
            }

            return text.ToString();
        }
    }
}
