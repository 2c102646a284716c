// A command line for the compiler alone: what the `pride` tool does for whole systems, for one assembly.

using System;
using System.Collections.Generic;
using Pride.Compiler;

namespace Pride.Compiler.Cli;

/// <summary>Options to a <see cref="CompilationRequest"/>, and its result to an exit code.</summary>
internal static class Program
{
    private const string Usage = """
        usage: Pride.Compiler.Cli ENTRY.dll -o OUT.elf [options]
          --pd TYPE             the PD class (without it, all exports are roots; with --hosted, Main is)
          --main TYPE           with --hosted: the class whose static Main is the entry
          --arch A              aarch64 (default), riscv64, x64
          --hosted              a static Linux process
          --profile P           kernel, driver, managed
          -r PATH               a reference: file or directory
          -s FILE.S             an assembly source to link
          -T SCRIPT             linker script
          -O N                  optimisation level (2)
          --small               optimise for size
          --heap BYTES          of a hosted program (512 MiB)
          --no-asserts --no-debug --stress-heap --ir-only
          --missing             list methods that nothing provides; they fail when they run
          --explain PART        print the call chains to methods whose name contains PART
        """;

    private static int Main(string[] arguments)
    {
        try
        {
            CompilationMemory.Reserve();
            CompilationResult result = CompilerDriver.Compile(Parse(arguments));
            foreach (string missing in result.Missing)
            {
                Console.WriteLine($"missing: {missing}");
            }

            foreach (string chain in result.Explanations)
            {
                Console.WriteLine(chain);
            }

            Console.WriteLine(
                $"{result.ElfPath}: {result.MethodCount} methods, front end {result.FrontEndSeconds:F2} s, back end {result.BackEndSeconds:F2} s{(result.FromCache ? " (from the cache)" : "")}");
            return 0;
        }
        catch (CompilationException e)
        {
            Console.Error.WriteLine($"error: {e.Message}");
            return (int)e.Error;
        }
        catch (FormatException e)
        {
            Console.Error.WriteLine(e.Message);
            Console.Error.WriteLine(Usage);
            return (int)CompilationError.BadRequest;
        }
    }

    private static CompilationRequest Parse(string[] arguments)
    {
        CompilationRequest request = new() { EntryAssembly = "", OutputPath = "" };
        List<string> references = [];
        List<string> sources = [];
        for (int i = 0; i < arguments.Length; i++)
        {
            string Next() => ++i < arguments.Length ? arguments[i] : throw new FormatException($"{arguments[i - 1]} needs a value");
            request = arguments[i] switch
            {
                "-o" => request with { OutputPath = Next() },
                "--pd" => request with { ProtectionDomain = Next() },
                "--main" => request with { MainType = Next() },
                "--arch" => request with { Architecture = Enum.Parse<TargetArchitecture>(Next(), ignoreCase: true) },
                "--hosted" => request with { Hosted = true },
                "--profile" => request with { Profile = Enum.Parse<CompilationProfile>(Next(), ignoreCase: true) },
                "-r" => Add(request, references, Next()),
                "-s" => Add(request, sources, Next()),
                "-T" => request with { LinkerScript = Next() },
                "-O" => request with { OptimizationLevel = int.Parse(Next(), System.Globalization.CultureInfo.InvariantCulture) },
                "--small" => request with { OptimizesForSize = true },
                "--heap" => request with { HostedHeapBytes = long.Parse(Next(), System.Globalization.CultureInfo.InvariantCulture) },
                "--no-asserts" => request with { KeepAsserts = false },
                "--no-debug" => request with { DebugInformation = false },
                "--stress-heap" => request with { StressHeap = true },
                "--ir-only" => request with { StopAfterIr = true },
                "--missing" => request with { ListMissing = true },
                "--cache" => request with { CacheDirectory = Next() },
                "--explain" => request with { Explain = Next() },
                ['-', ..] unknown => throw new FormatException($"unknown option {unknown}"),
                string entry => request with { EntryAssembly = entry },
            };
        }

        return request.EntryAssembly.Length > 0 && request.OutputPath.Length > 0
            ? request with { References = references, AssemblySources = sources }
            : throw new FormatException("an entry assembly and -o are needed");
    }

    private static CompilationRequest Add(CompilationRequest request, List<string> list, string value)
    {
        list.Add(value);
        return request;
    }
}
