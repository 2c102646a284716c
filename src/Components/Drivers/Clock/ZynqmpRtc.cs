// Driver of the Zynq UltraScale+'s real-time clock (UG1085, chapter 7; register reference UG1087, module RTC): a register that counts seconds. Its
// interrupts are not used, and stay masked, as they are after reset.

using Pride.Machine;

namespace Pride.Drivers.Clock;

/// <summary>Zynq UltraScale+ clock.</summary>
[Profile(Profile.Driver)]
public sealed class ZynqmpRtc : WallClockDriver
{
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    // UG1087, RTC: CURRENT_TIME, seconds since 1970 as firmware and operating systems keep it.
    private const nuint CurrentTime = 0x10;

    private Mmio _registers;

    [Wired]
    public Region Registers;

    public override void Init() => _registers = new Mmio(Registers);

    protected override ulong ReadNanoseconds() => _registers.Read32(CurrentTime) * NanosecondsPerSecond;
}
