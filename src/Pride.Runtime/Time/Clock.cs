// Time: a monotonic counter, and the wall clock as an offset to it that whoever knows the date sets (an RTC client, SNTP).
//
// In a PD: the CPU's counter. Hosted: clock_gettime. Under xunit: the host's stopwatch.

using System;
using System.Diagnostics;
using Pride.Machine;
using Pride.Runtime.Hosted;
using Pride.Runtime.ObjectModel;

namespace Pride.Runtime.Time;

/// <summary>Another source of monotonic time than the CPU's counter (a simulated clock, a timer service).</summary>
public interface ITimeSource
{
    /// <summary>Nanoseconds since some fixed moment; never goes back.</summary>
    long Nanoseconds { get; }
}

/// <summary>Now.</summary>
public static class Clock
{
    public const long NanosecondsPerSecond = 1_000_000_000;
    public const long NanosecondsPerMillisecond = 1_000_000;

    private static ITimeSource? s_source;
    private static long s_wallOffset;

    /// <summary>When set, replaces the CPU's counter.</summary>
    public static ITimeSource? Source
    {
        get => s_source;
        set => s_source = value;
    }

    /// <summary>Nanoseconds since boot (or another fixed moment); never goes back.</summary>
    public static long Nanoseconds => s_source is { } source ? source.Nanoseconds : CounterNanoseconds();

    /// <summary>Milliseconds since boot.</summary>
    public static long Milliseconds => Nanoseconds / NanosecondsPerMillisecond;

    /// <summary>Nanoseconds since 1970-01-01 UTC; since boot when nobody has set the date.</summary>
    public static long WallNanoseconds
    {
        get
        {
            if (CompilerFacts.IsHosted)
            {
                return s_wallOffset + LinuxCalls.Nanoseconds(LinuxCalls.ClockRealtime);
            }

            return s_wallOffset + Nanoseconds;
        }
    }

    /// <summary>Sets the date: <paramref name="nanosecondsSince1970"/> is now (UTC).</summary>
    public static void SetWallClock(long nanosecondsSince1970)
    {
        s_wallOffset = 0;
        s_wallOffset = nanosecondsSince1970 - WallNanoseconds;
    }

    private static long CounterNanoseconds()
    {
        if (!CompilerFacts.IsGuest)
        {
            return (long)Stopwatch.GetElapsedTime(0).TotalNanoseconds;
        }

        if (CompilerFacts.IsHosted)
        {
            return LinuxCalls.Nanoseconds(LinuxCalls.ClockMonotonic);
        }

        ulong frequency = CpuCounter.Frequency();
        ulong count = CpuCounter.Count();
        if (frequency == 0)
        {
            ThrowUnknownRate();
        }

        // Seconds and the rest apart, or the product overflows after minutes.
        ulong seconds = count / frequency;
        ulong rest = count % frequency;
        return (long)((seconds * NanosecondsPerSecond) + (rest * NanosecondsPerSecond / frequency));
    }

    // A PC under a Microkit before 2.3, read before its timer's driver has run.
    private static void ThrowUnknownRate() => throw new InvalidOperationException("clock: how fast the CPU's counter runs is not known yet");
}
