// How often the kernel's loops go round in one system, where that is less than in any.

using System;
using System.Linq;
using Pride.Description;
using Pride.Kernel.Objects;
using Pride.Tool.Building;

namespace Pride.Tool.Bounds;

internal static class SystemLimits
{
    /// <summary>The limits of <paramref name="image"/>'s system: its threads by core, each core's monitor among them, those that other cores may signal, and its cores.</summary>
    public static Func<LoopLimit, ulong> Of(SystemImage image)
    {
        ulong[] threads = [.. image.System.Pds.GroupBy(ThreadCore).Select(g => (ulong)g.Count() + 1)];
        ulong signalled = image.System.Links.Where(l => ThreadCore(l.First.Pd) != ThreadCore(l.Second.Pd))
            .SelectMany(l => (Pd[])[l.First.Pd, l.Second.Pd]).Distinct().GroupBy(ThreadCore).Select(g => (ulong)g.Count()).DefaultIfEmpty().Max();
        return limit => limit switch
        {
            LoopLimit.Threads => threads.Max(),
            LoopLimit.DomainThreads => image.System.Turns.Count > 0 ? threads.Max() : 0,
            LoopLimit.InboxBits => signalled,
            LoopLimit.Cores => (ulong)threads.Length,
            _ => LoopLimits.Most(limit),
        };
    }

    private static int ThreadCore(Pd pd) => pd.Options.Core;
}
