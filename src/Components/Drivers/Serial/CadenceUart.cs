// Driver of the Cadence UART (Zynq UltraScale+ TRM UG1085, chapter 21; register reference UG1087, module UART). FIFOs of 64 bytes.

using Pride.Machine;

namespace Pride.Drivers.Serial;

/// <summary>Cadence UART.</summary>
[Profile(Profile.Driver)]
public sealed class CadenceUart : UartDriver
{
    // Register offsets and bits: UG1087, module UART.
    private const nuint Control = 0x00;
    private const nuint Mode = 0x04;
    private const nuint InterruptEnable = 0x08;
    private const nuint InterruptDisable = 0x0c;
    private const nuint InterruptMask = 0x10;
    private const nuint InterruptStatus = 0x14;
    private const nuint BaudGenerator = 0x18;
    private const nuint ReceiveTimeout = 0x1c;
    private const nuint ReceiveTrigger = 0x20;
    private const nuint Status = 0x2c;
    private const nuint Fifo = 0x30;
    private const nuint BaudDivider = 0x34;

    private const uint ResetReceive = 1 << 0;
    private const uint ResetTransmit = 1 << 1;
    private const uint ReceiveOn = 1 << 2;
    private const uint ReceiveOff = 1 << 3;
    private const uint TransmitOn = 1 << 4;
    private const uint StopBreak = 1 << 8;

    /// <summary>Eight data bits, no parity, one stop bit, the clock undivided.</summary>
    private const uint ModeEightBits = 4 << 3;

    private const uint StatusReceiveEmpty = 1 << 1;
    private const uint StatusTransmitEmpty = 1 << 3;
    private const uint StatusTransmitFull = 1 << 4;
    private const uint StatusTransmitActive = 1 << 11;

    private const uint ReceiveTriggered = 1 << 0;
    private const uint TransmitEmptied = 1 << 3;
    private const uint AllInterrupts = 0x3fff;

    /// <summary>Samples for each bit, less one: the divider's other factor.</summary>
    private const uint SamplesLessOne = 15;

    /// <summary>The reference clock of the boards' UARTs, in hertz (ZCU102: 100 MHz).</summary>
    private const ulong ReferenceClock = 100_000_000;

    // The last character takes no longer than this many polls, unless the line is broken: then the UART is set up all the same.
    private const int ActivePollLimit = 1_000_000;

    protected override bool CanSend => (Registers.Read32(Status) & StatusTransmitFull) == 0;

    protected override bool HasReceived => (Registers.Read32(Status) & StatusReceiveEmpty) == 0;

    protected override void SetUp(ulong baud)
    {
        for (int i = 0; i < ActivePollLimit && IsSending(Registers.Read32(Status)); i++)
        {
        }

        Registers.Write32(InterruptDisable, AllInterrupts);
        Registers.Write32(Control, ResetReceive | ResetTransmit);
        Registers.Write32(Mode, ModeEightBits);
        if (baud != 0)
        {
            // The rate is clock / (generator * (divider + 1)); rounded.
            ulong perBit = baud * (SamplesLessOne + 1);
            Registers.Write32(BaudGenerator, (uint)((ReferenceClock + (perBit / 2)) / perBit));
            Registers.Write32(BaudDivider, SamplesLessOne);
        }

        // From the first byte on, so that no byte waits for a timeout.
        Registers.Write32(ReceiveTimeout, 0);
        Registers.Write32(ReceiveTrigger, 1);
        Registers.Write32(InterruptStatus, AllInterrupts);
        Registers.Write32(Control, StopBreak | TransmitOn | (Receives ? ReceiveOn : ReceiveOff));
    }

    protected override void Send(byte value) => Registers.Write32(Fifo, value);

    protected override byte ReadReceived() => (byte)Registers.Read32(Fifo);

    protected override UartEvents TakeEvents()
    {
        // Cleared before the FIFOs are looked at: what comes after the look raises it anew.
        uint pending = Registers.Read32(InterruptStatus) & Registers.Read32(InterruptMask);
        Registers.Write32(InterruptStatus, pending);
        return ((pending & ReceiveTriggered) != 0 ? UartEvents.Received : UartEvents.None)
            | ((pending & TransmitEmptied) != 0 ? UartEvents.Sent : UartEvents.None);
    }

    protected override void SetInterrupts(UartEvents events)
    {
        uint wanted = ((events & UartEvents.Received) != 0 ? ReceiveTriggered : 0) | ((events & UartEvents.Sent) != 0 ? TransmitEmptied : 0);
        Registers.Write32(InterruptDisable, ~wanted & AllInterrupts);
        Registers.Write32(InterruptEnable, wanted);
    }

    private static bool IsSending(uint status) => (status & StatusTransmitEmpty) == 0 || (status & StatusTransmitActive) != 0;
}
