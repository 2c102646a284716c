// What every UART's driver does: it moves bytes between the UART's two FIFOs and the two queues of an sDDF serial driver, and holds no
// policy: who reads and who writes is the virtualisers' matter. The transmit interrupt is on only while bytes wait that the FIFO would
// not take, the receive interrupt is off only while the queue has no room. A device's own class knows its registers.

using System;
using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Microkit;
using Pride.Sddf;

namespace Pride.Drivers.Serial;

/// <summary>What a UART interrupts for.</summary>
[Flags]
public enum UartEvents
{
    None = 0,

    /// <summary>Bytes have come.</summary>
    Received = 1,

    /// <summary>The transmit FIFO has room.</summary>
    Sent = 2,
}

/// <summary>A UART's driver.</summary>
public abstract class UartDriver : ProtectionDomain
{
    private Irq _interrupt;
    private Channel _rxChannel;
    private Channel _txChannel;
    private ByteQueueProducer _rx;
    private ByteQueueConsumer _tx;
    private UartEvents _enabled;

    [Wired]
    public Config<SerialDriverConfig> Configuration;

    [Wired]
    public Config<DeviceResources> Device;

    /// <summary>The device's registers, where they are memory.</summary>
    protected Mmio Registers { get; private set; }

    /// <summary>True when somebody wants what is received.</summary>
    protected bool Receives { get; private set; }

    /// <summary>The transmit FIFO has room for a byte.</summary>
    protected abstract bool CanSend { get; }

    /// <summary>The receive FIFO holds a byte.</summary>
    protected abstract bool HasReceived { get; }

    public override void Init()
    {
        ref readonly SerialDriverConfig config = ref Configuration.Value;
        ref readonly DeviceResources device = ref Device.Value;
        if (!config.Magic.Is(SddfClass.Serial) || !device.Magic.Is(SddfClass.Device) || device.InterruptCount != 1)
        {
            throw new InvalidOperationException("UART driver: needs a serial configuration and one interrupt");
        }

        Open(in device);
        _interrupt = new Irq(device.Interrupts[0]);
        _tx = new ByteQueueConsumer(in config.Tx);
        _txChannel = new Channel(config.Tx.ChannelId);
        Receives = config.RxEnabled != 0;
        if (Receives)
        {
            _rx = new ByteQueueProducer(in config.Rx);
            _rxChannel = new Channel(config.Rx.ChannelId);
        }

        SetUp(config.DefaultBaud);
        Enable(Receives ? UartEvents.Received : UartEvents.None);
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
        else if (Receives && channel == _rxChannel)
        {
            Receive();
        }
    }

    /// <summary>Finds the registers: one window of memory, unless the device's class knows better.</summary>
    protected virtual void Open(ref readonly DeviceResources device)
    {
        if (device.RegionCount != 1)
        {
            throw new InvalidOperationException("UART driver: needs one register window");
        }

        Registers = new Mmio(device.Regions[0].Region);
    }

    /// <summary>Makes the UART ready, eight data bits, FIFOs on, interrupts off; <paramref name="baud"/> 0: as fast as it was.</summary>
    protected abstract void SetUp(ulong baud);

    protected abstract void Send(byte value);

    protected abstract byte ReadReceived();

    /// <summary>What the UART has interrupted for. What comes after this interrupts anew.</summary>
    protected abstract UartEvents TakeEvents();

    /// <summary>Lets the UART interrupt for <paramref name="events"/> and nothing else.</summary>
    protected abstract void SetInterrupts(UartEvents events);

    private void HandleInterrupt()
    {
        UartEvents pending = TakeEvents();
        if (Receives && (pending & UartEvents.Received) != 0)
        {
            Receive();
        }

        if ((pending & UartEvents.Sent) != 0)
        {
            Transmit();
        }
    }

    private void Transmit()
    {
        bool moved = false;
        while (CanSend && _tx.TryRead(out byte value))
        {
            Send(value);
            moved = true;
        }

        Enable(_tx.IsEmpty ? _enabled & ~UartEvents.Sent : _enabled | UartEvents.Sent);
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
            while (HasReceived && _rx.Free(1) != 0)
            {
                _rx.TryWrite(ReadReceived());
                moved = true;
            }

            if (!HasReceived)
            {
                Enable(_enabled | UartEvents.Received);
                break;
            }

            // No room: the FIFO keeps what it can until the virtualiser says that there is some.
            Enable(_enabled & ~UartEvents.Received);
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

    private void Enable(UartEvents events)
    {
        if (events != _enabled)
        {
            _enabled = events;
            SetInterrupts(events);
        }
    }
}
