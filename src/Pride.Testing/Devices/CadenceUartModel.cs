// A Cadence UART for tests: FIFOs of 64 bytes, interrupts that stay until they are written back (UG1087, module UART).

namespace Pride.Testing.Devices;

/// <summary>Cadence UART.</summary>
public sealed class CadenceUartModel() : UartModel("cadence uart", FifoBytes)
{
    private const int FifoBytes = 64;
    private const uint ReceiveOn = 1 << 2;
    private const uint TransmitOn = 1 << 4;
    private const uint ReceiveTriggered = 1;
    private const uint TransmitEmptied = 1 << 3;

    private uint _control;
    private uint _trigger;
    private uint _mask;
    private uint _status;

    /// <summary>The clock's generator and the divider, whose product divides it.</summary>
    public (uint Generator, uint Divider) Rate { get; private set; }

    public override bool TransmitInterrupts => (_mask & TransmitEmptied) != 0;

    protected override bool CanReceive => (_control & ReceiveOn) != 0;

    protected override bool CanTransmit => (_control & TransmitOn) != 0;

    protected override bool Interrupts => (_status & _mask) != 0;

    protected override void OnReceived() => _status |= Received >= _trigger ? ReceiveTriggered : 0;

    protected override void OnEmptied() => _status |= TransmitEmptied;

    protected override ulong? Read(ulong offset, int width)
    {
        switch (offset)
        {
            case 0x10:
                return _mask;
            case 0x14:
                return _status;
            case 0x2c:
                return (Received == 0 ? 2u : 0) | (Unsent == 0 ? 8u : 0) | (Unsent == FifoBytes ? 16u : 0);
            case 0x30:
                byte value = Take();

                // Still pending while the level is at the trigger.
                _status |= Received >= _trigger && Received > 0 ? ReceiveTriggered : 0;
                return value;
            default:
                return null;
        }
    }

    protected override bool TryWrite(ulong offset, int width, uint value)
    {
        switch (offset)
        {
            case 0x00:
                _control = value;
                return true;
            case 0x08:
                _mask |= value;
                return true;
            case 0x0c:
                _mask &= ~value;
                return true;
            case 0x14:
                _status &= ~value;
                return true;
            case 0x18:
                Rate = (value, Rate.Divider);
                return true;
            case 0x20:
                _trigger = value;
                return true;
            case 0x30:
                Transmit((byte)value);
                return true;
            case 0x34:
                Rate = (Rate.Generator, value);
                return true;
            default:
                return offset is 0x04 or 0x1c;
        }
    }
}
