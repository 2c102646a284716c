// The kernel's statistics page, read from outside the machine.

using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using Pride.Abi;

namespace Pride.Tool.Benchmarks;

/// <summary>CPU time of every PD at one moment. One nanosecond is one instruction under -icount shift=0.</summary>
internal sealed class StatisticsSample
{
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    private readonly SortedDictionary<string, ulong> _instructions = new(StringComparer.Ordinal);

    /// <param name="page">The page's bytes.</param>
    public StatisticsSample(ReadOnlySpan<byte> page)
    {
        StatisticsHeader header = MemoryMarshal.Read<StatisticsHeader>(page);
        if (header.Magic != StatisticsHeader.ExpectedMagic || header.CounterFrequency == 0)
        {
            throw new ToolException(
                ExitCodes.Failure, "the guest's statistics page is not there: the kernel has not started", "boot the example with ./pride run and look at what it prints");
        }

        for (int i = 0; i < (int)header.PdCount; i++)
        {
            ReadOnlySpan<byte> entry = page.Slice(StatisticsHeader.Size + (i * PdStatistics.Size), PdStatistics.Size);
            ReadOnlySpan<byte> name = entry.Slice(PdStatistics.NameOffset, PdStatistics.NameBytes);
            ulong instructions = (ulong)((UInt128)MemoryMarshal.Read<ulong>(entry) * NanosecondsPerSecond / header.CounterFrequency);
            _instructions[Encoding.UTF8.GetString(name[..name.IndexOf((byte)0)])] = instructions;
            Busy += instructions;
        }
    }

    /// <summary>Instructions of all PDs and of the kernel for them; idle time is not in it.</summary>
    public ulong Busy { get; }

    /// <summary>Each PD's instructions since <paramref name="earlier"/>.</summary>
    public IEnumerable<(string Pd, ulong Instructions)> Since(StatisticsSample earlier)
    {
        foreach ((string pd, ulong instructions) in _instructions)
        {
            yield return (pd, instructions - earlier._instructions[pd]);
        }
    }
}
