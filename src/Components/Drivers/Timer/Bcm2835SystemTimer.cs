// The system timer of Broadcom's chips as an sDDF timer driver (BCM2835 ARM Peripherals, chapter 12): a counter of 64 bits, and four comparators of its
// lower 32. Comparators 0 and 2 are the graphics processor's; this is comparator 1.

using System;
using Pride.Abi.Sddf;
using Pride.Machine;

namespace Pride.Drivers.Timer;

/// <summary>BCM2835 system timer.</summary>
[Profile(Profile.Driver)]
public sealed class Bcm2835SystemTimer : ComparatorTimer
{
    // Registers and bits: chapter 12.
    private const nuint Status = 0x00;
    private const nuint CounterLow = 0x04;
    private const nuint CounterHigh = 0x08;
    private const nuint Comparator = 0x10;
    private const uint Matched = 1 << 1;

    private Mmio _registers;

    /// <summary>Ticks per second.</summary>
    [Wired]
    public ulong Clock;

    protected override bool HasFired => (_registers.Read32(Status) & Matched) != 0;

    protected override ulong SetUp(ref readonly DeviceResources device)
    {
        if (device.RegionCount != 1 || Clock == 0)
        {
            throw new InvalidOperationException("system timer driver: needs the timer's register window and its clock's frequency");
        }

        _registers = new Mmio(device.Regions[0].Region);
        return Clock;
    }

    protected override ulong ReadCount()
    {
        const int HighShift = 32;
        uint high = _registers.Read32(CounterHigh);
        uint low = _registers.Read32(CounterLow);
        uint highAfter = _registers.Read32(CounterHigh);

        // The lower half began anew in between. It does not so twice: that takes an hour.
        return high == highAfter ? ((ulong)high << HighShift) | low : ((ulong)highAfter << HighShift) | _registers.Read32(CounterLow);
    }

    /// <summary>
    /// A comparator cannot be turned off, and matches each time that the counter's lower half becomes equal to it, every 71 minutes: an alarm that comes
    /// early finds nobody's deadline past, and is set again.
    /// </summary>
    protected override void SetAlarm(ulong ticks)
    {
        _registers.Write32(Status, Matched);
        if (ticks != Never)
        {
            SetComparator(ticks);
        }
    }

    protected override void WriteComparator(ulong ticks) => _registers.Write32(Comparator, (uint)ticks);
}
