// A timer made of the CPU's counter, which tells the time, and the alarm of a Goldfish real-time clock, which interrupts. An sDDF timer driver
// for machines whose CPU has no timer for PDs (RISC-V). Registers: Clock/GoldfishRegisters.cs.
//
// The alarm's clock may run a little apart from the counter. So an alarm that comes early finds nobody's deadline past, and is set again.

using System;
using Pride.Abi.Sddf;
using Pride.Drivers.Clock;
using Pride.Machine;

namespace Pride.Drivers.Timer;

/// <summary>CPU counter and Goldfish alarm.</summary>
[Profile(Profile.Driver)]
public sealed class GoldfishTimer : TimerDriver
{
    /// <summary>An hour: a clock whose alarm time is signed never sees one that is out of its range.</summary>
    private const ulong LongestWaitNanoseconds = 3_600_000_000_000;

    private GoldfishRegisters _clock;

    protected override ulong SetUp(ref readonly DeviceResources device)
    {
        if (device.RegionCount != 1)
        {
            throw new InvalidOperationException("Goldfish timer driver: needs the clock's register window");
        }

        _clock = new GoldfishRegisters(new Mmio(device.Regions[0].Region));
        _clock.ClearAlarm();
        _clock.EnableInterrupt();
        return CpuCounter.Frequency();
    }

    protected override ulong ReadCount() => CpuCounter.Count();

    protected override void SetAlarm(ulong ticks)
    {
        _clock.ClearAlarm();
        if (ticks == Never)
        {
            return;
        }

        // One nanosecond more than the conversion gives, which rounds down.
        ulong now = ReadCount();
        ulong wait = ticks > now ? Math.Min(ToNanoseconds(ticks - now) + 1, LongestWaitNanoseconds) : 0;
        _clock.SetAlarm(_clock.ReadTime() + wait);
    }
}
