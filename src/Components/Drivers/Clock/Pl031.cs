// Driver of the Arm PL031 real-time clock (Arm DDI 0224): one register that counts seconds. The alarm is not used, so its interrupt stays masked, as it is after reset.

using System;
using Pride.Machine;

namespace Pride.Drivers.Clock;

/// <summary>PL031.</summary>
[Profile(Profile.Driver)]
public sealed class Pl031 : WallClockDriver
{
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    // DDI 0224, 3.2: RTCDR, seconds since 1970 as firmware and operating systems keep it; RTCPeriphID0, 0x31.
    private const nuint Data = 0x000;
    private const nuint PeripheralId0 = 0xfe0;
    private const uint PartNumber = 0x31;

    private Mmio _registers;

    [Wired]
    public Region Registers;

    public override void Init()
    {
        _registers = new Mmio(Registers);
        if ((_registers.Read32(PeripheralId0) & 0xff) != PartNumber)
        {
            throw new InvalidOperationException("PL031 driver: there is no PL031 at these registers");
        }
    }

    protected override ulong ReadNanoseconds() => _registers.Read32(Data) * NanosecondsPerSecond;
}
