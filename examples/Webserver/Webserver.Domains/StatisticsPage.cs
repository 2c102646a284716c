// Reads the kernel's statistics page: what it accounts for each PD.

using System;
using Pride.Abi;
using Pride.Machine;

namespace Webserver.Domains;

/// <summary>The page, mapped read-only into this PD.</summary>
public readonly struct StatisticsPage(Region page)
{
    private const int MicrosecondsPerSecond = 1_000_000;

    /// <summary>The description gave the page to this PD.</summary>
    public bool IsPresent => page.Size >= StatisticsHeader.Size && page.At<StatisticsHeader>().Magic == StatisticsHeader.ExpectedMagic;

    /// <summary>PDs in the page.</summary>
    public int Count
    {
        get
        {
            ulong fitting = (page.Size - StatisticsHeader.Size) / PdStatistics.Size;
            return (int)Math.Min(page.At<StatisticsHeader>().PdCount, fitting);
        }
    }

    /// <summary>Microseconds in which no PD could run.</summary>
    public long IdleMicroseconds => Microseconds(page.At<StatisticsHeader>().IdleTicks);

    /// <summary>Device interrupts delivered.</summary>
    public long Interrupts => (long)page.At<StatisticsHeader>().Interrupts;

    /// <summary>One PD's figures.</summary>
    public PdStatistics Pd(int index) => page.At<PdStatistics>(Offset(index));

    /// <summary>One PD's name, UTF-8.</summary>
    public ReadOnlySpan<byte> Name(int index)
    {
        ReadOnlySpan<byte> name = page.Bytes.Slice((int)Offset(index) + PdStatistics.NameOffset, PdStatistics.NameBytes);
        int end = name.IndexOf((byte)0);
        return end < 0 ? name : name[..end];
    }

    /// <summary>Counter ticks as microseconds.</summary>
    public long Microseconds(ulong ticks)
    {
        ulong frequency = Math.Max(page.At<StatisticsHeader>().CounterFrequency, 1);

        // Seconds and the rest apart, or the product overflows within days.
        return (long)((ticks / frequency * MicrosecondsPerSecond) + (ticks % frequency * MicrosecondsPerSecond / frequency));
    }

    private static ulong Offset(int index) => StatisticsHeader.Size + ((ulong)index * PdStatistics.Size);
}
