// Driver of SiFive's UART (FU540-C000 manual 1.0, chapter 13). FIFOs of eight bytes; interrupts tell of the FIFOs' state, not of events.

using Pride.Machine;

namespace Pride.Drivers.Serial;

/// <summary>SiFive UART.</summary>
[Profile(Profile.Driver)]
public sealed class SifiveUart : UartDriver
{
    // Register offsets and bits: chapter 13.
    private const nuint TransmitData = 0x00;
    private const nuint ReceiveData = 0x04;
    private const nuint TransmitControl = 0x08;
    private const nuint ReceiveControl = 0x0c;
    private const nuint InterruptEnable = 0x10;
    private const nuint InterruptPending = 0x14;
    private const nuint Divisor = 0x18;

    private const uint Full = 1U << 31;
    private const uint Enable = 1 << 0;
    private const int WatermarkShift = 16;
    private const uint TransmitInterrupt = 1 << 0;
    private const uint ReceiveInterrupt = 1 << 1;

    /// <summary>tlclk, the peripherals' clock: half of the 1 GHz that the first boot loader sets (FU540-C000, 7.2), in hertz.</summary>
    private const ulong ReferenceClock = 500_000_000;

    protected override bool CanSend => (Registers.Read32(TransmitData) & Full) == 0;

    protected override bool HasReceived => (Registers.Read32(InterruptPending) & ReceiveInterrupt) != 0;

    protected override void SetUp(ulong baud)
    {
        Registers.Write32(InterruptEnable, 0);
        if (baud != 0)
        {
            // The rate is clock / (divisor + 1); rounded.
            Registers.Write32(Divisor, (uint)(((ReferenceClock + (baud / 2)) / baud) - 1));
        }

        // The transmit interrupt is pending while fewer than one byte waits, the receive interrupt while more than none does.
        Registers.Write32(TransmitControl, Enable | (1 << WatermarkShift));
        Registers.Write32(ReceiveControl, Receives ? Enable : 0);
    }

    protected override void Send(byte value) => Registers.Write32(TransmitData, value);

    protected override byte ReadReceived() => (byte)Registers.Read32(ReceiveData);

    protected override UartEvents TakeEvents()
    {
        uint pending = Registers.Read32(InterruptPending);
        return ((pending & ReceiveInterrupt) != 0 ? UartEvents.Received : UartEvents.None)
            | ((pending & TransmitInterrupt) != 0 ? UartEvents.Sent : UartEvents.None);
    }

    protected override void SetInterrupts(UartEvents events) => Registers.Write32(
        InterruptEnable,
        ((events & UartEvents.Received) != 0 ? ReceiveInterrupt : 0) | ((events & UartEvents.Sent) != 0 ? TransmitInterrupt : 0));
}
