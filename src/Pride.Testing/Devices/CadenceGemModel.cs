// A Cadence GEM for tests: descriptor rings of two words each way, interrupts that end when the status is read (UG1087, module GEM).
//
// It is as lazy as QEMU's: the next receive descriptor is fetched when the one before is used up, and one that was not the device's then is looked at
// again only when the driver writes that receiving is on.

using System;
using System.Buffers.Binary;
using System.Collections.Generic;

namespace Pride.Testing.Devices;

/// <summary>Cadence GEM.</summary>
public sealed class CadenceGemModel(TestSystem system, uint queues = 1) : INetworkModel, ITestDevice
{
    private const uint ReceiveEnable = 1 << 2;
    private const uint TransmitEnable = 1 << 3;
    private const uint Start = 1 << 9;
    private const uint Received = 1 << 1;
    private const uint Sent = 1 << 7;
    private const uint NoBuffer = 1;

    private readonly uint[] _rxQueues = new uint[8];
    private readonly uint[] _txQueues = new uint[8];
    private uint _control;
    private uint _configuration = 1 << 19;
    private uint _dma;
    private uint _status;
    private uint _masked = uint.MaxValue;
    private uint _receiveStatus;
    private ulong _rxAt;
    private ulong _txAt;
    private (uint First, uint Second) _next = (1, 0);

    public TestInterrupt? Interrupt { get; set; }

    public Queue<byte[]> Transmitted { get; } = new();

    public bool HoldsTransmits { get; set; }

    /// <summary>False: nothing that is a GEM answers.</summary>
    public bool IsPresent { get; set; } = true;

    /// <summary>A broken or hostile device: what it writes as the second word of a receive descriptor; null: the truth.</summary>
    public uint? Lie { get; set; }

    public bool Inject(ReadOnlySpan<byte> frame)
    {
        if ((_control & ReceiveEnable) == 0 || (_next.First & 1) != 0)
        {
            _receiveStatus |= NoBuffer;
            return false;
        }

        uint bufferBytes = ((_dma >> 16) & 0xff) * 64;
        frame[..Math.Min(frame.Length, (int)bufferBytes)].CopyTo(system.Dma(_next.First & ~3u, bufferBytes));
        Span<byte> descriptor = system.Dma(_rxAt, 8);
        BinaryPrimitives.WriteUInt32LittleEndian(descriptor[4..], Lie ?? ((uint)frame.Length | (3 << 14)));
        BinaryPrimitives.WriteUInt32LittleEndian(descriptor, _next.First | 1);
        _rxAt = (_next.First & 2) != 0 ? _rxQueues[0] : _rxAt + 8;
        Fetch();
        Raise(Received);
        return true;
    }

    public void CompleteTransmits()
    {
        while ((_control & TransmitEnable) != 0)
        {
            Span<byte> descriptor = system.Dma(_txAt, 8);
            uint address = BinaryPrimitives.ReadUInt32LittleEndian(descriptor);
            uint second = BinaryPrimitives.ReadUInt32LittleEndian(descriptor[4..]);
            if (second >> 31 != 0)
            {
                return;
            }

            if ((second & (1 << 15)) == 0 || (second & 0x3fff) == 0)
            {
                throw new TestSystemException("gem: a transmit descriptor that is no whole frame");
            }

            Transmitted.Enqueue(system.Dma(address, second & 0x3fff).ToArray());
            BinaryPrimitives.WriteUInt32LittleEndian(descriptor[4..], second | (1U << 31));
            _txAt = (second & (1 << 30)) != 0 ? _txQueues[0] : _txAt + 8;
            Raise(Sent);
        }
    }

    public ulong Load(ulong offset, int width)
    {
        switch (offset)
        {
            case 0x000:
                return _control;
            case 0x004:
                return _configuration;
            case 0x020:
                return _receiveStatus;
            case 0x024:
                uint status = _status;
                _status = 0;
                Interrupt?.SetLine(false);
                return status;
            case 0x0fc:
                return IsPresent ? 0x0007_0109u : 0;
            case 0x294:
                return (1u << (int)queues) - 1;
            default:
                throw new TestSystemException($"gem: load of {offset:x}");
        }
    }

    public void Store(ulong offset, int width, ulong value)
    {
        switch (offset)
        {
            case 0x000:
                WriteControl((uint)value);
                break;
            case 0x004:
                _configuration = (uint)value;
                break;
            case 0x010:
                _dma = (uint)value;
                break;
            case 0x014 or 0x024:
                break;
            case 0x018:
                _rxQueues[0] = (uint)value;
                _rxAt = value;
                break;
            case 0x01c:
                _txQueues[0] = (uint)value;
                _txAt = value;
                break;
            case 0x020:
                _receiveStatus &= ~(uint)value;
                break;
            case 0x028:
                _masked &= ~(uint)value;
                break;
            case 0x02c:
                _masked |= (uint)value;
                break;
            case >= 0x440 and < 0x45c:
                _txQueues[((offset - 0x440) / 4) + 1] = (uint)value;
                break;
            case >= 0x480 and < 0x49c:
                _rxQueues[((offset - 0x480) / 4) + 1] = (uint)value;
                break;
            default:
                throw new TestSystemException($"gem: store to {offset:x}");
        }
    }

    private void WriteControl(uint value)
    {
        if ((value & (ReceiveEnable | TransmitEnable)) != 0 && (_dma == 0 || (_configuration & (1 << 17)) == 0))
        {
            throw new TestSystemException("gem: switched on before it was configured");
        }

        // A queue without descriptors, or whose descriptor looks like work, would make the device use memory at random.
        for (int queue = 1; queue < queues && (value & TransmitEnable) != 0; queue++)
        {
            if ((BinaryPrimitives.ReadUInt32LittleEndian(system.Dma(_txQueues[queue], 8)[4..]) >> 31) == 0
                || (BinaryPrimitives.ReadUInt32LittleEndian(system.Dma(_rxQueues[queue], 8)) & 1) == 0)
            {
                throw new TestSystemException("gem: a queue that is not used has work");
            }
        }

        _control = value & ~Start;
        if ((value & TransmitEnable) == 0)
        {
            _txAt = _txQueues[0];
        }

        if ((value & ReceiveEnable) != 0)
        {
            Fetch();
        }

        if ((value & Start) != 0 && !HoldsTransmits)
        {
            CompleteTransmits();
        }
    }

    private void Fetch()
    {
        Span<byte> descriptor = system.Dma(_rxAt, 8);
        _next = (BinaryPrimitives.ReadUInt32LittleEndian(descriptor), BinaryPrimitives.ReadUInt32LittleEndian(descriptor[4..]));
        _receiveStatus |= _next.First & NoBuffer;
    }

    private void Raise(uint interrupt)
    {
        _status |= interrupt & ~_masked;
        Interrupt?.SetLine(_status != 0);
    }
}
