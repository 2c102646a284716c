// A 16550A UART for tests: 16-byte FIFOs, the interrupts that the driver uses (PC16550D, section 8).

using System.Collections.Generic;

namespace Pride.Testing.Devices;

/// <summary>16550A.</summary>
public sealed class Ns16550aModel : IUartModel
{
    private const int FifoSize = 16;
    private const byte EnableReceived = 1;
    private const byte EnableTransmitted = 2;
    private const byte DivisorAccess = 0x80;

    private readonly Queue<byte> _rx = new();
    private readonly Queue<byte> _tx = new();
    private byte _enabled;
    private byte _line;
    private bool _transmitPending;
    private bool _hasFifos;

    public TestInterrupt? Interrupt { get; set; }

    public List<byte> Sent { get; } = [];

    public bool IsSlow { get; set; }

    public int Overruns { get; private set; }

    /// <summary>The divisor of the clock.</summary>
    public int Divisor { get; private set; }

    public void Type(byte value)
    {
        if (_rx.Count == FifoSize)
        {
            Overruns++;
            return;
        }

        _rx.Enqueue(value);
        Update();
    }

    public void Drain()
    {
        Sent.AddRange(_tx);
        _tx.Clear();
        _transmitPending = true;
        Update();
    }

    public ulong Load(ulong offset, int width)
    {
        if (width != 1)
        {
            throw new TestSystemException($"16550: a load of {width} bytes");
        }

        switch (offset)
        {
            case 0:
                byte value = _rx.Dequeue();
                Update();
                return value;
            case 2:
                uint identification = (_enabled & EnableReceived) != 0 && _rx.Count > 0 ? 4u : (_enabled & EnableTransmitted) != 0 && _transmitPending ? 2u : 1u;
                _transmitPending &= identification != 2;
                Update();
                return identification;
            case 5:
                return (_rx.Count > 0 ? 1u : 0) | (_tx.Count == 0 ? 0x60u : 0);
            default:
                throw new TestSystemException($"16550: load of register {offset}");
        }
    }

    public void Store(ulong offset, int width, ulong value)
    {
        switch (offset)
        {
            case 0 when (_line & DivisorAccess) != 0:
                Divisor = (Divisor & 0xff00) | (byte)value;
                break;
            case 1 when (_line & DivisorAccess) != 0:
                Divisor = (Divisor & 0xff) | ((byte)value << 8);
                break;
            case 0:
                Transmit((byte)value);
                break;
            case 1:
                // A transmit interrupt that is let in while the FIFO is empty is pending at once.
                _transmitPending |= (_enabled & EnableTransmitted) == 0 && (value & EnableTransmitted) != 0 && _tx.Count == 0;
                _enabled = (byte)value;
                break;
            case 2:
                _hasFifos = (value & 1) != 0;
                break;
            case 3:
                _line = (byte)value;
                break;
            case 4:
                break;
            default:
                throw new TestSystemException($"16550: store to register {offset}");
        }

        Update();
    }

    private void Transmit(byte value)
    {
        if (_tx.Count == (_hasFifos ? FifoSize : 1))
        {
            throw new TestSystemException("16550: a byte was written to a full FIFO");
        }

        _transmitPending = false;
        _tx.Enqueue(value);
        if (!IsSlow)
        {
            Drain();
        }
    }

    private void Update() => Interrupt?.SetLine(
        ((_enabled & EnableReceived) != 0 && _rx.Count > 0) || ((_enabled & EnableTransmitted) != 0 && _transmitPending));
}
