// A timer made of the CPU's counter, which tells the time, and the first comparator of a SiFive PWM, which interrupts (FU540-C000 manual 1.0,
// chapter 14). An sDDF timer driver for machines whose CPU has no timer for PDs.
//
// The PWM's counter starts at 0 with each alarm, scaled so that the alarm lies within the comparators' 16 bits. Its clock may run a little apart
// from the CPU's counter, and cannot wait for long. So an alarm that comes early finds nobody's deadline past, and is set again.

using System;
using System.Numerics;
using Pride.Abi.Sddf;
using Pride.Machine;

namespace Pride.Drivers.Timer;

/// <summary>CPU counter and SiFive PWM.</summary>
[Profile(Profile.Driver)]
public sealed class SifivePwm : TimerDriver
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

    // The counter has 31 bits: 16 that are compared, above a scale of up to 15. Half of its range, so that it does not begin anew soon after.
    private const ulong LongestWaitTicks = (ulong)(LastCompared / 2) << 15;

    private Mmio _registers;

    /// <summary>Ticks per second of the PWM's clock.</summary>
    [Wired]
    public ulong Clock;

    protected override ulong SetUp(ref readonly DeviceResources device)
    {
        if (device.RegionCount != 1 || Clock == 0)
        {
            throw new InvalidOperationException("SiFive PWM driver: needs the timer's register window and its clock's frequency");
        }

        _registers = new Mmio(device.Regions[0].Region);
        Stop();
        return CpuCounter.Frequency();
    }

    protected override ulong ReadCount() => CpuCounter.Count();

    protected override void SetAlarm(ulong ticks)
    {
        Stop();
        if (ticks == Never)
        {
            return;
        }

        ulong wait = TicksUntil(ticks, Clock, LongestWaitTicks);
        int scale = Math.Max(BitOperations.Log2(wait) - (ComparatorBits - 1), 0);
        uint compared = Math.Clamp((uint)(wait >> scale) + 1, 1, LastCompared - 1);
        _registers.Write32(FirstComparator, compared);
        _registers.Write32(Configuration, Sticky | CountAlways | (uint)scale);
    }

    /// <summary>
    /// Stands still at 0, below every comparator; writing the configuration takes the interrupt back. The comparators first, or the counter, which starts
    /// with them at 0, would ring at once.
    /// </summary>
    private void Stop()
    {
        for (int i = 0; i < Comparators; i++)
        {
            _registers.Write32(FirstComparator + (nuint)(i * sizeof(uint)), LastCompared);
        }

        _registers.Write32(Configuration, 0);
        _registers.Write32(Count, 0);
        _registers.Write32(Configuration, 0);
    }
}
