// A SiFive UART for tests: FIFOs of eight bytes, interrupts that tell of their levels (FU540-C000 manual, chapter 13).

namespace Pride.Testing.Devices;

/// <summary>SiFive UART.</summary>
public sealed class SifiveUartModel() : UartModel("sifive uart", FifoBytes)
{
    private const int FifoBytes = 8;
    private const uint FullOrEmpty = 1U << 31;

    private uint _transmitControl;
    private uint _receiveControl;
    private uint _enabled;

    /// <summary>The divisor of the clock, less one.</summary>
    public uint Divisor { get; private set; }

    public override bool TransmitInterrupts => (_enabled & 1) != 0;

    protected override bool CanReceive => (_receiveControl & 1) != 0;

    protected override bool CanTransmit => (_transmitControl & 1) != 0;

    protected override bool Interrupts => (Pending & _enabled) != 0;

    private uint Pending => (Unsent < (_transmitControl >> 16) ? 1u : 0) | (Received > (_receiveControl >> 16) ? 2u : 0);

    protected override ulong? Read(ulong offset, int width) => offset switch
    {
        0x00 => Unsent == FifoBytes ? FullOrEmpty : 0,
        0x04 => Received == 0 ? FullOrEmpty : Take(),
        0x14 => Pending,
        _ => null,
    };

    protected override bool TryWrite(ulong offset, int width, uint value)
    {
        switch (offset)
        {
            case 0x00:
                Transmit((byte)value);
                return true;
            case 0x08:
                _transmitControl = value;
                return true;
            case 0x0c:
                _receiveControl = value;
                return true;
            case 0x10:
                _enabled = value;
                return true;
            case 0x18:
                Divisor = value;
                return true;
            default:
                return false;
        }
    }
}
