// Driver of the Goldfish real-time clock, as QEMU's RISC-V boards have it. The alarm is another driver's (Timer/GoldfishTimer.cs), if anybody's.

using Pride.Machine;

namespace Pride.Drivers.Clock;

/// <summary>Goldfish clock.</summary>
[Profile(Profile.Driver)]
public sealed class GoldfishRtc : WallClockDriver
{
    private GoldfishRegisters _registers;

    [Wired]
    public Region Registers;

    public override void Init() => _registers = new GoldfishRegisters(new Mmio(Registers));

    protected override ulong ReadNanoseconds() => _registers.ReadTime();
}
