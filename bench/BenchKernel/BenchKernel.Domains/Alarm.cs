// The interrupt whose way is measured: that of the board's timer, at a moment that is known to the instruction or nearly.
//
// AArch64: the physical timer, 16 ns for a tick of its counter. RISC-V: the Goldfish clock's alarm, whose time has nanoseconds. x86-64: the HPET's timer 0,
// 10 ns for a tick.

using Pride.Machine;
using Pride.Runtime.ObjectModel;

namespace BenchKernel.Domains;

/// <summary>An alarm. Times are nanoseconds, which under -icount are instructions.</summary>
public readonly struct Alarm(Region registers, uint pin)
{
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    // QEMU, hw/rtc/goldfish_rtc.c.
    private const nuint TimeLow = 0x00;
    private const nuint TimeHigh = 0x04;
    private const nuint AlarmLow = 0x08;
    private const nuint AlarmHigh = 0x0c;
    private const nuint InterruptEnabled = 0x10;
    private const nuint InterruptClear = 0x1c;

    // IA-PC HPET specification 1.0a, 2.3: status, main counter, configuration and comparator of timer 0; QEMU's counts every 10 ns.
    private const nuint HpetStatus = 0x020;
    private const nuint HpetCounter = 0x0F0;
    private const nuint HpetTimer = 0x100;
    private const nuint HpetComparator = 0x108;
    private const ulong HpetTickNanoseconds = 10;
    private const ulong LevelTriggered = 1 << 1;
    private const ulong EnableInterrupt = 1 << 2;
    private const int RouteShift = 9;

    private static bool IsGoldfish => CompilerFacts.Architecture == Architecture.RiscV64;

    private static bool IsHpet => CompilerFacts.Architecture == Architecture.X64;

    // The line is lowered at the pin that the route says.
    private ulong Route => LevelTriggered | ((ulong)pin << RouteShift);

    /// <summary>Now.</summary>
    public ulong Now
    {
        get
        {
            if (IsHpet)
            {
                return new Mmio(registers).Read64(HpetCounter) * HpetTickNanoseconds;
            }

            if (!IsGoldfish)
            {
                return CpuCounter.Count() * (NanosecondsPerSecond / CpuCounter.Frequency());
            }

            Mmio clock = new(registers);
            uint low = clock.Read32(TimeLow);
            return ((ulong)clock.Read32(TimeHigh) << 32) | low;
        }
    }

    /// <summary>Lets it ring at <paramref name="time"/>.</summary>
    public void Set(ulong time)
    {
        if (IsGoldfish)
        {
            Mmio clock = new(registers);
            clock.Write32(InterruptEnabled, 1);
            clock.Write32(AlarmHigh, (uint)(time >> 32));
            clock.Write32(AlarmLow, (uint)time);
        }
        else if (IsHpet)
        {
            Mmio timer = new(registers);
            timer.Write64(HpetComparator, time / HpetTickNanoseconds);
            timer.Write64(HpetTimer, Route | EnableInterrupt);
        }
        else
        {
            SetPhysicalTimer(time / (NanosecondsPerSecond / CpuCounter.Frequency()));
        }
    }

    /// <summary>Takes its interrupt back.</summary>
    public void Clear()
    {
        if (IsGoldfish)
        {
            new Mmio(registers).Write32(InterruptClear, 1);
        }
        else if (IsHpet)
        {
            Mmio timer = new(registers);
            timer.Write64(HpetTimer, Route);
            timer.Write64(HpetStatus, 1);
        }
        else
        {
            GenericTimer.SetControl(0);
        }
    }

    private static void SetPhysicalTimer(ulong ticks)
    {
        GenericTimer.SetCompare(ticks);
        GenericTimer.SetControl(GenericTimer.ControlEnable);
    }
}
