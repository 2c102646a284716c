// A SiFive SPI controller with an SD card in SPI mode behind it, for tests (FU540-C000 manual, chapter 19; SD 6.00, chapter 7). Checksums are checked.

using System;
using System.Buffers.Binary;
using System.Collections.Generic;

namespace Pride.Testing.Devices;

/// <summary>SPI controller and card.</summary>
public sealed class SpiCardModel(SdCardModel card) : ITestDevice
{
    private const int FifoSize = 8;
    private const byte Idle = 0xff;
    private const int BusyBytes = 3;

    private readonly Queue<byte> _received = new();
    private readonly Queue<byte> _answers = new();
    private readonly List<byte> _command = [];
    private readonly List<byte> _written = [];
    private int _writeSector = -1;
    private int _busyBytes;
    private bool _isApplication;
    private bool _isIdle = true;
    private bool _isSelected;

    /// <summary>True: the controller never answers.</summary>
    public bool IsStuck { get; set; }

    public ulong Load(ulong offset, int width) => offset switch
    {
        0x4c => _received.TryDequeue(out byte value) ? value : 1u << 31,
        _ => throw new TestSystemException($"spi: load of {offset:x}"),
    };

    public void Store(ulong offset, int width, ulong value)
    {
        switch (offset)
        {
            case 0x18:
                _isSelected = value == 2;
                if (!_isSelected)
                {
                    _answers.Clear();
                    _command.Clear();
                }

                break;
            case 0x48 when IsStuck:
                break;
            case 0x48:
                if (_received.Count == FifoSize)
                {
                    throw new TestSystemException("spi: the receive FIFO overruns");
                }

                _received.Enqueue(_isSelected && card.IsPresent ? Exchange((byte)value) : Idle);
                break;
            case 0x00 or 0x04 or 0x10 or 0x40 or 0x60 or 0x70:
                break;
            default:
                throw new TestSystemException($"spi: store to {offset:x}");
        }
    }

    private byte Exchange(byte value)
    {
        bool hasAnswer = _answers.TryDequeue(out byte answer);
        if (!hasAnswer && _busyBytes > 0)
        {
            // Busy for a while, also when it is not selected any more.
            _busyBytes--;
            return (value & 0xc0) != 0x40 ? (byte)0 : throw new TestSystemException("spi card: a command while it is busy");
        }

        answer = hasAnswer ? answer : Idle;
        if (_writeSector >= 0)
        {
            TakeWritten(value);
        }
        else if (_command.Count > 0 || (value & 0xc0) == 0x40)
        {
            _command.Add(value);
            if (_command.Count == 6)
            {
                byte[] command = [.. _command];
                _command.Clear();
                Do(command);
            }
        }

        return answer;
    }

    private void Do(byte[] command)
    {
        if (SdCardModel.CommandCheck(command.AsSpan(0, 5)) != command[5])
        {
            throw new TestSystemException("spi card: a command's check is wrong");
        }

        uint argument = SdCardModel.Argument(command);
        bool isApplication = _isApplication;
        _isApplication = false;
        _answers.Enqueue(Idle);
        switch (command[0] & 0x3f)
        {
            case 0:
                card.Reset();
                _isIdle = true;
                Respond();
                break;
            case 8 when card.IsHighCapacity:
                Respond();
                Answer([0, 0, 1, (byte)argument]);
                break;
            case 9:
                Respond();
                AnswerBlock(card.SpecificData());
                break;
            case 16 or 59:
                Respond();
                break;
            case 17:
                Read(card.SectorOf(argument));
                break;
            case 24:
                _writeSector = card.SectorOf(argument);
                _answers.Enqueue(_writeSector >= 0 ? (byte)0 : (byte)0x20);
                break;
            case 41 when isApplication:
                _isIdle = !card.Start();
                Respond();
                break;
            case 55:
                _isApplication = true;
                Respond();
                break;
            case 58:
                Respond();
                byte[] conditions = new byte[4];
                BinaryPrimitives.WriteUInt32BigEndian(conditions, card.OperatingConditions);
                Answer(conditions);
                break;
            default:
                _answers.Enqueue((byte)(4 | (_isIdle ? 1 : 0)));
                break;
        }
    }

    private void Read(int sector)
    {
        if (sector < 0 || _isIdle)
        {
            _answers.Enqueue(0x20);
            return;
        }

        byte[] check = new byte[2];
        byte[] data = card.Read(sector);
        Respond();
        _answers.Enqueue(Idle);
        _answers.Enqueue(0xfe);
        Answer(data);

        // The check is of what the card has, not of what the wire made of it.
        int spoils = card.Spoils;
        card.Spoils = 0;
        BinaryPrimitives.WriteUInt16BigEndian(check, SdCardModel.Check(card.Read(sector)));
        card.Spoils = spoils;
        Answer(check);
    }

    private void TakeWritten(byte value)
    {
        const byte StartBlock = 0xfe;
        if (_written.Count == 0 && value != StartBlock)
        {
            return;
        }

        _written.Add(value);
        if (_written.Count != 1 + 512 + 2)
        {
            return;
        }

        byte[] data = [.. _written.GetRange(1, 512)];
        bool isRight = SdCardModel.Check(data) == ((_written[^2] << 8) | _written[^1]);
        _answers.Enqueue(isRight && card.TryWrite(_writeSector, data) ? (byte)0xe5 : isRight ? (byte)0xed : (byte)0xeb);
        _busyBytes = BusyBytes;
        _written.Clear();
        _writeSector = -1;
    }

    private void Respond() => _answers.Enqueue(_isIdle ? (byte)1 : (byte)0);

    private void AnswerBlock(byte[] data)
    {
        byte[] check = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(check, SdCardModel.Check(data));
        _answers.Enqueue(Idle);
        _answers.Enqueue(0xfe);
        Answer(data);
        Answer(check);
    }

    private void Answer(byte[] bytes) => Array.ForEach(bytes, _answers.Enqueue);
}
