// LLVM IR and assembly sources to an ELF file: clang-19 -O2, then ld.lld-19.

using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using Pride.Compiler.Reports;

namespace Pride.Compiler.Link;

/// <summary>The tools behind the front end.</summary>
internal sealed class BackEnd(CompilationRequest request, Target target, string workDirectory)
{
    private const string Clang = "clang-19";
    private const string Linker = "ld.lld-19";

    /// <summary>Frames of the module's functions, valid after <see cref="Compile"/>.</summary>
    public Dictionary<string, FunctionFrame> Frames() => StackUsage.Read(Path.Combine(workDirectory, "module.su"));

    /// <summary>Compiles the module and the assembly sources; returns the object files.</summary>
    public List<string> Compile(string irPath)
    {
        List<string> objects = [Path.Combine(workDirectory, "module.o")];
        List<string> options =
        [
            "-target", target.Triple, request.OptimizesForSize ? "-Os" : $"-O{request.OptimizationLevel}", "-x", "ir", irPath, "-c", "-o", objects[0],
            "-ffreestanding", "-fno-builtin", "-fno-pic", "-fno-pie", "-ffunction-sections", "-fdata-sections", "-Wno-override-module", "-fstack-usage", "-faddrsig",
        ];
        if (target is { Architecture: TargetArchitecture.X64, IsHosted: false } && request.ProtectionDomain == null)
        {
            options.Add("-mcmodel=kernel");
        }

        Run(Clang, options);
        foreach (string source in request.AssemblySources)
        {
            string output = Path.Combine(workDirectory, $"{objects.Count}-{Path.GetFileNameWithoutExtension(source)}.o");
            IEnumerable<string> constants = request.Constants.Select(c => string.Create(CultureInfo.InvariantCulture, $"-D{c.Key}={c.Value}"));
            Run(Clang, ["-target", target.Triple, "-c", source, "-o", output, "-g", .. target.AssemblerOptions, .. constants]);
            objects.Add(output);
        }

        return objects;
    }

    /// <summary>Links the objects into <paramref name="output"/>.</summary>
    public void Link(IEnumerable<string> objects, string? script, string output, params string[] definitions)
    {
        List<string> options = ["-o", output, "--gc-sections", "--icf=safe", "-z", "max-page-size=4096", "-z", "noexecstack", "--build-id=sha1", "-static", "--no-dynamic-linker"];
        if (script != null)
        {
            options.AddRange(["-T", script]);
        }

        options.AddRange(definitions);
        options.AddRange(objects);
        Run(Linker, options);
    }

    private static void Run(string tool, IReadOnlyList<string> arguments)
    {
        ProcessStartInfo start = new(tool) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using Process process = Process.Start(start)!;
            System.Threading.Tasks.Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                string text = string.Join('\n', (errors.Result + output).Split('\n').Take(60));
                throw new CompilationException(CompilationError.BackEnd, $"{tool} failed with exit code {process.ExitCode}:\n{text}\ncommand: {tool} {string.Join(' ', arguments)}");
            }
        }
        catch (Win32Exception e)
        {
            throw new CompilationException(CompilationError.BackEnd, $"{tool} cannot be started; it is a package of that name on Debian", e);
        }
    }
}
