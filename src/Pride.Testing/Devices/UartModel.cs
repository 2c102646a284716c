// What every UART model does: a FIFO each way, a line that the test types on and reads, and an interrupt. A device's own class has its registers and
// says when it interrupts.

using System.Collections.Generic;

namespace Pride.Testing.Devices;

/// <summary>A UART with a FIFO each way.</summary>
/// <param name="name">What the device is called when a driver does to it what it must not.</param>
/// <param name="fifoBytes">How many bytes each FIFO holds.</param>
public abstract class UartModel(string name, int fifoBytes) : ITestDevice
{
    private readonly Queue<byte> _rx = new();
    private readonly Queue<byte> _tx = new();

    /// <summary>The line that the device drives.</summary>
    public TestInterrupt? Interrupt { get; set; }

    /// <summary>What has left the transmit FIFO.</summary>
    public List<byte> Sent { get; } = [];

    /// <summary>True: bytes stay in the transmit FIFO until <see cref="Drain"/>.</summary>
    public bool IsSlow { get; set; }

    /// <summary>Bytes that came while the receive FIFO was full or receiving was off.</summary>
    public int Overruns { get; private set; }

    /// <summary>Bytes in the receive FIFO.</summary>
    protected int Received => _rx.Count;

    /// <summary>Bytes in the transmit FIFO.</summary>
    protected int Unsent => _tx.Count;

    /// <summary>How many bytes each FIFO holds now.</summary>
    protected virtual int Depth => fifoBytes;

    /// <summary>False: what arrives is lost.</summary>
    protected virtual bool CanReceive => true;

    /// <summary>False: nothing may be sent.</summary>
    protected virtual bool CanTransmit => true;

    /// <summary>The driver lets the transmitter interrupt.</summary>
    public abstract bool TransmitInterrupts { get; }

    /// <summary>What the interrupt's line says.</summary>
    protected abstract bool Interrupts { get; }

    /// <summary>A byte arrives from the line.</summary>
    public void Type(byte value)
    {
        if (_rx.Count == Depth || !CanReceive)
        {
            Overruns++;
            return;
        }

        _rx.Enqueue(value);
        OnReceived();
        Update();
    }

    /// <summary>The transmit FIFO runs empty.</summary>
    public void Drain()
    {
        Sent.AddRange(_tx);
        _tx.Clear();
        OnEmptied();
        Update();
    }

    public ulong Load(ulong offset, int width)
    {
        ulong value = Read(offset, width) ?? throw new TestSystemException($"{name}: a load of {width} bytes from register {offset:x}");
        Update();
        return value;
    }

    public void Store(ulong offset, int width, ulong value)
    {
        if (!TryWrite(offset, width, (uint)value))
        {
            throw new TestSystemException($"{name}: a store of {width} bytes to register {offset:x}");
        }

        Update();
    }

    /// <summary>What a load gives and does; null: there is no such register.</summary>
    protected abstract ulong? Read(ulong offset, int width);

    /// <summary>Does what a store does; false: there is no such register.</summary>
    protected abstract bool TryWrite(ulong offset, int width, uint value);

    /// <summary>A byte has come into the receive FIFO.</summary>
    protected virtual void OnReceived()
    {
    }

    /// <summary>The transmit FIFO has run empty.</summary>
    protected virtual void OnEmptied()
    {
    }

    /// <summary>The next byte of the receive FIFO.</summary>
    protected byte Take() => _rx.TryDequeue(out byte value) ? value : throw new TestSystemException($"{name}: a byte was read from an empty FIFO");

    /// <summary>A byte goes into the transmit FIFO.</summary>
    protected void Transmit(byte value)
    {
        if (_tx.Count == Depth || !CanTransmit)
        {
            throw new TestSystemException($"{name}: a byte was written to a full FIFO, or while sending is off");
        }

        _tx.Enqueue(value);
        if (!IsSlow)
        {
            Drain();
        }
    }

    private void Update() => Interrupt?.SetLine(Interrupts);
}
