// The statistics page: what the kernel accounts for each PD, for whoever may read it (a status page, a profiler).
//
// The image builder lays it out on pages of its own and may map them read-only into a PD. Only the kernel writes,
// one aligned 64-bit word at a time, so a reader never sees half a value; two fields are not read at the same instant.

using System.Runtime.InteropServices;

namespace Pride.Abi;

/// <summary>Stands at the start of the statistics page; <see cref="PdCount"/> entries of <see cref="PdStatistics"/> follow it. 64 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Size = Size)]
public struct StatisticsHeader
{
    public const int Size = 64;

    /// <summary>"PrideSt" and the layout's version.</summary>
    public const ulong ExpectedMagic = 0x0001_7453_6469_7250;

    /// <summary>Builder: <see cref="ExpectedMagic"/>.</summary>
    public ulong Magic;

    /// <summary>Ticks per second of all counters here, and of the counter that PDs read themselves (AArch64: CNTVCT_EL0). Written at boot.</summary>
    public ulong CounterFrequency;

    /// <summary>Counter value when the kernel started; uptime is the counter less this.</summary>
    public ulong BootCounter;

    /// <summary>Builder: entries that follow.</summary>
    public ulong PdCount;

    /// <summary>Ticks in which no PD could run.</summary>
    public ulong IdleTicks;

    /// <summary>Device interrupts delivered.</summary>
    public ulong Interrupts;

    /// <summary>Accesses of devices that the IOMMU has refused, as far as it has noted them.</summary>
    public ulong DmaRefusals;
}

/// <summary>One PD's entry. 128 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Size = Size)]
public unsafe struct PdStatistics
{
    public const int Size = 128;

    /// <summary>Bytes in <see cref="Name"/>, with the terminating zero.</summary>
    public const int NameBytes = 64;

    /// <summary>Byte offset of <see cref="Name"/>.</summary>
    public const int NameOffset = 6 * sizeof(ulong);

    /// <summary>CPU time in counter ticks, the kernel's work for this PD included. Booked when the PD stops running.</summary>
    public ulong CpuTicks;

    /// <summary>Times it was switched to.</summary>
    public ulong Activations;

    /// <summary>Faults it raised.</summary>
    public ulong Faults;

    /// <summary>Times its registers were written with "resume" (Microkit's restart).</summary>
    public ulong Restarts;

    /// <summary>Builder: bytes of memory mapped into this PD alone (ELF, stack, IPC buffer, heap, private regions).</summary>
    public ulong MemoryBytes;

    /// <summary>Builder: priority at boot.</summary>
    public ulong Priority;

    /// <summary>Builder: the PD's name, UTF-8, ends with a zero.</summary>
    public fixed byte Name[NameBytes];
}
