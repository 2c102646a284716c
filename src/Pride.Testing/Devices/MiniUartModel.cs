// The mini UART of Broadcom's chips for tests (BCM2835 ARM Peripherals, 2.2): a 16550's registers, a word apart, behind a switch and with a rate of its own;
// FIFOs of eight bytes.

namespace Pride.Testing.Devices;

/// <summary>Mini UART.</summary>
public sealed class MiniUartModel() : Ns16550aModel("mini uart", FifoBytes)
{
    private const int FifoBytes = 8;
    private const ulong FirstRegister = 0x40;
    private const ulong LastRegister = 0x5c;
    private const uint ReceivingEnabled = 3 << 2;

    private uint _enables;

    /// <summary>The rate register.</summary>
    public uint Rate { get; private set; }

    // Without bits 3 and 2 of the interrupt enable register nothing is received (errata of page 12).
    protected override bool CanReceive => IsOn && (Enabled & ReceivingEnabled) == ReceivingEnabled;

    protected override bool CanTransmit => IsOn;

    // Room for one byte at least, and none waits: unlike a 16550's.
    protected override uint TransmitStatus => (Unsent < FifoBytes ? 0x20u : 0) | (Unsent == 0 ? 0x40u : 0);

    // FIFOs cannot be off.
    protected override int Depth => FifoBytes;

    private bool IsOn => (_enables & 1) != 0;

    protected override ulong? Read(ulong offset, int width) => IsRegister(offset, width) ? base.Read((offset - FirstRegister) / sizeof(uint), 1) : null;

    protected override bool TryWrite(ulong offset, int width, uint value)
    {
        switch (offset)
        {
            case 0x04:
                _enables = value;
                return true;
            case 0x68:
                Rate = value;
                return true;
            default:
                return IsRegister(offset, width) && base.TryWrite((offset - FirstRegister) / sizeof(uint), 1, value);
        }
    }

    // While it is off, its registers are not there.
    private bool IsRegister(ulong offset, int width) => IsOn && width == sizeof(uint) && offset is >= FirstRegister and <= LastRegister && offset % sizeof(uint) == 0;
}
