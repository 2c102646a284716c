// An Intel 82574L for tests: frames go in by Inject and come out of Transmitted.

using System;
using System.Buffers.Binary;
using System.Collections.Generic;

namespace Pride.Testing.Devices;

/// <summary>e1000e.</summary>
public sealed class E1000eModel(TestSystem system) : ITestDevice, INetworkModel
{
    public const ulong WindowSize = 0x2_0000;
    public const byte WindowRegister = 0;

    private const uint CauseTransmitted = 1 << 0;
    private const uint CauseReceived = 1 << 7;
    private const uint CauseOverrun = 1 << 6;

    private readonly Ring _rx = new();
    private readonly Ring _tx = new();
    private uint _cause;
    private uint _enabled;
    private uint _control;
    private uint _receive;
    private uint _transmit;

    public TestInterrupt? Interrupt { get; set; }

    public Queue<byte[]> Transmitted { get; } = new();

    public bool HoldsTransmits { get; set; }

    public bool Inject(ReadOnlySpan<byte> frame) => Inject(frame, 0x03, 0, (ushort)frame.Length);

    /// <summary>A frame with whatever status, errors and length the descriptor is to say.</summary>
    public bool Inject(ReadOnlySpan<byte> frame, byte status, byte errors, ushort length)
    {
        if (_rx.Head == _rx.Tail || (_receive & 2) == 0)
        {
            Raise(CauseOverrun);
            return false;
        }

        Span<byte> descriptor = Descriptor(_rx);
        frame.CopyTo(system.Dma(BinaryPrimitives.ReadUInt64LittleEndian(descriptor), 2048));
        BinaryPrimitives.WriteUInt16LittleEndian(descriptor[8..], length);
        descriptor[12] = status;
        descriptor[13] = errors;
        _rx.Advance();
        Raise(CauseReceived);
        return true;
    }

    public void CompleteTransmits()
    {
        bool any = false;
        for (; _tx.Head != _tx.Tail && (_transmit & 2) != 0; _tx.Advance())
        {
            Span<byte> descriptor = Descriptor(_tx);
            if (descriptor[11] != 0x0b || descriptor[12] != 0)
            {
                throw new TestSystemException("e1000e: a descriptor that is no whole frame with a report");
            }

            ushort length = BinaryPrimitives.ReadUInt16LittleEndian(descriptor[8..]);
            Transmitted.Enqueue(system.Dma(BinaryPrimitives.ReadUInt64LittleEndian(descriptor), length).ToArray());
            descriptor[12] = 1;
            any = true;
        }

        if (any)
        {
            Raise(CauseTransmitted);
        }
    }

    /// <summary>A broken or hostile device: marks every descriptor of a ring as done, those that it was never given too.</summary>
    public void ForgeDone(bool receive)
    {
        Ring ring = receive ? _rx : _tx;
        for (uint i = 0; i < ring.Size; i++)
        {
            system.Dma(ring.Address + (i * 16), 16)[12] = 3;
        }

        Raise(receive ? CauseReceived : CauseTransmitted);
    }

    public ulong Load(ulong offset, int width)
    {
        switch (offset)
        {
            case 0x0000:
                return _control;
            case 0x00c0:
                uint cause = _cause;
                _cause = 0;
                SetLine();
                return cause;
            default:
                throw new TestSystemException($"e1000e: load of {offset:x}");
        }
    }

    public void Store(ulong offset, int width, ulong value)
    {
        switch (offset)
        {
            case 0x0000:
                SetControl((uint)value);
                break;
            case 0x00c4 or 0x0410:
                break;
            case 0x00d0:
                _enabled |= (uint)value;
                break;
            case 0x00d8:
                _enabled &= ~(uint)value;
                break;
            case 0x0100:
                _receive = (uint)value;
                break;
            case 0x0400:
                _transmit = (uint)value;
                break;
            case >= 0x2800 and < 0x2820:
                _rx.Store(offset - 0x2800, value);
                break;
            case >= 0x3800 and < 0x3820:
                _tx.Store(offset - 0x3800, value);
                if (!HoldsTransmits)
                {
                    CompleteTransmits();
                }

                break;
            default:
                throw new TestSystemException($"e1000e: store to {offset:x}");
        }

        SetLine();
    }

    private void SetControl(uint value)
    {
        const uint Reset = 1 << 26;
        _control = value & ~Reset;
        if ((value & Reset) != 0)
        {
            _cause = _enabled = _receive = _transmit = 0;
            _rx.Clear();
            _tx.Clear();
        }
    }

    private Span<byte> Descriptor(Ring ring) => system.Dma(ring.Address + (ring.Head * 16), 16);

    private void Raise(uint cause)
    {
        _cause |= cause;
        SetLine();
    }

    private void SetLine() => Interrupt?.SetLine((_cause & _enabled) != 0);

    private sealed class Ring
    {
        public ulong Address { get; private set; }

        public uint Size { get; private set; }

        public uint Head { get; private set; }

        public uint Tail { get; private set; }

        public void Advance() => Head = (Head + 1) % Size;

        public void Clear()
        {
            Address = 0;
            Size = Head = Tail = 0;
        }

        public void Store(ulong register, ulong value)
        {
            switch (register)
            {
                case 0x00:
                    Address = (Address & ~0xffff_fffful) | value;
                    break;
                case 0x04:
                    Address = (Address & 0xffff_fffful) | (value << 32);
                    break;
                case 0x08:
                    Size = (uint)value / 16;
                    break;
                case 0x10:
                    Head = (uint)value;
                    break;
                case 0x18 when value < Size || value == 0:
                    Tail = (uint)value;
                    break;
                default:
                    throw new TestSystemException($"e1000e: store of {value:x} to ring register {register:x}");
            }
        }
    }
}
