// Every path that a machine has taken through the kernel, from QEMU's log of executed instructions and of exceptions (-singlestep -d exec,int,nochain).
//
// The cores take turns (-icount), so the log is the same each time, and time is instructions.

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
/// <param name="Mark">The number in the SVC instruction that began it; 0: none.</param>
internal readonly record struct KernelPath(int Core, IReadOnlyList<ulong> Addresses, bool IsWaking, uint Mark);

/// <summary>Reads the log.</summary>
internal static class KernelTrace
{
    /// <summary>QEMU's arguments for a log of what executes in [<paramref name="start"/>, + <paramref name="bytes"/>).</summary>
    public static string[] Arguments(string log, ulong start, ulong bytes) => ["-icount", "shift=0,sleep=off", "-singlestep", "-d", "exec,int,nochain", "-dfilter", $"0x{start:x}+0x{bytes:x}", "-D", log];

    /// <summary>All whole paths in <paramref name="log"/>.</summary>
    public static IEnumerable<KernelPath> Paths(string log, KernelCode code, ulong vectors)
    {
        Dictionary<int, (List<ulong>? Path, bool IsWaking)> cores = [];
        Dictionary<int, uint> marks = [];
        int raising = 0;
        foreach (string line in File.ReadLines(log))
        {
            raising = CoreOf(line) ?? raising;
            if (SyndromeOf(line) is { } syndrome)
            {
                const uint SupervisorCall = 0x15;
                marks[raising] = syndrome >> 26 == SupervisorCall ? syndrome & 0xFFFF : 0;
            }

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
                yield return new KernelPath(core, path, isWaking, isWaking ? 0 : marks.GetValueOrDefault(core));
                path = kind == FlowKind.Wait ? [] : null;
                isWaking = kind == FlowKind.Wait;
            }

            cores[core] = (path, isWaking);
        }
    }

    // "Taking exception 2 [SVC] on CPU 0": which core the lines about an exception that follow are about.
    private static int? CoreOf(string line)
    {
        const string Start = "Taking exception ";
        const string Core = " on CPU ";
        int at = line.StartsWith(Start, StringComparison.Ordinal) ? line.IndexOf(Core, StringComparison.Ordinal) : -1;
        return at < 0 ? null : int.Parse(line.AsSpan(at + Core.Length), CultureInfo.InvariantCulture);
    }

    // "...with ESR 0x15/0x56000000": the class, and the whole syndrome.
    private static uint? SyndromeOf(string line)
    {
        const string Start = "...with ESR 0x";
        int slash = line.StartsWith(Start, StringComparison.Ordinal) ? line.IndexOf('/', StringComparison.Ordinal) : -1;
        return slash < 0 ? null : uint.Parse(line.AsSpan(slash + 3), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
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
