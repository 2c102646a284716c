// Every path that a machine has taken through the kernel, from QEMU's log of executed instructions (-singlestep -d exec,nochain).

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using Pride.Tool.Bounds;

namespace Pride.Boot.Tests;

/// <summary>One way from an exception to the return to a thread, or to waiting.</summary>
/// <param name="Core">Whose.</param>
/// <param name="Addresses">Of the instructions, in order.</param>
/// <param name="IsWaking">It began with an interrupt while the core was idle.</param>
internal readonly record struct KernelPath(int Core, IReadOnlyList<ulong> Addresses, bool IsWaking);

/// <summary>Reads the log.</summary>
internal static class KernelTrace
{
    /// <summary>QEMU's arguments for a log of what executes in [<paramref name="start"/>, + <paramref name="bytes"/>).</summary>
    public static string[] Arguments(string log, ulong start, ulong bytes) => ["-singlestep", "-d", "exec,nochain", "-dfilter", $"0x{start:x}+0x{bytes:x}", "-D", log];

    /// <summary>All whole paths in <paramref name="log"/>.</summary>
    public static IEnumerable<KernelPath> Paths(string log, KernelCode code, ulong vectors)
    {
        Dictionary<int, (List<ulong>? Path, bool IsWaking)> cores = [];
        foreach (string line in File.ReadLines(log))
        {
            if (!TryParse(line, out int core, out ulong pc) || !code.IsCode(pc))
            {
                continue;
            }

            (List<ulong>? path, bool isWaking) = cores.GetValueOrDefault(core);
            if (pc - vectors is KernelBounds.SynchronousVector or KernelBounds.InterruptVector or KernelBounds.SystemErrorVector)
            {
                path = [];
                isWaking = false;
            }

            // QEMU notes an instruction again when something else took its turn just before it.
            if (path is not null && (path.Count == 0 || path[^1] != pc))
            {
                path.Add(pc);
            }

            FlowKind kind = Aarch64Flow.Of(code[pc], pc).Kind;
            const uint ReturnFromException = 0xD69F_03E0;
            if (path is not null && (kind == FlowKind.Wait || code[pc] == ReturnFromException))
            {
                yield return new KernelPath(core, path, isWaking);
                path = kind == FlowKind.Wait ? [] : null;
                isWaking = kind == FlowKind.Wait;
            }

            cores[core] = (path, isWaking);
        }
    }

    // "Trace 0: 0x7f6324006140 [0000000000004000/ffffffff80000250/00000121/ff080201]": the core, and behind the first slash the address.
    private static bool TryParse(string line, out int core, out ulong pc)
    {
        core = 0;
        pc = 0;
        const string Start = "Trace ";
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        int slash = line.IndexOf('/', StringComparison.Ordinal);
        return line.StartsWith(Start, StringComparison.Ordinal)
            && colon > 0
            && slash > 0
            && line.Length > slash + 17
            && int.TryParse(line.AsSpan(Start.Length, colon - Start.Length), CultureInfo.InvariantCulture, out core)
            && ulong.TryParse(line.AsSpan(slash + 1, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out pc);
    }
}
