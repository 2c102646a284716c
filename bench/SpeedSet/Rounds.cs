// How a kernel is timed: the same on both sides, so that only the code differs.
//
// A kernel's Round does a fixed amount of work and returns a checksum, the same in every round and on both sides. Rounds
// run until the code is warm (a JIT needs about a second to reach its last tier), then a fixed number is timed, and
// the shortest counts: what a busy machine adds is not the program's.

using System;
using System.Diagnostics;

namespace SpeedSet;

/// <summary>The loop around every kernel.</summary>
internal static class Rounds
{
    /// <summary>Rounds that are timed.</summary>
    private const int Timed = 10;

    /// <summary>Rounds that run before, at least, and for how long at least.</summary>
    private const int Warming = 5;
    private static readonly TimeSpan s_warmingTime = TimeSpan.FromSeconds(1.5);

    /// <summary>Runs a kernel and prints "speed NAME CHECKSUM NANOSECONDS".</summary>
    public static void Run(string name, Func<long> round)
    {
        long checksum = round();
        long start = Stopwatch.GetTimestamp();
        for (int i = 1; i < Warming || Stopwatch.GetElapsedTime(start) < s_warmingTime; i++)
        {
            Check(name, checksum, round());
        }

        double shortest = double.MaxValue;
        for (int i = 0; i < Timed; i++)
        {
            long before = Stopwatch.GetTimestamp();
            long got = round();
            shortest = Math.Min(shortest, Stopwatch.GetElapsedTime(before).TotalNanoseconds);
            Check(name, checksum, got);
        }

        Console.WriteLine($"speed {name} {checksum} {(long)shortest}");
    }

    private static void Check(string name, long expected, long got)
    {
        if (expected != got)
        {
            throw new InvalidOperationException($"{name}: checksum {got} after {expected}");
        }
    }
}
