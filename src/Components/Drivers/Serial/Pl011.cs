// Driver of the Arm PL011 UART (PrimeCell UART PL011, TRM DDI 0183), an sDDF serial driver.
//
// It moves bytes between the two FIFOs and the two queues, and holds no policy: who reads and who writes is the virtualisers'
// matter. The transmit interrupt is on only while bytes wait that the FIFO would not take, the receive interrupts are off
// only while the queue has no room.

using System;
using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Microkit;
using Pride.Sddf;

namespace Pride.Drivers.Serial;

/// <summary>PL011.</summary>
[Profile(Profile.Driver)]
public sealed class Pl011 : ProtectionDomain
{
    // Register offsets and bits: TRM, chapter 3.
    private const nuint Data = 0x000;
    private const nuint Flags = 0x018;
    private const nuint IntegerBaudRate = 0x024;
    private const nuint FractionalBaudRate = 0x028;
    private const nuint LineControl = 0x02c;
    private const nuint Control = 0x030;
    private const nuint FifoLevelSelect = 0x034;
    private const nuint InterruptMask = 0x038;
    private const nuint MaskedInterruptStatus = 0x040;
    private const nuint InterruptClear = 0x044;

    private const uint FlagBusy = 1 << 3;
    private const uint FlagReceiveEmpty = 1 << 4;
    private const uint FlagTransmitFull = 1 << 5;

    private const uint LineEightBits = 3 << 5;
    private const uint LineFifos = 1 << 4;

    private const uint ControlEnable = 1 << 0;
    private const uint ControlTransmit = 1 << 8;
    private const uint ControlReceive = 1 << 9;

    private const uint ReceiveInterrupt = 1 << 4;
    private const uint TransmitInterrupt = 1 << 5;
    private const uint ReceiveTimeoutInterrupt = 1 << 6;
    private const uint ReceiveInterrupts = ReceiveInterrupt | ReceiveTimeoutInterrupt;
    private const uint AllInterrupts = 0x7ff;

    // Interrupt at 1/8 full (receive, bits 5..3 = 0) and 1/8 full (transmit, bits 2..0 = 0): early, the FIFO is only 16 or 32 bytes.
    private const uint FifoLevelsOneEighth = 0;

    // The clock of the reference boards' UARTs, in hertz (QEMU virt: apb-pclk, 24 MHz).
    private const ulong ReferenceClock = 24_000_000;

    // BUSY stays set for one character at most unless the line is broken: then the UART is set up all the same.
    private const int BusyPollLimit = 1_000_000;

    private Mmio _registers;
    private Irq _interrupt;
    private Channel _rxChannel;
    private Channel _txChannel;
    private ByteQueueProducer _rx;
    private ByteQueueConsumer _tx;
    private uint _enabledInterrupts;
    private bool _receives;

    [Wired]
    public Config<SerialDriverConfig> Configuration;

    [Wired]
    public Config<DeviceResources> Device;

    public override void Init()
    {
        ref readonly SerialDriverConfig config = ref Configuration.Value;
        ref readonly DeviceResources device = ref Device.Value;
        if (!config.Magic.Is(SddfClass.Serial) || !device.Magic.Is(SddfClass.Device) || device.RegionCount != 1 || device.InterruptCount != 1)
        {
            throw new InvalidOperationException("PL011 driver: needs a serial configuration, one register window and one interrupt");
        }

        _registers = new Mmio(device.Regions[0].Region);
        _interrupt = new Irq(device.Interrupts[0]);
        _tx = new ByteQueueConsumer(in config.Tx);
        _txChannel = new Channel(config.Tx.ChannelId);
        _receives = config.RxEnabled != 0;
        if (_receives)
        {
            _rx = new ByteQueueProducer(in config.Rx);
            _rxChannel = new Channel(config.Rx.ChannelId);
        }

        SetUp(config.DefaultBaud);
        Transmit();
    }

    public override void Notified(Channel channel)
    {
        if (_interrupt.Is(channel))
        {
            HandleInterrupt();
            _interrupt.AcknowledgeDeferred();
        }
        else if (channel == _txChannel)
        {
            Transmit();
        }
        else if (_receives && channel == _rxChannel)
        {
            Receive();
        }
    }

    private void SetUp(ulong baud)
    {
        for (int i = 0; i < BusyPollLimit && (_registers.Read32(Flags) & FlagBusy) != 0; i++)
        {
        }

        // Control registers may only be changed while the UART is disabled (TRM 3.3.8). Line control latches the divisors, so it comes last.
        _registers.Write32(Control, 0);
        _registers.Write32(InterruptMask, 0);
        _registers.Write32(InterruptClear, AllInterrupts);
        if (baud != 0)
        {
            // The divisor is clock / (16 * baud) with 6 binary places, rounded.
            ulong divisor = ((ReferenceClock * 4) + (baud / 2)) / baud;
            _registers.Write32(IntegerBaudRate, (uint)(divisor >> 6));
            _registers.Write32(FractionalBaudRate, (uint)(divisor & 0x3f));
        }

        _registers.Write32(FifoLevelSelect, FifoLevelsOneEighth);
        _registers.Write32(LineControl, LineEightBits | LineFifos);
        _registers.Write32(Control, ControlEnable | ControlTransmit | (_receives ? ControlReceive : 0));
        Enable(_receives ? ReceiveInterrupts : 0);
    }

    private void HandleInterrupt()
    {
        // Cleared before the FIFOs are looked at: what comes after the look raises it anew.
        uint pending = _registers.Read32(MaskedInterruptStatus);
        _registers.Write32(InterruptClear, pending);
        if (_receives && (pending & ReceiveInterrupts) != 0)
        {
            Receive();
        }

        if ((pending & TransmitInterrupt) != 0)
        {
            Transmit();
        }
    }

    private void Transmit()
    {
        bool moved = false;
        while ((_registers.Read32(Flags) & FlagTransmitFull) == 0 && _tx.TryRead(out byte value))
        {
            _registers.Write32(Data, value);
            moved = true;
        }

        Enable(_tx.IsEmpty ? _enabledInterrupts & ~TransmitInterrupt : _enabledInterrupts | TransmitInterrupt);
        if (moved && _tx.SpaceSignal.Take())
        {
            _txChannel.Notify();
        }
    }

    private void Receive()
    {
        bool moved = false;
        while (true)
        {
            while ((_registers.Read32(Flags) & FlagReceiveEmpty) == 0 && _rx.Free(1) != 0)
            {
                _rx.TryWrite((byte)_registers.Read32(Data));
                moved = true;
            }

            if ((_registers.Read32(Flags) & FlagReceiveEmpty) != 0)
            {
                Enable(_enabledInterrupts | ReceiveInterrupts);
                break;
            }

            // No room: the FIFO keeps what it can until the virtualiser says that there is some.
            Enable(_enabledInterrupts & ~ReceiveInterrupts);
            _rx.SpaceSignal.Request();
            if (_rx.Free(1) == 0)
            {
                break;
            }

            _rx.SpaceSignal.Cancel();
        }

        if (moved)
        {
            _rxChannel.Notify();
        }
    }

    private void Enable(uint interrupts)
    {
        if (interrupts != _enabledInterrupts)
        {
            _enabledInterrupts = interrupts;
            _registers.Write32(InterruptMask, interrupts);
        }
    }
}
