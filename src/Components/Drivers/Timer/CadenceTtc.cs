// A timer whose alarm is the first of a Cadence triple timer counter's (Zynq UltraScale+ TRM UG1085, chapter 14; register reference UG1087, module TTC).
// An sDDF timer driver. With each alarm the TTC counts from 0 to an interval that fits 16 bits, which is what older ones have, at a clock that is
// scaled to that.

using System;
using System.Numerics;
using Pride.Machine;

namespace Pride.Drivers.Timer;

/// <summary>CPU counter and Cadence TTC.</summary>
[Profile(Profile.Driver)]
public sealed class CadenceTtc : CounterAlarmTimer
{
    // Register offsets and bits: UG1087, module TTC.
    private const nuint ClockControl = 0x00;
    private const nuint CounterControl = 0x0c;
    private const nuint Interval = 0x24;
    private const nuint Interrupt = 0x54;
    private const nuint InterruptEnable = 0x60;

    private const uint Prescale = 1 << 0;
    private const int PrescalerShift = 1;
    private const uint Disabled = 1 << 0;
    private const uint CountsInterval = 1 << 1;
    private const uint Restart = 1 << 4;
    private const uint NoWaveform = 1 << 5;
    private const uint IntervalReached = 1 << 0;

    private const int CounterBits = 16;
    private const uint LongestInterval = (1 << CounterBits) - 1;

    /// <summary>About a microsecond: the TTC goes on ringing until it is stopped, and must leave time for that.</summary>
    private const ulong ShortestWait = 128;

    /// <summary>The prescaler divides by 2^1 to 2^16.</summary>
    private const int LargestScale = 16;

    protected override ulong LongestWait => (ulong)LongestInterval << LargestScale;

    protected override void Start(ulong wait)
    {
        wait = Math.Max(wait, ShortestWait);
        int scale = Math.Max(BitOperations.Log2(wait) - (CounterBits - 1), 0);
        Registers.Write32(ClockControl, scale == 0 ? 0 : Prescale | ((uint)(scale - 1) << PrescalerShift));
        Registers.Write32(Interval, (uint)Math.Min((wait >> scale) + 1, LongestInterval));
        Registers.Write32(InterruptEnable, IntervalReached);
        Registers.Write32(CounterControl, CountsInterval | Restart | NoWaveform);
    }

    /// <summary>Reading the interrupt's register takes back what was pending.</summary>
    protected override void Stop()
    {
        Registers.Write32(CounterControl, Disabled | NoWaveform);
        Registers.Write32(InterruptEnable, 0);
        Registers.Read32(Interrupt);
    }
}
