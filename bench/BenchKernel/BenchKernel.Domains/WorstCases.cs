// The dearest invocations, each at its longest: as many words as a message holds, every queue that the call touches not empty.

using System;
using Pride.Abi;
using Pride.Machine;
using Pride.Microkit;

namespace BenchKernel.Domains;

/// <summary>Measures what single system calls take at most, on a child that waits.</summary>
internal static class WorstCases
{
    private const int Rounds = 50;
    private const ulong ChildPriority = 90;

    /// <summary>A place that the child can read 120 words from: its program.</summary>
    private const ulong Program = 0x20_0000;

    /// <summary>Prints a line for each.</summary>
    public static void Measure(ulong child)
    {
        ref readonly InvocationLabels labels = ref Kernel.Labels;
        Measure("worst-read-registers"u8, child, new MessageInfo(labels.TcbReadRegisters, 2), 0, (ulong)ThreadControl.ContextLength);
        Measure("worst-write-registers"u8, child, new MessageInfo(labels.TcbWriteRegisters, 2), 0, 0);
        Measure("worst-read-memory"u8, child, new MessageInfo(labels.PrideTcbReadMemory, 2), Program, MessageInfo.MaximumLength);
        MessageRegisters.SetExtraCap(0, child);
        Measure("worst-set-priority"u8, child, new MessageInfo(labels.TcbSetPriority, 1, 1), ChildPriority, 0);
        Measure("worst-suspend"u8, child, new MessageInfo(labels.TcbSuspend, 0), 0, 0);
        Measure("worst-resume"u8, child, new MessageInfo(labels.TcbResume, 0), 0, 0);
        Measure("worst-refused"u8, child, new MessageInfo(ulong.MaxValue >> 12, 0), 0, 0);
    }

    private static void Measure(ReadOnlySpan<byte> name, ulong cap, MessageInfo info, ulong word0, ulong word1)
    {
        ulong longest = 0;
        for (int i = 0; i < Rounds; i++)
        {
            MessageRegisters.Set(0, word0);
            MessageRegisters.Set(1, word1);
            ulong start = CpuCounter.Count();
            Kernel.Call(cap, info);
            ulong ticks = CpuCounter.Count() - start;
            longest = ticks > longest ? ticks : longest;
        }

        Stopwatch.Print(name, longest, 1);
    }
}
