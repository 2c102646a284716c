// Programs that are static Linux processes: what all requests for them have in common, and how they are started.

using System.IO;

namespace Pride.Compiler;

/// <summary>Hosted programs.</summary>
public static class HostedProcess
{
    /// <summary>A request for a process.</summary>
    /// <param name="assembly">The assembly with its Main.</param>
    /// <param name="architecture">Its instruction set.</param>
    /// <param name="sources">The repository's src, whose runtime has the process's entry.</param>
    /// <param name="output">The ELF file to write.</param>
    public static CompilationRequest Request(string assembly, TargetArchitecture architecture, string sources, string output) => new()
    {
        EntryAssembly = assembly,
        Hosted = true,
        Architecture = architecture,
        AssemblySources = [Path.Combine(sources, "Pride.Runtime", architecture.ToString(), "HostedEntry.S")],
        OutputPath = output,
    };

    /// <summary>The command that runs <paramref name="elf"/> on an x86-64 machine: a program and its arguments.</summary>
    public static (string Program, string[] Arguments) Command(string elf, TargetArchitecture architecture, params string[] arguments) => architecture switch
    {
        TargetArchitecture.AArch64 => ("qemu-aarch64", [elf, .. arguments]),
        TargetArchitecture.RiscV64 => ("qemu-riscv64", [elf, .. arguments]),
        _ => (elf, arguments),
    };
}
