// Driver of the Arm PL011 UART (PrimeCell UART PL011, TRM DDI 0183), an sDDF serial driver.

using Pride.Machine;

namespace Pride.Drivers.Serial;

/// <summary>PL011.</summary>
[Profile(Profile.Driver)]
public sealed class Pl011 : UartDriver
{
    // Register offsets and bits: TRM, chapter 3.
    private const nuint Data = 0x000;
    private const nuint Flags = 0x018;
    private const nuint IntegerBaudRate = 0x024;
    private const nuint FractionalBaudRate = 0x028;
    private const nuint LineControl = 0x02c;
    private const nuint Control = 0x030;
    private const nuint FifoLevelSelect = 0x034;
    private const nuint InterruptMask = 0x038;
    private const nuint MaskedInterruptStatus = 0x040;
    private const nuint InterruptClear = 0x044;

    private const uint FlagBusy = 1 << 3;
    private const uint FlagReceiveEmpty = 1 << 4;
    private const uint FlagTransmitFull = 1 << 5;

    private const uint LineEightBits = 3 << 5;
    private const uint LineFifos = 1 << 4;

    private const uint ControlEnable = 1 << 0;
    private const uint ControlTransmit = 1 << 8;
    private const uint ControlReceive = 1 << 9;

    private const uint ReceiveInterrupt = 1 << 4;
    private const uint TransmitInterrupt = 1 << 5;
    private const uint ReceiveTimeoutInterrupt = 1 << 6;
    private const uint ReceiveInterrupts = ReceiveInterrupt | ReceiveTimeoutInterrupt;
    private const uint AllInterrupts = 0x7ff;

    // Interrupt at 1/8 full (receive, bits 5..3 = 0) and 1/8 full (transmit, bits 2..0 = 0): early, the FIFO is only 16 or 32 bytes.
    private const uint FifoLevelsOneEighth = 0;

    // The clock of the reference boards' UARTs, in hertz (QEMU virt: apb-pclk, 24 MHz).
    private const ulong ReferenceClock = 24_000_000;

    // BUSY stays set for one character at most unless the line is broken: then the UART is set up all the same.
    private const int BusyPollLimit = 1_000_000;

    protected override bool CanSend => (Registers.Read32(Flags) & FlagTransmitFull) == 0;

    protected override bool HasReceived => (Registers.Read32(Flags) & FlagReceiveEmpty) == 0;

    protected override void SetUp(ulong baud)
    {
        for (int i = 0; i < BusyPollLimit && (Registers.Read32(Flags) & FlagBusy) != 0; i++)
        {
        }

        // Control registers may only be changed while the UART is disabled (TRM 3.3.8). Line control latches the divisors, so it comes last.
        Registers.Write32(Control, 0);
        Registers.Write32(InterruptMask, 0);
        Registers.Write32(InterruptClear, AllInterrupts);
        if (baud != 0)
        {
            // The divisor is clock / (16 * baud) with 6 binary places, rounded.
            ulong divisor = ((ReferenceClock * 4) + (baud / 2)) / baud;
            Registers.Write32(IntegerBaudRate, (uint)(divisor >> 6));
            Registers.Write32(FractionalBaudRate, (uint)(divisor & 0x3f));
        }

        Registers.Write32(FifoLevelSelect, FifoLevelsOneEighth);
        Registers.Write32(LineControl, LineEightBits | LineFifos);
        Registers.Write32(Control, ControlEnable | ControlTransmit | (Receives ? ControlReceive : 0));
    }

    protected override void Send(byte value) => Registers.Write32(Data, value);

    protected override byte ReadReceived() => (byte)Registers.Read32(Data);

    protected override UartEvents TakeEvents()
    {
        // Cleared before the FIFOs are looked at: what comes after the look raises it anew.
        uint pending = Registers.Read32(MaskedInterruptStatus);
        Registers.Write32(InterruptClear, pending);
        return ((pending & ReceiveInterrupts) != 0 ? UartEvents.Received : UartEvents.None)
            | ((pending & TransmitInterrupt) != 0 ? UartEvents.Sent : UartEvents.None);
    }

    protected override void SetInterrupts(UartEvents events) => Registers.Write32(
        InterruptMask,
        ((events & UartEvents.Received) != 0 ? ReceiveInterrupts : 0) | ((events & UartEvents.Sent) != 0 ? TransmitInterrupt : 0));
}
