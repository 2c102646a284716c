// An NVMe controller with one namespace for tests (NVM Express 1.4), over an array of bytes. It has sectors of 512 bytes and one pair of queues for
// requests; the interrupt line is up while answers of it wait.

using System;
using System.Buffers.Binary;
using System.Collections.Generic;

namespace Pride.Testing.Devices;

/// <summary>NVMe.</summary>
public sealed class NvmeModel(TestSystem system, byte[] medium) : ITestDevice, IDiskModel
{
    public const ulong WindowSize = 0x4000;
    public const byte WindowRegister = 0;

    private const int SectorSize = 512;
    private const ulong Page = 4096;
    private const ulong Doorbells = 0x1000;

    private readonly Pair[] _pairs = [new(), new()];
    private uint _control;
    private uint _adminSizes;

    public TestInterrupt? Interrupt { get; set; }

    public bool IsPresent { get; set; } = true;

    public bool HoldsRequests { get; set; }

    public int FailNext { get; set; }

    public int Flushes { get; private set; }

    /// <summary>Entries that a queue may have.</summary>
    public uint Entries { get; init; } = 64;

    /// <summary>The longest transfer, as a power of two of pages; 0: any.</summary>
    public byte Transfer { get; init; }

    public ulong Load(ulong offset, int width) => offset switch
    {
        0x00 => Entries - 1,
        0x1c => IsPresent ? _control & 1 : 2,
        _ => throw new TestSystemException($"NVMe: load of {offset:x}"),
    };

    public void Store(ulong offset, int width, ulong value)
    {
        switch (offset)
        {
            case 0x14:
                SetControl((uint)value);
                break;
            case 0x24:
                _adminSizes = (uint)value;
                break;
            case 0x28:
                _pairs[0].Commands = value;
                break;
            case 0x30:
                _pairs[0].Answers = value;
                break;
            case >= Doorbells and < Doorbells + 16:
                Ring((int)(offset - Doorbells) / 8, isAnswers: offset % 8 != 0, (uint)value);
                break;
            default:
                throw new TestSystemException($"NVMe: store to {offset:x}");
        }
    }

    public void Work(int limit = int.MaxValue)
    {
        Pair pair = _pairs[1];
        for (; limit > 0 && pair.Head != pair.Tail; limit--)
        {
            Span<byte> command = Next(pair);
            ushort id = BinaryPrimitives.ReadUInt16LittleEndian(command[2..]);
            ushort status = 0;
            if (FailNext > 0)
            {
                FailNext--;
                status = 0x81;
            }
            else
            {
                Execute(command);
            }

            Answer(pair, id, status);
        }
    }

    /// <summary>A broken or hostile device: an answer to whatever <paramref name="id"/> says.</summary>
    public void Forge(ushort id) => Answer(_pairs[1], id, 0);

    private void SetControl(uint value)
    {
        if ((value & 1) != 0 && value != 0x0046_0001)
        {
            throw new TestSystemException($"NVMe: enabled with {value:x}");
        }

        _control = value;
        if ((value & 1) == 0)
        {
            _pairs[0].Reset(0);
            _pairs[1].Reset(0);
            Interrupt?.SetLine(false);
            return;
        }

        _pairs[0].Reset((_adminSizes & 0xfff) + 1);
    }

    private void Ring(int number, bool isAnswers, uint value)
    {
        Pair pair = _pairs[number];
        if (value >= pair.Size)
        {
            throw new TestSystemException($"NVMe: doorbell {value} of queue {number}, which has {pair.Size} entries");
        }

        if (isAnswers)
        {
            pair.Released = value;
            Interrupt?.SetLine(_pairs[1].AnswerTail != _pairs[1].Released);
            return;
        }

        pair.Tail = value;
        while (number == 0 && pair.Head != pair.Tail)
        {
            Administer(Next(pair));
        }

        if (number == 1 && !HoldsRequests)
        {
            Work();
        }
    }

    private Span<byte> Next(Pair pair)
    {
        Span<byte> command = system.Dma(pair.Commands + (pair.Head * 64), 64);
        pair.Head = (pair.Head + 1) % pair.Size;
        return command;
    }

    private void Answer(Pair pair, ushort id, ushort status)
    {
        uint next = (pair.AnswerTail + 1) % pair.Size;
        if (next == pair.Released)
        {
            throw new TestSystemException("NVMe: answers overrun their queue");
        }

        Span<byte> answer = system.Dma(pair.Answers + (pair.AnswerTail * 16), 16);
        BinaryPrimitives.WriteUInt32LittleEndian(answer[12..], id | (pair.Phase ? 1u << 16 : 0) | ((uint)status << 17));
        pair.AnswerTail = next;
        pair.Phase ^= next == 0;
        if (pair == _pairs[1])
        {
            Interrupt?.SetLine(true);
        }
    }

    private void Administer(Span<byte> command)
    {
        ulong address = BinaryPrimitives.ReadUInt64LittleEndian(command[24..]);
        uint argument = BinaryPrimitives.ReadUInt32LittleEndian(command[40..]);
        switch (command[0])
        {
            case 0x06:
                Identify(system.Dma(address, Page), argument);
                break;
            case 0x05:
                _pairs[1].Reset((argument >> 16) + 1);
                _pairs[1].Answers = address;
                break;
            case 0x01 when _pairs[1].Answers != 0:
                _pairs[1].Commands = address;
                break;
            default:
                throw new TestSystemException($"NVMe: administration {command[0]:x}");
        }

        Answer(_pairs[0], BinaryPrimitives.ReadUInt16LittleEndian(command[2..]), 0);
    }

    private void Identify(Span<byte> identity, uint what)
    {
        identity.Clear();
        if (what == 1)
        {
            identity[77] = Transfer;
            identity[525] = 1;
            return;
        }

        BinaryPrimitives.WriteInt64LittleEndian(identity, medium.Length / SectorSize);
        identity[128 + 2] = 9;
    }

    private void Execute(Span<byte> command)
    {
        if (command[0] == 0)
        {
            Flushes++;
            return;
        }

        long at = BinaryPrimitives.ReadInt64LittleEndian(command[40..]) * SectorSize;
        ulong bytes = (BinaryPrimitives.ReadUInt16LittleEndian(command[48..]) + 1UL) * SectorSize;
        if (Transfer != 0 && bytes > Page << Transfer)
        {
            throw new TestSystemException("NVMe: a transfer longer than the controller takes");
        }

        foreach ((ulong address, ulong length) in Pieces(command, bytes))
        {
            Span<byte> memory = system.Dma(address, length);
            Span<byte> place = medium.AsSpan((int)at, (int)length);
            if (command[0] == 1)
            {
                memory.CopyTo(place);
            }
            else
            {
                place.CopyTo(memory);
            }

            at += (long)length;
        }
    }

    private List<(ulong Address, ulong Length)> Pieces(Span<byte> command, ulong bytes)
    {
        ulong first = BinaryPrimitives.ReadUInt64LittleEndian(command[24..]);
        ulong second = BinaryPrimitives.ReadUInt64LittleEndian(command[32..]);
        List<(ulong, ulong)> pieces = [(first, Math.Min(bytes, Page - (first % Page)))];
        ulong left = bytes - pieces[0].Item2;
        ulong count = (left + Page - 1) / Page;
        for (ulong i = 0; i < count; i++, left -= Math.Min(left, Page))
        {
            ulong address = count == 1 ? second : BinaryPrimitives.ReadUInt64LittleEndian(system.Dma(second + (i * 8), 8));
            if (address % Page != 0)
            {
                throw new TestSystemException("NVMe: a page that is none");
            }

            pieces.Add((address, Math.Min(left, Page)));
        }

        return pieces;
    }

    private sealed class Pair
    {
        public uint Size { get; private set; }

        public ulong Commands { get; set; }

        public ulong Answers { get; set; }

        public uint Head { get; set; }

        public uint Tail { get; set; }

        public uint AnswerTail { get; set; }

        public uint Released { get; set; }

        public bool Phase { get; set; }

        public void Reset(uint size)
        {
            Size = size;
            Head = Tail = AnswerTail = Released = 0;
            Phase = true;
        }
    }
}
