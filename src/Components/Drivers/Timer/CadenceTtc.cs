// A timer made of the CPU's counter, which tells the time, and the first of a Cadence triple timer counter's, which interrupts (Zynq UltraScale+ TRM
// UG1085, chapter 14; register reference UG1087, module TTC). An sDDF timer driver.
//
// With each alarm the TTC counts from 0 to an interval that fits 16 bits, which is what older ones have, at a clock that is scaled to that.
// Its clock may run a little apart from the CPU's counter, and cannot wait for long. So an alarm that comes early finds nobody's
// deadline past, and is set again.

using System;
using System.Numerics;
using Pride.Abi.Sddf;
using Pride.Machine;

namespace Pride.Drivers.Timer;

/// <summary>CPU counter and Cadence TTC.</summary>
[Profile(Profile.Driver)]
public sealed class CadenceTtc : TimerDriver
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

    /// <summary>The prescaler divides by 2^1 to 2^16.</summary>
    private const int LargestScale = 16;

    private Mmio _registers;

    /// <summary>Ticks per second of the TTC's clock.</summary>
    [Wired]
    public ulong Clock;

    protected override ulong SetUp(ref readonly DeviceResources device)
    {
        if (device.RegionCount != 1 || Clock == 0)
        {
            throw new InvalidOperationException("TTC driver: needs the timer's register window and its clock's frequency");
        }

        _registers = new Mmio(device.Regions[0].Region);
        return CpuCounter.Frequency();
    }

    protected override ulong ReadCount() => CpuCounter.Count();

    protected override void SetAlarm(ulong ticks)
    {
        _registers.Write32(CounterControl, Disabled | NoWaveform);
        _registers.Write32(InterruptEnable, 0);

        // Reading takes back what was pending.
        _registers.Read32(Interrupt);
        if (ticks == Never)
        {
            return;
        }

        ulong wait = TicksUntil(ticks, Clock, (ulong)LongestInterval << LargestScale);
        int scale = Math.Max(BitOperations.Log2(wait) - (CounterBits - 1), 0);
        _registers.Write32(ClockControl, scale == 0 ? 0 : Prescale | ((uint)(scale - 1) << PrescalerShift));
        _registers.Write32(Interval, (uint)Math.Min((wait >> scale) + 1, LongestInterval));
        _registers.Write32(InterruptEnable, IntervalReached);
        _registers.Write32(CounterControl, CountsInterval | Restart | NoWaveform);
    }
}
