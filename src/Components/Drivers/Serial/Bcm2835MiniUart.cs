// Driver of the BCM2835's mini UART (BCM2835 ARM Peripherals, 2.2): a 16550's registers, a word apart, with a rate register of its own. It shares
// its block with two SPI controllers, which stay off.

using Pride.Abi.Sddf;
using Pride.Machine;

namespace Pride.Drivers.Serial;

/// <summary>Mini UART.</summary>
[Profile(Profile.Driver)]
public sealed class Bcm2835MiniUart : Ns16550Driver
{
    private const nuint Enables = 0x04;
    private const nuint FirstRegister = 0x40;
    private const nuint Rate = 0x68;
    private const uint UartEnabled = 1;

    private const nuint InterruptEnable = 1;

    /// <summary>Bits 3 and 2 of the interrupt enable register, without which nothing is received (errata of the manual's page 12).</summary>
    private const byte ReceivingEnabled = 3 << 2;

    /// <summary>The core clock as the firmware sets it where the UART is to be used (core_freq=250), in hertz.</summary>
    protected override ulong ReferenceClock => 250_000_000;

    /// <summary>Its status tells of room for one byte.</summary>
    protected override int Room => 1;

    protected override void Open(ref readonly DeviceResources device)
    {
        base.Open(in device);
        Registers.Write32(Enables, UartEnabled);
    }

    /// <summary>The rate is clock / (8 * (register + 1)); rounded.</summary>
    protected override void SetRate(ulong baud) => Registers.Write32(Rate, (uint)(((ReferenceClock + (4 * baud)) / (8 * baud)) - 1));

    protected override byte Read(nuint register) => (byte)Registers.Read32(At(register));

    protected override void Write(nuint register, byte value) =>
        Registers.Write32(At(register), register == InterruptEnable && value != 0 ? (uint)(value | ReceivingEnabled) : value);

    private static nuint At(nuint register) => FirstRegister + (register * sizeof(uint));
}
