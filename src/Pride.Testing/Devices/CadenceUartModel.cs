// A Cadence UART for tests: FIFOs of 64 bytes, interrupts that stay until they are written back (UG1087, module UART).

using System.Collections.Generic;

namespace Pride.Testing.Devices;

/// <summary>Cadence UART.</summary>
public sealed class CadenceUartModel : IUartModel
{
    private const int FifoSize = 64;
    private const uint ReceiveTriggered = 1;
    private const uint TransmitEmptied = 1 << 3;

    private readonly Queue<byte> _rx = new();
    private readonly Queue<byte> _tx = new();
    private uint _control;
    private uint _trigger;
    private uint _mask;
    private uint _status;

    public TestInterrupt? Interrupt { get; set; }

    public List<byte> Sent { get; } = [];

    public bool IsSlow { get; set; }

    public int Overruns { get; private set; }

    /// <summary>The clock's generator and the divider, whose product divides it.</summary>
    public (uint Generator, uint Divider) Rate { get; private set; }

    public void Type(byte value)
    {
        if (_rx.Count == FifoSize || (_control & (1 << 2)) == 0)
        {
            Overruns++;
            return;
        }

        _rx.Enqueue(value);
        _status |= _rx.Count >= _trigger ? ReceiveTriggered : 0;
        Update();
    }

    public void Drain()
    {
        Sent.AddRange(_tx);
        _tx.Clear();
        _status |= TransmitEmptied;
        Update();
    }

    public ulong Load(ulong offset, int width)
    {
        switch (offset)
        {
            case 0x10:
                return _mask;
            case 0x14:
                return _status;
            case 0x2c:
                return (_rx.Count == 0 ? 2u : 0) | (_tx.Count == 0 ? 8u : 0) | (_tx.Count == FifoSize ? 16u : 0);
            case 0x30:
                byte value = _rx.Dequeue();

                // Still pending while the level is at the trigger.
                _status |= _rx.Count >= _trigger && _rx.Count > 0 ? ReceiveTriggered : 0;
                Update();
                return value;
            default:
                throw new TestSystemException($"cadence uart: load of {offset:x}");
        }
    }

    public void Store(ulong offset, int width, ulong value)
    {
        switch (offset)
        {
            case 0x00:
                _control = (uint)value;
                break;
            case 0x08:
                _mask |= (uint)value;
                break;
            case 0x0c:
                _mask &= ~(uint)value;
                break;
            case 0x14:
                _status &= ~(uint)value;
                break;
            case 0x18:
                Rate = ((uint)value, Rate.Divider);
                break;
            case 0x20:
                _trigger = (uint)value;
                break;
            case 0x30:
                if (_tx.Count == FifoSize || (_control & (1 << 4)) == 0)
                {
                    throw new TestSystemException("cadence uart: a byte was written to a full FIFO, or while sending is off");
                }

                _tx.Enqueue((byte)value);
                if (!IsSlow)
                {
                    Drain();
                }

                break;
            case 0x34:
                Rate = (Rate.Generator, (uint)value);
                break;
            case 0x04 or 0x1c:
                break;
            default:
                throw new TestSystemException($"cadence uart: store to {offset:x}");
        }

        Update();
    }

    private void Update() => Interrupt?.SetLine((_status & _mask) != 0);
}
