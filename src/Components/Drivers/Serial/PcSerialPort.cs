// The 16550A of a PC, whose registers are I/O ports.

using System;
using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Drivers.Serial;

/// <summary>16550A in I/O ports.</summary>
[Profile(Profile.Driver)]
public sealed class PcSerialPort : Ns16550Driver
{
    [Wired]
    public IoPorts Ports;

    /// <summary>Every PC's.</summary>
    protected override ulong ReferenceClock => 1_843_200;

    protected override void Open(ref readonly DeviceResources device)
    {
        if (device.RegionCount != 0 || Ports.First == 0)
        {
            throw new InvalidOperationException("PC serial port driver: needs I/O ports, and no register window");
        }
    }

    protected override byte Read(nuint register) => Ports.Read8(register);

    protected override void Write(nuint register, byte value) => Ports.Write8(register, value);
}
