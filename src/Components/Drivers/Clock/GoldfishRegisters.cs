// The registers of the Goldfish real-time clock (Android's goldfish platform; QEMU, hw/rtc/goldfish_rtc.c): nanoseconds since 1970,
// and an alarm. 64-bit values are halves of 32 bits.

using Pride.Machine;

namespace Pride.Drivers.Clock;

/// <summary>A Goldfish clock behind its register window.</summary>
internal readonly struct GoldfishRegisters(Mmio registers)
{
    private const nuint TimeLow = 0x00;
    private const nuint TimeHigh = 0x04;
    private const nuint AlarmLow = 0x08;
    private const nuint AlarmHigh = 0x0c;
    private const nuint InterruptEnabled = 0x10;
    private const nuint AlarmClear = 0x14;
    private const nuint InterruptClear = 0x1c;

    /// <summary>
    /// Nanoseconds since 1970. Reading the low half latches the high one, for whoever reads next, and two PDs may read the same clock. So the low half
    /// is read once more: while it has not gone back, the high half belongs to it.
    /// </summary>
    public ulong ReadTime()
    {
        while (true)
        {
            uint low = registers.Read32(TimeLow);
            uint high = registers.Read32(TimeHigh);
            if (registers.Read32(TimeLow) >= low)
            {
                return ((ulong)high << 32) | low;
            }
        }
    }

    /// <summary>The alarm rings once the clock has reached <paramref name="nanoseconds"/> (at once when that is past). Writing the low half sets it.</summary>
    public void SetAlarm(ulong nanoseconds)
    {
        registers.Write32(AlarmHigh, (uint)(nanoseconds >> 32));
        registers.Write32(AlarmLow, (uint)nanoseconds);
    }

    /// <summary>Forgets the alarm, and takes its interrupt back.</summary>
    public void ClearAlarm()
    {
        registers.Write32(AlarmClear, 1);
        registers.Write32(InterruptClear, 1);
    }

    /// <summary>Lets the alarm interrupt.</summary>
    public void EnableInterrupt() => registers.Write32(InterruptEnabled, 1);
}
