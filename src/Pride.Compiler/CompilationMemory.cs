// A compilation of a large program makes some 220 MB of objects, most of which it needs to the end: each collection in between marks and
// moves what is alive, a tenth of a second of CPU time, and frees little.

using System;
using System.Threading;

namespace Pride.Compiler;

/// <summary>For processes that compile and end.</summary>
public static class CompilationMemory
{
    /// <summary>Bytes. One large program; with 64-bit regions the runtime takes no more than this for a start.</summary>
    private const long ReservedBytes = 240L << 20;

    /// <summary>A machine with less than so many times the reserve keeps collecting.</summary>
    private const int SmallestShare = 8;

    private static int s_isReserved;

    /// <summary>Lets the process allocate a first <see cref="ReservedBytes"/> without a collection; after that it collects as ever.</summary>
    public static void Reserve()
    {
        if (Interlocked.Exchange(ref s_isReserved, 1) == 0 && GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / SmallestShare >= ReservedBytes)
        {
            // False: the memory is not to be had, and collections go on.
            _ = GC.TryStartNoGCRegion(ReservedBytes);
        }
    }
}
