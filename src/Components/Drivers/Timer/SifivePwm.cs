// A timer whose alarm is the first comparator of a SiFive PWM (FU540-C000 manual 1.0, chapter 14). An sDDF timer driver for machines whose CPU has no
// timer for PDs. The PWM's counter starts at 0 with each alarm, scaled so that the alarm lies within the comparators' 16 bits.

using System;
using System.Numerics;
using Pride.Machine;

namespace Pride.Drivers.Timer;

/// <summary>CPU counter and SiFive PWM.</summary>
[Profile(Profile.Driver)]
public sealed class SifivePwm : CounterAlarmTimer
{
    // Register offsets and bits: chapter 14.
    private const nuint Configuration = 0x00;
    private const nuint Count = 0x08;
    private const nuint FirstComparator = 0x20;
    private const int Comparators = 4;
    private const uint Sticky = 1 << 8;
    private const uint CountAlways = 1 << 12;

    private const int ComparatorBits = 16;
    private const uint LastCompared = (1 << ComparatorBits) - 1;

    // The counter has 31 bits: 16 that are compared, above a scale of up to 15. Half of its range is used, so that it does not begin anew soon after.
    protected override ulong LongestWait => (ulong)(LastCompared / 2) << 15;

    protected override void Start(ulong wait)
    {
        int scale = Math.Max(BitOperations.Log2(wait) - (ComparatorBits - 2), 0);
        uint compared = (uint)(wait >> scale) + 1;
        Registers.Write32(FirstComparator, compared);
        Registers.Write32(Configuration, Sticky | CountAlways | (uint)scale);
    }

    /// <summary>
    /// Stands still at 0, below every comparator; writing the configuration takes the interrupt back. The comparators first, or the counter, which starts
    /// with them at 0, would ring at once.
    /// </summary>
    protected override void Stop()
    {
        for (int i = 0; i < Comparators; i++)
        {
            Registers.Write32(FirstComparator + (nuint)(i * sizeof(uint)), LastCompared);
        }

        Registers.Write32(Configuration, 0);
        Registers.Write32(Count, 0);
        Registers.Write32(Configuration, 0);
    }
}
