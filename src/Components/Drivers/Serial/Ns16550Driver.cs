// What every 16550A and its kin do (National Semiconductor PC16550D), an sDDF serial driver. Registers are bytes that follow each other; whether they
// are memory or I/O ports a class of its own says (Ns16550a.cs, PcSerialPort.cs).

namespace Pride.Drivers.Serial;

/// <summary>16550A.</summary>
public abstract class Ns16550Driver : UartDriver
{
    // Register offsets and bits: PC16550D, section 8.
    private const nuint Data = 0;
    private const nuint InterruptEnable = 1;
    private const nuint InterruptIdentification = 2;
    private const nuint FifoControl = 2;
    private const nuint LineControl = 3;
    private const nuint ModemControl = 4;
    private const nuint LineStatus = 5;

    // The divisor's two bytes, while the line control register's highest bit is set.
    private const nuint DivisorLow = 0;
    private const nuint DivisorHigh = 1;
    private const byte LineDivisorAccess = 1 << 7;
    private const byte LineEightBits = 3;

    private const byte EnableReceived = 1 << 0;
    private const byte EnableTransmitted = 1 << 1;

    // No trigger level (bits 7 and 6): the FIFO interrupts from the first byte on. Bits 2 and 1 empty the FIFOs.
    private const byte FifosOnAndEmpty = 1 | (1 << 1) | (1 << 2);

    /// <summary>Ready to send and to receive, and the output that gates the interrupt on PC-like boards.</summary>
    private const byte ModemReady = (1 << 0) | (1 << 1) | (1 << 3);

    private const uint StatusReceived = 1 << 0;
    private const uint StatusTransmitEmpty = 1 << 5;
    private const uint StatusIdle = 1 << 6;

    private const int FifoBytes = 16;

    // A character is still on its way at most, unless the line is broken: then the UART is set up all the same.
    private const int IdlePollLimit = 1_000_000;

    private int _room;

    /// <summary>The UART's clock, in hertz: sixteen times the fastest rate.</summary>
    protected abstract ulong ReferenceClock { get; }

    /// <summary>Bytes that the transmit FIFO takes once the status says that it has room: all, because that is when it is empty. It does not say how full it is otherwise.</summary>
    protected virtual int Room => FifoBytes;

    protected override bool CanSend
    {
        get
        {
            if (_room == 0 && (Read(LineStatus) & StatusTransmitEmpty) != 0)
            {
                _room = Room;
            }

            return _room != 0;
        }
    }

    protected override bool HasReceived => (Read(LineStatus) & StatusReceived) != 0;

    protected override void SetUp(ulong baud)
    {
        for (int i = 0; i < IdlePollLimit && (Read(LineStatus) & StatusIdle) == 0; i++)
        {
        }

        Write(InterruptEnable, 0);
        if (baud != 0)
        {
            SetRate(baud);
        }

        Write(LineControl, LineEightBits);
        Write(FifoControl, FifosOnAndEmpty);
        Write(ModemControl, ModemReady);
        _room = Room;
    }

    protected override void Send(byte value)
    {
        Write(Data, value);
        _room--;
    }

    protected override byte ReadReceived() => Read(Data);

    protected override UartEvents TakeEvents()
    {
        // Reading the identification takes back a transmit interrupt; a receive interrupt ends with the last byte read. The status tells of both.
        Read(InterruptIdentification);
        uint status = Read(LineStatus);
        return ((status & StatusReceived) != 0 ? UartEvents.Received : UartEvents.None)
            | ((status & StatusTransmitEmpty) != 0 ? UartEvents.Sent : UartEvents.None);
    }

    protected override void SetInterrupts(UartEvents events) => Write(
        InterruptEnable,
        (byte)(((events & UartEvents.Received) != 0 ? EnableReceived : 0) | ((events & UartEvents.Sent) != 0 ? EnableTransmitted : 0)));

    /// <summary>Sets the line's rate; the divisor is clock / (16 * baud), rounded.</summary>
    protected virtual void SetRate(ulong baud)
    {
        ulong divisor = (ReferenceClock + (8 * baud)) / (16 * baud);
        Write(LineControl, LineDivisorAccess);
        Write(DivisorLow, (byte)divisor);
        Write(DivisorHigh, (byte)(divisor >> 8));
    }

    protected abstract byte Read(nuint register);

    protected abstract void Write(nuint register, byte value);
}
