// The high-precision event timer of PCs as an sDDF timer driver (IA-PC HPET specification 1.0a): its main counter tells the time, its timer 0
// interrupts. The kernel has started the counter, and reads it no more after boot.

using System;
using Pride.Abi.Sddf;
using Pride.Machine;

namespace Pride.Drivers.Timer;

/// <summary>HPET.</summary>
[Profile(Profile.Driver)]
public sealed class HpetTimer : ComparatorTimer
{
    // Registers and bits: IA-PC HPET specification, 2.3.
    private const nuint Capabilities = 0x000;
    private const nuint Configuration = 0x010;
    private const nuint Status = 0x020;
    private const nuint MainCounter = 0x0F0;
    private const nuint TimerConfiguration = 0x100;
    private const nuint Comparator = 0x108;

    private const ulong CounterHas64Bits = 1 << 13;
    private const int PeriodShift = 32;
    private const ulong EnableCounter = 1 << 0;
    private const ulong LegacyRoutes = 1 << 1;
    private const ulong LevelTriggered = 1 << 1;
    private const ulong EnableInterrupt = 1 << 2;
    private const int RouteShift = 9;
    private const int PossibleRoutesShift = 32;
    private const ulong Timer0 = 1 << 0;

    private const ulong FemtosecondsPerSecond = 1_000_000_000_000_000;

    // Measuring takes 1/100 of a second: an error of a microsecond is 100 parts in a million. Of several readings the closest counts.
    private const ulong PartsOfSecond = 100;
    private const int Readings = 8;

    // On any machine they take much longer than measuring.
    private const int MostLooks = 1 << 18;

    private Mmio _registers;

    /// <summary>The IOAPIC pin that its interrupt comes by.</summary>
    [Wired]
    public ulong Pin;

    protected override bool HasFired => (_registers.Read64(Status) & Timer0) != 0;

    protected override ulong SetUp(ref readonly DeviceResources device)
    {
        if (device.RegionCount != 1)
        {
            throw new InvalidOperationException("HPET driver: needs the timer's register window");
        }

        _registers = new Mmio(device.Regions[0].Region);
        ulong capabilities = _registers.Read64(Capabilities);
        ulong period = capabilities >> PeriodShift;
        if (period == 0 || (capabilities & CounterHas64Bits) == 0)
        {
            throw new InvalidOperationException("HPET driver: there is none with a counter of 64 bits");
        }

        ulong routes = _registers.Read64(TimerConfiguration) >> PossibleRoutesShift;
        if (Pin >= sizeof(uint) * 8 || ((routes >> (int)Pin) & 1) == 0)
        {
            throw new InvalidOperationException("HPET driver: timer 0 cannot interrupt by the pin that the board gives it");
        }

        _registers.Write64(Configuration, (_registers.Read64(Configuration) & ~LegacyRoutes) | EnableCounter);
        ulong frequency = FemtosecondsPerSecond / period;
        if (CpuCounter.IsMeasuredHere)
        {
            CpuCounter.Tell(MeasureCpuCounter(frequency));
        }

        return frequency;
    }

    /// <summary>Ticks for each second of the CPU's counter, measured against this timer's, which runs at <paramref name="frequency"/>, in Hz.</summary>
    /// <exception cref="InvalidOperationException">This timer's counter stands still.</exception>
    public ulong MeasureCpuCounter(ulong frequency)
    {
        (ulong start, ulong startReference) = ReadTogether();
        (ulong end, ulong endReference) = (start, startReference);
        for (int looks = 0; endReference - startReference < frequency / PartsOfSecond; looks++)
        {
            (end, endReference) = looks < MostLooks ? ReadTogether() : throw new InvalidOperationException("HPET driver: its counter does not count");
        }

        return (ulong)((UInt128)(end - start) * frequency / (endReference - startReference));
    }

    // A reading counts as made midway between two of the CPU's counter; an emulator may take the CPU away in between.
    private (ulong Count, ulong Reference) ReadTogether()
    {
        (ulong count, ulong reference, ulong narrowest) = (0, 0, ulong.MaxValue);
        for (int i = 0; i < Readings; i++)
        {
            ulong before = CpuCounter.Count();
            ulong now = ReadCount();
            ulong width = CpuCounter.Count() - before;
            if (width < narrowest)
            {
                (count, reference, narrowest) = (before + (width / 2), now, width);
            }
        }

        return (count, reference);
    }

    protected override ulong ReadCount() => _registers.Read64(MainCounter);

    protected override void SetAlarm(ulong ticks)
    {
        ulong route = LevelTriggered | (Pin << RouteShift);
        if (ticks == Never)
        {
            _registers.Write64(TimerConfiguration, route);
            _registers.Write64(Status, Timer0);
            return;
        }

        _registers.Write64(Status, Timer0);
        _registers.Write64(TimerConfiguration, route | EnableInterrupt);
        SetComparator(ticks);
    }

    protected override void WriteComparator(ulong ticks) => _registers.Write64(Comparator, ticks);
}
