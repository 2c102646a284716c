// A timer made of the CPU's counter, which tells the time, and a device that can wait for some ticks of its own clock, which interrupts. A device's own
// class knows how it is started and stopped.
//
// The device's clock may run a little apart from the CPU's counter, and cannot wait for long. So an alarm that comes early finds nobody's deadline
// past, and is set again.

using System;
using Pride.Abi.Sddf;
using Pride.Machine;

namespace Pride.Drivers.Timer;

/// <summary>CPU counter and an alarm.</summary>
public abstract class CounterAlarmTimer : TimerDriver
{
    /// <summary>Ticks per second of the alarm's clock.</summary>
    [Wired]
    public ulong Clock;

    protected Mmio Registers { get; private set; }

    /// <summary>The most ticks that the device can wait for.</summary>
    protected abstract ulong LongestWait { get; }

    protected override ulong SetUp(ref readonly DeviceResources device)
    {
        if (device.RegionCount != 1 || Clock == 0)
        {
            throw new InvalidOperationException("timer driver: needs the alarm's register window and its clock's frequency");
        }

        Registers = new Mmio(device.Regions[0].Region);
        return CpuCounter.Frequency();
    }

    protected override ulong ReadCount() => CpuCounter.Count();

    protected override void SetAlarm(ulong ticks)
    {
        Stop();
        if (ticks != Never)
        {
            Start(TicksUntil(ticks));
        }
    }

    /// <summary>Lets the device interrupt after <paramref name="wait"/> ticks of its clock, one at least and <see cref="LongestWait"/> at most.</summary>
    protected abstract void Start(ulong wait);

    /// <summary>The device does not interrupt; an interrupt that is pending is taken back.</summary>
    protected abstract void Stop();

    private ulong TicksUntil(ulong deadline)
    {
        const ulong NanosecondsPerSecond = 1_000_000_000;
        ulong now = ReadCount();
        ulong nanoseconds = deadline > now ? ToNanoseconds(deadline - now) : 0;
        if (nanoseconds / NanosecondsPerSecond >= LongestWait / Clock)
        {
            return LongestWait;
        }

        // One tick more than the conversion gives, which rounds down.
        return Math.Min((ulong)((UInt128)nanoseconds * Clock / NanosecondsPerSecond) + 1, LongestWait);
    }
}
