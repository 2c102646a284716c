// An AHCI controller with one disk at port 0 for tests (Serial ATA AHCI 1.3.1), over an array of bytes.
//
// Strict as the specification allows: commands are taken only while the port runs, and it cannot be given new memory while it does.

using System;
using System.Buffers.Binary;
using System.Numerics;

namespace Pride.Testing.Devices;

/// <summary>AHCI.</summary>
public sealed class AhciModel(TestSystem system, byte[] medium) : ITestDevice, IDiskModel
{
    public const ulong WindowSize = 0x1000;
    public const byte WindowRegister = 5;

    private const ulong Port = 0x100;
    private const uint Start = 1 << 0;
    private const uint Receive = 1 << 4;
    private const uint Failed = 1 << 30;
    private const int SectorSize = 512;

    private uint _control;
    private uint _status;
    private uint _issued;
    private uint _command;
    private uint _portStatus;
    private uint _portEnable;
    private ulong _list;
    private ulong _received;
    private bool _isStopped;

    public TestInterrupt? Interrupt { get; set; }

    public bool IsPresent { get; set; } = true;

    public bool HoldsRequests { get; set; }

    public int FailNext { get; set; }

    public int Flushes { get; private set; }

    /// <summary>Command slots.</summary>
    public uint Slots { get; init; } = 32;

    /// <summary>True: the bit of a command that fails goes too, as in QEMU 7.2, so that it looks done.</summary>
    public bool ForgetsWhatFails { get; init; }

    public ulong Load(ulong offset, int width) => offset switch
    {
        0x00 => 0x8000_0000 | ((Slots - 1) << 8),
        0x04 => _control,
        0x08 => _status,
        0x0c => 1,
        Port + 0x10 => _portStatus,
        Port + 0x18 => _command | ((_command & Start) << 15) | ((_command & Receive) << 10),
        Port + 0x20 => 0x50,
        Port + 0x24 => (_command & Receive) != 0 ? 0x101u : uint.MaxValue,
        Port + 0x28 => IsPresent ? 0x113u : 0,
        Port + 0x38 => _issued,
        _ => throw new TestSystemException($"AHCI: load of {offset:x}"),
    };

    public void Store(ulong offset, int width, ulong value)
    {
        switch (offset)
        {
            case 0x04:
                SetControl((uint)value);
                break;
            case 0x08:
                _status &= ~(uint)value;
                break;
            case >= Port and < Port + 0x10:
                SetAddress(offset - Port, value);
                break;
            case Port + 0x10:
                _portStatus &= ~(uint)value;
                break;
            case Port + 0x14:
                _portEnable = (uint)value;
                break;
            case Port + 0x18:
                SetCommand((uint)value);
                break;
            case Port + 0x30:
                break;
            case Port + 0x38:
                Issue((uint)value);
                break;
            default:
                throw new TestSystemException($"AHCI: store to {offset:x}");
        }

        SetLine();
    }

    public void Work(int limit = int.MaxValue)
    {
        for (; limit > 0 && _issued != 0 && !_isStopped && (_command & Start) != 0; limit--)
        {
            Execute(BitOperations.TrailingZeroCount(_issued));
        }

        SetLine();
    }

    /// <summary>A broken device: bits of commands go that were never done, and an interrupt says so.</summary>
    public void ForgeDone()
    {
        _issued = 0;
        _portStatus |= 1;
        SetLine();
    }

    private void SetControl(uint value)
    {
        _control = value & ~1u;
        if ((value & 1) != 0)
        {
            _control = _status = _issued = _command = _portStatus = _portEnable = 0;
            _isStopped = false;
        }
    }

    private void SetAddress(ulong register, ulong value)
    {
        if ((_command & (Start | Receive)) != 0)
        {
            throw new TestSystemException("AHCI: a port that runs is given other memory");
        }

        ref ulong address = ref register < 8 ? ref _list : ref _received;
        address = register % 8 == 0 ? (address & ~0xffff_fffful) | value : (address & 0xffff_fffful) | (value << 32);
    }

    private void SetCommand(uint value)
    {
        if ((value & Start) != 0 && ((value & Receive) == 0 || _list % 1024 != 0 || _received % 256 != 0 || _list == 0))
        {
            throw new TestSystemException("AHCI: a port is started that does not receive, or has no memory");
        }

        if ((value & Start) == 0)
        {
            _issued = 0;
            _isStopped = false;
        }

        _command = value;
    }

    private void Issue(uint slots)
    {
        if ((_command & Start) == 0 || (_issued & slots) != 0 || (Slots < 32 && slots >> (int)Slots != 0))
        {
            throw new TestSystemException($"AHCI: slots {slots:x} are issued while {_issued:x} are, or the port does not run");
        }

        _issued |= slots;
        for (uint left = slots; left != 0; left &= left - 1)
        {
            int slot = BitOperations.TrailingZeroCount(left);
            if (Frame(slot, out _)[2] == 0xec)
            {
                Execute(slot);
            }
        }

        if (!HoldsRequests)
        {
            Work();
        }
    }

    private Span<byte> Frame(int slot, out Span<byte> header)
    {
        header = system.Dma(_list + ((ulong)slot * 32), 32);
        return system.Dma(BinaryPrimitives.ReadUInt64LittleEndian(header[8..]), 256);
    }

    private void Execute(int slot)
    {
        Span<byte> table = Frame(slot, out Span<byte> header);
        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(header);
        if (table[0] != 0x27 || table[1] != 0x80 || (flags & 0x1f) != 5)
        {
            throw new TestSystemException("AHCI: no command frame");
        }

        if (table[2] != 0xec && FailNext > 0)
        {
            FailNext--;
            _issued &= ForgetsWhatFails ? ~(1u << slot) : uint.MaxValue;
            _portStatus |= Failed;
            _isStopped = true;
            return;
        }

        switch (table[2])
        {
            case 0xec:
                Transfer(table, flags, Identity(), 0, isWrite: false);
                break;
            case 0x25 or 0x35:
                long sector = table[4] | ((long)table[5] << 8) | ((long)table[6] << 16) | ((long)table[8] << 24);
                int sectors = BinaryPrimitives.ReadUInt16LittleEndian(table[12..]) is var count and not 0 ? count : 65536;
                if (Transfer(table, flags, medium, sector * SectorSize, table[2] == 0x35) != sectors * SectorSize)
                {
                    throw new TestSystemException("AHCI: memory and sectors differ in length");
                }

                break;
            case 0xea:
                Flushes++;
                break;
            default:
                throw new TestSystemException($"AHCI: command {table[2]:x}");
        }

        _issued &= ~(1u << slot);
        _portStatus |= 1;
    }

    private int Transfer(Span<byte> table, uint flags, byte[] bytes, long at, bool isWrite)
    {
        if (((flags >> 6) & 1) != (isWrite ? 1 : 0))
        {
            throw new TestSystemException("AHCI: the direction of header and command differ");
        }

        int done = 0;
        for (int i = 0; i < (int)(flags >> 16); i++)
        {
            Span<byte> piece = table.Slice(0x80 + (16 * i), 16);
            uint length = (BinaryPrimitives.ReadUInt32LittleEndian(piece[12..]) & 0x3f_ffff) + 1;
            Span<byte> memory = system.Dma(BinaryPrimitives.ReadUInt64LittleEndian(piece), length);
            Span<byte> place = bytes.AsSpan((int)at + done, (int)length);
            if (isWrite)
            {
                memory.CopyTo(place);
            }
            else
            {
                place.CopyTo(memory);
            }

            done += (int)length;
        }

        return done;
    }

    private byte[] Identity()
    {
        byte[] identity = new byte[SectorSize];
        BinaryPrimitives.WriteUInt16LittleEndian(identity.AsSpan(83 * 2), 0x7400);
        BinaryPrimitives.WriteUInt16LittleEndian(identity.AsSpan(85 * 2), 1 << 5);
        BinaryPrimitives.WriteInt64LittleEndian(identity.AsSpan(100 * 2), medium.Length / SectorSize);
        return identity;
    }

    private void SetLine()
    {
        _status |= (_portStatus & _portEnable) != 0 ? 1u : 0;
        Interrupt?.SetLine((_control & 2) != 0 && _status != 0);
    }
}
