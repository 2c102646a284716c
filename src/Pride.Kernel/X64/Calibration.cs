// How fast the time-stamp counter and the local APIC's timer count: measured against the HPET, which says its own frequency.
//
// The counters are read together: a reading of the HPET counts as made midway between two of the counter, and of several readings the one
// counts whose two are closest, because an emulator (or the firmware's management mode) may take the CPU away in between.

using Pride.Kernel.Objects;
using Pride.Machine;

namespace Pride.Kernel.X64;

/// <summary>Measures this core's counter and timer.</summary>
internal static unsafe class Calibration
{
    // HPET registers (IA-PC HPET specification 1.0a, 2.3).
    private const ulong Capabilities = 0x000;
    private const ulong Configuration = 0x010;
    private const ulong MainCounter = 0x0F0;
    private const ulong EnableCounter = 1;

    /// <summary>Femtoseconds in a second; the longest period that the specification allows is a tenth of a microsecond.</summary>
    private const ulong Femtoseconds = 1_000_000_000_000_000;
    private const ulong LongestPeriod = 100_000_000;

    /// <summary>Measuring takes 1/200 of a second: long enough that an error of a microsecond is 200 parts in a million.</summary>
    private const ulong PartsOfSecond = 200;
    private const int Readings = 8;

    /// <summary>Notes in <paramref name="core"/> what it found. False: there is no HPET, or it does not count.</summary>
    public static bool Measure(CoreState* core, BootInfo* boot)
    {
        ulong registers = boot->ReferenceTimer;
        ulong period = Mmio.Access.Load64((nuint)(registers + Capabilities)) >> 32;
        if (period == 0 || period > LongestPeriod)
        {
            return false;
        }

        nuint configuration = (nuint)(registers + Configuration);
        Mmio.Access.Store64(configuration, Mmio.Access.Load64(configuration) | EnableCounter);
        ulong frequency = Femtoseconds / period;
        LocalApic.SetTimer(core, uint.MaxValue);
        Reading start = Read(core, registers);
        Reading end = start;

        // 2^24 looks take seconds: then it does not count. 32 bits are enough, and some have no more.
        for (int looks = 0; (uint)(end.Reference - start.Reference) < frequency / PartsOfSecond; looks++)
        {
            if (looks == 1 << 24)
            {
                return false;
            }

            end = Read(core, registers);
        }

        LocalApic.SetTimer(core, 0);
        ulong reference = (uint)(end.Reference - start.Reference);
        ulong counter = end.Counter - start.Counter;
        core->CounterFrequency = counter * frequency / reference;
        core->TimerRatio = ((ulong)(start.TimerLeft - end.TimerLeft) << 32) / counter;
        return true;
    }

    private static Reading Read(CoreState* core, ulong registers)
    {
        Reading best = default;
        ulong bestWidth = ulong.MaxValue;
        for (int i = 0; i < Readings; i++)
        {
            ulong before = X64Instructions.ReadCounter();
            ulong reference = Mmio.Access.Load64((nuint)(registers + MainCounter));
            uint left = LocalApic.TimerLeft(core);
            ulong width = X64Instructions.ReadCounter() - before;
            if (width < bestWidth)
            {
                bestWidth = width;
                best = new Reading { Reference = reference, Counter = before + (width / 2), TimerLeft = left };
            }
        }

        return best;
    }

    private struct Reading
    {
        public ulong Reference;
        public ulong Counter;
        public uint TimerLeft;
    }
}
