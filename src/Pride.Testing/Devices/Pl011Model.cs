// A PL011 UART for tests: 16-byte FIFOs, the interrupts that the driver uses.

using System.Collections.Generic;

namespace Pride.Testing.Devices;

/// <summary>PL011.</summary>
public sealed class Pl011Model : IUartModel
{
    private const int FifoSize = 16;
    private const uint ReceiveInterrupts = (1 << 4) | (1 << 6);
    private const uint TransmitInterrupt = 1 << 5;

    private readonly Queue<byte> _rx = new();
    private readonly Queue<byte> _tx = new();
    private uint _mask;
    private uint _raw;

    /// <summary>The line that the device drives.</summary>
    public TestInterrupt? Interrupt { get; set; }

    /// <summary>What has left the transmit FIFO.</summary>
    public List<byte> Sent { get; } = [];

    /// <summary>True: bytes stay in the transmit FIFO until <see cref="Drain"/>.</summary>
    public bool IsSlow { get; set; }

    /// <summary>Bytes that came while the receive FIFO was full.</summary>
    public int Overruns { get; private set; }

    /// <summary>The control register as last written.</summary>
    public uint Control { get; private set; }

    /// <summary>Integer and fractional baud-rate divisor.</summary>
    public (uint Integer, uint Fraction) Divisor { get; private set; }

    /// <summary>A byte arrives from the line.</summary>
    public void Type(byte value)
    {
        if (_rx.Count == FifoSize)
        {
            Overruns++;
            return;
        }

        _rx.Enqueue(value);
        _raw |= ReceiveInterrupts;
        Update();
    }

    /// <summary>The transmit FIFO runs empty.</summary>
    public void Drain()
    {
        Sent.AddRange(_tx);
        _tx.Clear();
        _raw |= TransmitInterrupt;
        Update();
    }

    public ulong Load(ulong offset, int width)
    {
        switch (offset)
        {
            case 0x000:
                byte value = _rx.Dequeue();
                if (_rx.Count == 0)
                {
                    _raw &= ~ReceiveInterrupts;
                    Update();
                }

                return value;
            case 0x018:
                return (_rx.Count == 0 ? 1u << 4 : 0) | (_tx.Count == FifoSize ? 1u << 5 : 0);
            case 0x040:
                return _raw & _mask;
            default:
                throw new TestSystemException($"pl011: load of register {offset:x}");
        }
    }

    public void Store(ulong offset, int width, ulong value)
    {
        switch (offset)
        {
            case 0x000:
                if (_tx.Count == FifoSize)
                {
                    throw new TestSystemException("pl011: a byte was written to a full FIFO");
                }

                _tx.Enqueue((byte)value);
                if (!IsSlow)
                {
                    Drain();
                }

                break;
            case 0x024:
                Divisor = ((uint)value, Divisor.Fraction);
                break;
            case 0x028:
                Divisor = (Divisor.Integer, (uint)value);
                break;
            case 0x030:
                Control = (uint)value;
                break;
            case 0x038:
                _mask = (uint)value;
                Update();
                break;
            case 0x044:
                _raw &= ~(uint)value;
                Update();
                break;
            case 0x02c or 0x034:
                break;
            default:
                throw new TestSystemException($"pl011: store to register {offset:x}");
        }
    }

    private void Update() => Interrupt?.SetLine((_raw & _mask) != 0);
}
