// `pride bench --hosted`: the fifteen kernels of bench/SpeedSet, compiled to static Linux processes for x86-64, against .NET's JIT and its ahead-of-time compiler.
//
// All sides run the same assembly with a heap of 64 MiB, one process for each kernel, and time their rounds in the same way
// (bench/SpeedSet/Rounds.cs). The sides of a kernel take turns several times and the shortest round of each counts, so that
// what else the machine does meets all of them. A kernel whose checksums differ is an error, not a figure.

using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using Pride.Compiler;
using Pride.Tool.Building;

namespace Pride.Tool.Benchmarks;

/// <summary>One kernel on all sides: the shortest round of each, in nanoseconds; none for native AOT where its package does not restore.</summary>
public sealed record SpeedResult(string Kernel, long PrideNanoseconds, long JitNanoseconds, long? AotNanoseconds)
{
    /// <summary>Below 1: faster than the JIT.</summary>
    public double Ratio => (double)PrideNanoseconds / JitNanoseconds;

    /// <summary>Below 1: faster than native AOT.</summary>
    public double? AotRatio => (double)PrideNanoseconds / AotNanoseconds;
}

/// <summary>Compiles and runs the speed set.</summary>
internal sealed class SpeedSet(Workspace workspace)
{
    private const string ProjectName = "SpeedSet";
    private const long HeapBytes = 64L * 1024 * 1024;

    /// <summary>How often the sides take turns.</summary>
    private const int Turns = 3;

    /// <summary>What <see cref="Target"/> compiles hosted x86-64 programs for.</summary>
    private const string InstructionSet = "x86-64-v3";

    /// <summary>As bench/SpeedSet/Program.cs names them.</summary>
    private static readonly string[] s_kernels =
    [
        "Sort", "Dictionaries", "StringBuilding", "InterfaceCalls", "Crc", "Sha256", "NBody", "SpanSearch", "Linq", "Json", "RegularExpressions", "AsyncPingPong",
        "Churn", "Matrix", "BigIntegers",
    ];

    private string Assembly => Path.Combine(workspace.BinFolder(ProjectName), ProjectName + ".dll");

    /// <summary>Runs the kernels whose name contains <paramref name="filter"/>.</summary>
    public IReadOnlyList<SpeedResult> Run(string? filter)
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            throw new ToolException(ExitCodes.Usage, "the speed set compares with the JIT of this machine, which is not x86-64", "run it on an x86-64 machine");
        }

        DotNet.Build(Path.Combine(workspace.Root, "bench", ProjectName, ProjectName + ".csproj"));
        string? native = PublishNative();
        List<SpeedResult> results = [];
        foreach (string kernel in s_kernels.Where(k => filter is null || k.Contains(filter, StringComparison.OrdinalIgnoreCase)))
        {
            string elf = Report.Step($"compiled {kernel}", () => Compile(kernel));
            results.Add(Report.Step($"ran {kernel}", () => Compare(kernel, elf, native)));
        }

        return results;
    }

    /// <summary>The ratios and their geometric means, a line each.</summary>
    public static IEnumerable<string> Table(IReadOnlyList<SpeedResult> results)
    {
        yield return $"{"kernel",-20} {"Pride ms",10} {"JIT ms",10} {"ratio",7} {"AOT ms",10} {"ratio",7}";
        foreach (SpeedResult r in results)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{r.Kernel,-20} {r.PrideNanoseconds / 1e6,10:F2} {r.JitNanoseconds / 1e6,10:F2} {r.Ratio,7:F2} {r.AotNanoseconds / 1e6,10:F2} {r.AotRatio,7:F2}");
        }

        double? aotMean = results.All(r => r.AotRatio.HasValue) ? Math.Exp(results.Average(r => Math.Log(r.AotRatio!.Value))) : null;
        yield return string.Create(CultureInfo.InvariantCulture, $"{"geometric mean",-42} {Math.Exp(results.Average(r => Math.Log(r.Ratio))),7:F2} {"",10} {aotMean,7:F2}");
    }

    // The path of the program that native AOT makes; none, with a warning, where its package cannot be had.
    private string? PublishNative()
    {
        string folder = Path.Combine(workspace.Output, "speed-aot");
        try
        {
            DotNet.PublishNative(Path.Combine(workspace.Root, "bench", ProjectName, ProjectName + ".csproj"), InstructionSet, folder);
            return Path.Combine(folder, "out", ProjectName);
        }
        catch (ToolException e)
        {
            Report.Warning($"no comparison with native AOT: {e.Message}");
            return null;
        }
    }

    private SpeedResult Compare(string kernel, string elf, string? native)
    {
        (long own, long jit, long? aot) = (long.MaxValue, long.MaxValue, null);
        for (int turn = 0; turn < Turns; turn++)
        {
            (long jitChecksum, long jitTime) = Measure(kernel, "dotnet", Assembly, kernel);
            (long checksum, long time) = Measure(kernel, elf);
            Agree(kernel, checksum, jitChecksum);
            (own, jit) = (Math.Min(own, time), Math.Min(jit, jitTime));
            if (native is not null)
            {
                (long aotChecksum, long aotTime) = Measure(kernel, native, kernel);
                Agree(kernel, aotChecksum, jitChecksum);
                aot = Math.Min(aot ?? long.MaxValue, aotTime);
            }
        }

        return new SpeedResult(kernel, own, jit, aot);
    }

    private static void Agree(string kernel, long checksum, long jitChecksum)
    {
        if (checksum != jitChecksum)
        {
            throw new ToolException(ExitCodes.Failure, $"kernel {kernel} computes {checksum}, under CoreCLR {jitChecksum}", "this is a bug of the compiler or the runtime");
        }
    }

    private string Compile(string kernel)
    {
        string output = Path.Combine(workspace.Output, "speed", kernel + ".elf");
        CompilationRequest request = HostedProcess.Request(Assembly, TargetArchitecture.X64, workspace.Source, output) with
        {
            MainType = $"{ProjectName}.{kernel}",
            HostedHeapBytes = HeapBytes,
            KeepAsserts = false,
            CacheDirectory = workspace.Cache,
        };
        return CompilerDriver.Compile(request).ElfPath;
    }

    // A kernel prints "speed NAME CHECKSUM NANOSECONDS".
    private static (long Checksum, long Nanoseconds) Measure(string kernel, string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_GCHeapHardLimit"] = string.Create(CultureInfo.InvariantCulture, $"0x{HeapBytes:x}");
        start.Environment["DOTNET_TieredPGO"] = "1";
        try
        {
            using Process process = Process.Start(start)!;
            System.Threading.Tasks.Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            string[] words = output.Trim().Split(' ');
            return words is ["speed", _, var checksum, var nanoseconds] && process.ExitCode == 0
                ? (long.Parse(checksum, CultureInfo.InvariantCulture), long.Parse(nanoseconds, CultureInfo.InvariantCulture))
                : throw new ToolException(ExitCodes.Failure, $"kernel {kernel} ended with code {process.ExitCode}:\n{output}{errors.Result}", $"run it by hand: {program}");
        }
        catch (Win32Exception e)
        {
            throw new ToolException(ExitCodes.Failure, $"{program} cannot be started: {e.Message}", "run ./pride setup");
        }
    }
}
