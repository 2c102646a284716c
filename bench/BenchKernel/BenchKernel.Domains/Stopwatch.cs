// Counts instructions: under QEMU's -icount shift=0 one instruction is one nanosecond of virtual time, which the counter shows.

using System;
using Pride.Machine;
using Pride.Runtime;

namespace BenchKernel.Domains;

/// <summary>Start, then print what one of so many operations took.</summary>
public struct Stopwatch
{
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    private ulong _start;

    /// <summary>Starts it.</summary>
    public void Start() => _start = CpuCounter.Count();

    /// <summary>Prints "bench NAME VALUE instructions".</summary>
    public readonly void Print(ReadOnlySpan<byte> name, ulong operations) => Print(name, CpuCounter.Count() - _start, operations);

    /// <summary>Prints <paramref name="ticks"/> of the counter as instructions for each operation.</summary>
    public static void Print(ReadOnlySpan<byte> name, ulong ticks, ulong operations) =>
        PrintInstructions(name, ticks * NanosecondsPerSecond / CpuCounter.Frequency(), operations);

    /// <summary>Prints <paramref name="instructions"/> for so many operations.</summary>
    public static void PrintInstructions(ReadOnlySpan<byte> name, ulong instructions, ulong operations)
    {
        DebugConsole.Write("bench "u8);
        DebugConsole.Write(name);
        DebugConsole.Write(" "u8);
        WriteNumber((instructions + (operations / 2)) / operations);
        DebugConsole.WriteLine(" instructions"u8);
    }

    private static void WriteNumber(ulong value)
    {
        Span<byte> digits = stackalloc byte[20];
        int at = digits.Length;
        do
        {
            digits[--at] = (byte)('0' + (value % 10));
            value /= 10;
        }
        while (value != 0);
        DebugConsole.Write(digits[at..]);
    }
}
