// Driver of the Arm PL031 real-time clock (Arm DDI 0224): one register that counts seconds. Serves Pride's wall-clock protocol.
//
// Meant to run passive. The alarm is not used, so its interrupt stays masked, as it is after reset.

using System;
using Pride.Abi;
using Pride.Abi.Services;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Drivers.Clock;

/// <summary>PL031.</summary>
[Profile(Profile.Driver)]
public sealed class Pl031 : ProtectionDomain
{
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    // DDI 0224, 3.2: RTCDR, seconds since 1970 as firmware and operating systems keep it; RTCPeriphID0, 0x31.
    private const nuint Data = 0x000;
    private const nuint PeripheralId0 = 0xfe0;
    private const uint PartNumber = 0x31;

    private Mmio _registers;

    [Wired]
    public Region Registers;

    /// <summary>Calls with a label that no clock serves.</summary>
    public uint UnknownRequests { get; private set; }

    public override void Init()
    {
        _registers = new Mmio(Registers);
        if ((_registers.Read32(PeripheralId0) & 0xff) != PartNumber)
        {
            throw new InvalidOperationException("PL031 driver: there is no PL031 at these registers");
        }
    }

    public override MessageInfo Protected(Channel channel, MessageInfo message)
    {
        if (message.Label != WallClockProtocol.GetTime)
        {
            UnknownRequests++;
            return new MessageInfo(0, 0);
        }

        MessageRegisters.Set(0, _registers.Read32(Data) * NanosecondsPerSecond);
        return new MessageInfo(0, 1);
    }
}
