// A 16550A UART for tests: 16-byte FIFOs, the interrupts that the driver uses (PC16550D, section 8). Registers are bytes that follow each other.
//
// The mini UART of Broadcom's chips has the same registers a word apart and a few of its own: MiniUartModel.cs.

namespace Pride.Testing.Devices;

/// <summary>16550A.</summary>
public class Ns16550aModel : UartModel
{
    private const int FifoBytes = 16;
    private const byte EnableReceived = 1;
    private const byte EnableTransmitted = 2;
    private const byte DivisorAccess = 0x80;

    private byte _enabled;
    private byte _line;
    private bool _transmitPending;
    private bool _hasFifos;

    public Ns16550aModel()
        : this("16550", FifoBytes)
    {
    }

    /// <param name="name">What a kin of it is called.</param>
    /// <param name="fifoBytes">How many bytes its FIFOs hold.</param>
    protected Ns16550aModel(string name, int fifoBytes)
        : base(name, fifoBytes)
    {
    }

    /// <summary>The divisor of the clock.</summary>
    public int Divisor { get; private set; }

    public override bool TransmitInterrupts => (_enabled & EnableTransmitted) != 0;

    /// <summary>Bits 5 and 6 of the line status register: what is free of the transmit FIFO.</summary>
    protected virtual uint TransmitStatus => Unsent == 0 ? 0x60u : 0;

    /// <summary>The interrupt enable register.</summary>
    protected uint Enabled => _enabled;

    protected override int Depth => _hasFifos ? base.Depth : 1;

    protected override bool Interrupts => ((_enabled & EnableReceived) != 0 && Received > 0) || ((_enabled & EnableTransmitted) != 0 && _transmitPending);

    protected override void OnEmptied() => _transmitPending = true;

    protected override ulong? Read(ulong offset, int width)
    {
        switch (offset)
        {
            case 0 when width == 1:
                return Take();
            case 2 when width == 1:
                uint identification = (_enabled & EnableReceived) != 0 && Received > 0 ? 4u : (_enabled & EnableTransmitted) != 0 && _transmitPending ? 2u : 1u;
                _transmitPending &= identification != 2;
                return identification;
            case 5 when width == 1:
                return (Received > 0 ? 1u : 0) | TransmitStatus;
            default:
                return null;
        }
    }

    protected override bool TryWrite(ulong offset, int width, uint value)
    {
        switch (offset)
        {
            case 0 when (_line & DivisorAccess) != 0:
                Divisor = (Divisor & 0xff00) | (byte)value;
                return true;
            case 1 when (_line & DivisorAccess) != 0:
                Divisor = (Divisor & 0xff) | ((byte)value << 8);
                return true;
            case 0:
                _transmitPending = false;
                Transmit((byte)value);
                return true;
            case 1:
                // A transmit interrupt that is let in while the FIFO is empty is pending at once.
                _transmitPending |= (_enabled & EnableTransmitted) == 0 && (value & EnableTransmitted) != 0 && Unsent == 0;
                _enabled = (byte)value;
                return true;
            case 2:
                _hasFifos = (value & 1) != 0;
                return true;
            case 3:
                _line = (byte)value;
                return true;
            default:
                return offset == 4;
        }
    }
}
