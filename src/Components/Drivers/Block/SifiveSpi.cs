// SiFive's SPI controller (FU540-C000 manual 1.0, chapter 19), one byte out and one in at a time, by polling. FIFOs of eight bytes.

using System;
using Pride.Machine;

namespace Pride.Drivers.Block;

/// <summary>An SPI controller with one device.</summary>
internal struct SifiveSpi(Region registers)
{
    // Register offsets and bits: chapter 19.
    private const nuint ClockDivisor = 0x00;
    private const nuint ClockMode = 0x04;
    private const nuint SelectedDevice = 0x10;
    private const nuint SelectMode = 0x18;
    private const nuint Format = 0x40;
    private const nuint TransmitData = 0x48;
    private const nuint ReceiveData = 0x4c;
    private const nuint FlashInterface = 0x60;
    private const nuint InterruptEnable = 0x70;

    private const uint SelectHeld = 2;
    private const uint SelectOff = 3;

    /// <summary>Eight bits, most significant first, one wire, both directions.</summary>
    private const uint EightBits = 8 << 16;
    private const uint Empty = 1U << 31;
    private const int FifoBytes = 8;

    /// <summary>What is sent while only the answer matters: the idle line.</summary>
    private const byte Idle = 0xff;

    /// <summary>tlclk, the peripherals' clock, in hertz (Serial/SifiveUart.cs).</summary>
    private const uint ReferenceClock = 500_000_000;

    // At 400 kHz eight bytes take 160 us.
    private const int PollLimit = 1_000_000;

    private readonly Mmio _registers = new(registers);

    /// <summary>An answer never came: the controller is broken.</summary>
    public bool HasFailed { get; private set; }

    public void SetUp()
    {
        _registers.Write32(InterruptEnable, 0);
        _registers.Write32(FlashInterface, 0);
        _registers.Write32(ClockMode, 0);
        _registers.Write32(SelectedDevice, 0);
        _registers.Write32(Format, EightBits);
        Deselect();
        for (int i = 0; i < FifoBytes; i++)
        {
            _registers.Read32(ReceiveData);
        }
    }

    /// <summary>At most <paramref name="hertz"/>.</summary>
    public readonly void SetClock(uint hertz) => _registers.Write32(ClockDivisor, ((ReferenceClock + (2 * hertz) - 1) / (2 * hertz)) - 1);

    public readonly void Select() => _registers.Write32(SelectMode, SelectHeld);

    public readonly void Deselect() => _registers.Write32(SelectMode, SelectOff);

    public byte Exchange(byte value)
    {
        _registers.Write32(TransmitData, value);
        return Take();
    }

    public byte Receive() => Exchange(Idle);

    public void Receive(Span<byte> data)
    {
        while (!data.IsEmpty)
        {
            int count = Math.Min(data.Length, FifoBytes);
            for (int i = 0; i < count; i++)
            {
                _registers.Write32(TransmitData, Idle);
            }

            for (int i = 0; i < count; i++)
            {
                data[i] = Take();
            }

            data = data[count..];
        }
    }

    public void Send(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            int count = Math.Min(data.Length, FifoBytes);
            for (int i = 0; i < count; i++)
            {
                _registers.Write32(TransmitData, data[i]);
            }

            for (int i = 0; i < count; i++)
            {
                Take();
            }

            data = data[count..];
        }
    }

    private byte Take()
    {
        for (int i = 0; i < PollLimit && !HasFailed; i++)
        {
            uint value = _registers.Read32(ReceiveData);
            if ((value & Empty) == 0)
            {
                return (byte)value;
            }
        }

        HasFailed = true;
        return Idle;
    }
}
