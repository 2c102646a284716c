// A SiFive UART for tests: FIFOs of eight bytes, interrupts that tell of their levels (FU540-C000 manual, chapter 13).

using System.Collections.Generic;

namespace Pride.Testing.Devices;

/// <summary>SiFive UART.</summary>
public sealed class SifiveUartModel : IUartModel
{
    private const int FifoSize = 8;

    private readonly Queue<byte> _rx = new();
    private readonly Queue<byte> _tx = new();
    private uint _transmitControl;
    private uint _receiveControl;
    private uint _enabled;

    public TestInterrupt? Interrupt { get; set; }

    public List<byte> Sent { get; } = [];

    public bool IsSlow { get; set; }

    public int Overruns { get; private set; }

    /// <summary>The divisor of the clock, less one.</summary>
    public uint Divisor { get; private set; }

    private uint Pending => (_tx.Count < (_transmitControl >> 16) ? 1u : 0) | (_rx.Count > (_receiveControl >> 16) ? 2u : 0);

    public void Type(byte value)
    {
        if (_rx.Count == FifoSize || (_receiveControl & 1) == 0)
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
        Update();
    }

    public ulong Load(ulong offset, int width)
    {
        switch (offset)
        {
            case 0x00:
                return _tx.Count == FifoSize ? 1u << 31 : 0;
            case 0x04:
                uint value = _rx.TryDequeue(out byte received) ? received : 1u << 31;
                Update();
                return value;
            case 0x14:
                return Pending;
            default:
                throw new TestSystemException($"sifive uart: load of {offset:x}");
        }
    }

    public void Store(ulong offset, int width, ulong value)
    {
        switch (offset)
        {
            case 0x00:
                if (_tx.Count == FifoSize || (_transmitControl & 1) == 0)
                {
                    throw new TestSystemException("sifive uart: a byte was written to a full FIFO, or while sending is off");
                }

                _tx.Enqueue((byte)value);
                if (!IsSlow)
                {
                    Drain();
                }

                break;
            case 0x08:
                _transmitControl = (uint)value;
                break;
            case 0x0c:
                _receiveControl = (uint)value;
                break;
            case 0x10:
                _enabled = (uint)value;
                break;
            case 0x18:
                Divisor = (uint)value;
                break;
            default:
                throw new TestSystemException($"sifive uart: store to {offset:x}");
        }

        Update();
    }

    private void Update() => Interrupt?.SetLine((Pending & _enabled) != 0);
}
