// A PL011 UART for tests: 16-byte FIFOs, the interrupts that the driver uses (PrimeCell UART TRM, DDI 0183, chapter 3).

namespace Pride.Testing.Devices;

/// <summary>PL011.</summary>
public sealed class Pl011Model() : UartModel("pl011", FifoBytes)
{
    private const int FifoBytes = 16;
    private const uint ReceiveInterrupts = (1 << 4) | (1 << 6);
    private const uint TransmitInterrupt = 1 << 5;

    private uint _mask;
    private uint _raw;

    /// <summary>The control register as last written.</summary>
    public uint Control { get; private set; }

    /// <summary>Integer and fractional baud-rate divisor.</summary>
    public (uint Integer, uint Fraction) Divisor { get; private set; }

    public override bool TransmitInterrupts => (_mask & TransmitInterrupt) != 0;

    protected override bool Interrupts => (_raw & _mask) != 0;

    protected override void OnReceived() => _raw |= ReceiveInterrupts;

    protected override void OnEmptied() => _raw |= TransmitInterrupt;

    protected override ulong? Read(ulong offset, int width)
    {
        switch (offset)
        {
            case 0x000:
                byte value = Take();
                _raw &= Received == 0 ? ~ReceiveInterrupts : uint.MaxValue;
                return value;
            case 0x018:
                return (Received == 0 ? 1u << 4 : 0) | (Unsent == FifoBytes ? 1u << 5 : 0);
            case 0x040:
                return _raw & _mask;
            default:
                return null;
        }
    }

    protected override bool TryWrite(ulong offset, int width, uint value)
    {
        switch (offset)
        {
            case 0x000:
                Transmit((byte)value);
                return true;
            case 0x024:
                Divisor = (value, Divisor.Fraction);
                return true;
            case 0x028:
                Divisor = (Divisor.Integer, value);
                return true;
            case 0x030:
                Control = value;
                return true;
            case 0x038:
                _mask = value;
                return true;
            case 0x044:
                _raw &= ~value;
                return true;
            default:
                return offset is 0x02c or 0x034;
        }
    }
}
