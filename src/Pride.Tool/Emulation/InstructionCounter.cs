// What each virtual CPU of a machine has executed: counted by a plugin in QEMU (InstructionCounter.c), idle time left out.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;

namespace Pride.Tool.Emulation;

/// <summary>Counts instructions of one machine.</summary>
internal sealed class InstructionCounter : IDisposable
{
    // As in the plugin: a page, a cache line for each virtual CPU.
    private const int PageBytes = 4096;
    private const int LineBytes = 64;

    private readonly string _folder;
    private readonly string _plugin;

    /// <summary>Compiles the plugin.</summary>
    /// <exception cref="ToolException">It does not compile.</exception>
    public InstructionCounter(Workspace workspace)
    {
        _folder = Directory.CreateTempSubdirectory("pride-count-").FullName;
        _plugin = Path.Combine(_folder, "counter.so");
        File.WriteAllBytes(Counts, new byte[PageBytes]);
        string source = Path.Combine(workspace.Source, "Pride.Tool", "Emulation", "InstructionCounter.c");
        ProcessResult result = Processes.Run(
            "clang-19", ["-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-nostdlib", "--ld-path=ld.lld-19", "-o", _plugin, source]);
        if (result.ExitCode != 0)
        {
            Dispose();
            throw new ToolException(ExitCodes.Compilation, $"QEMU's plugin does not compile:\n{result.Error.Trim()}", "clang-19 for this machine is needed");
        }
    }

    /// <summary>What QEMU is to be started with.</summary>
    public IReadOnlyList<string> Arguments => ["-plugin", $"file={_plugin},counts={Counts}"];

    private string Counts => Path.Combine(_folder, "counts");

    /// <summary>Instructions that each of the first <paramref name="cores"/> virtual CPUs has executed so far.</summary>
    public ulong[] Read(int cores)
    {
        byte[] page = File.ReadAllBytes(Counts);
        return [.. Enumerable.Range(0, cores).Select(core => MemoryMarshal.Read<ulong>(page.AsSpan(core * LineBytes)))];
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
