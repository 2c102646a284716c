// A standard SD host controller with a card behind it, for tests (SD Part A2, 3.00): words of 32 bits alone, data through the buffer port.

using System;
using System.Buffers.Binary;

namespace Pride.Testing.Devices;

/// <summary>SD host controller and card.</summary>
public sealed class SdHostModel(SdCardModel card) : ITestDevice
{
    private const uint CommandComplete = 1;
    private const uint TransferComplete = 2;
    private const uint WriteReady = 1 << 4;
    private const uint ReadReady = 1 << 5;
    private const uint Timeout = (1u << 16) | (1 << 15);
    private const uint DataCheck = (1u << 21) | (1 << 15);
    private const int BlockPolls = 3;
    private const uint RelativeAddress = 0x4567_0000;

    private readonly uint[] _response = new uint[4];
    private readonly byte[] _buffer = new byte[512];
    private uint _blocks;
    private uint _argument;
    private uint _clock;
    private uint _status;
    private int _at;
    private int _sector;
    private uint _left;
    private int _pollsToReady;
    private bool _isReady;
    private bool _isReading;
    private bool _isApplication;
    private bool _isSelected;

    /// <summary>True: it never resets, and no command ends.</summary>
    public bool IsStuck { get; set; }

    public ulong Load(ulong offset, int width)
    {
        if (width != sizeof(uint))
        {
            throw new TestSystemException($"sdhci: a load of {width} bytes");
        }

        return offset switch
        {
            >= 0x10 and < 0x20 => _response[(offset - 0x10) / 4],
            0x20 => ReadData(),
            0x24 => 0,
            0x2c => _clock | (IsStuck ? 1u << 24 : 0) | ((_clock & 1) << 1),
            0x30 => ReadStatus(),
            0x40 => 50 << 8,
            _ => throw new TestSystemException($"sdhci: load of {offset:x}"),
        };
    }

    public void Store(ulong offset, int width, ulong value)
    {
        if (width != sizeof(uint))
        {
            throw new TestSystemException($"sdhci: a store of {width} bytes");
        }

        switch (offset)
        {
            case 0x04:
                _blocks = (uint)value;
                break;
            case 0x08:
                _argument = (uint)value;
                break;
            case 0x0c:
                Do((uint)value);
                break;
            case 0x20:
                WriteData((uint)value);
                break;
            case 0x2c:
                _clock = (uint)value & 0x00ff_ffff;
                break;
            case 0x30:
                _status &= ~(uint)value;
                break;
            case 0x28 or 0x34 or 0x38:
                break;
            default:
                throw new TestSystemException($"sdhci: store to {offset:x}");
        }
    }

    private void Do(uint command)
    {
        if ((_clock & 4) == 0)
        {
            throw new TestSystemException("sdhci: a command without a clock");
        }

        bool isApplication = _isApplication;
        _isApplication = false;
        _status |= card.IsPresent ? CommandComplete : Timeout;
        switch (command >> 24)
        {
            case 0:
                card.Reset();
                _isSelected = false;
                break;
            case 2:
                break;
            case 3:
                _response[0] = RelativeAddress;
                break;
            case 7 when _argument == RelativeAddress:
                _isSelected = true;
                break;
            case 8 when card.IsHighCapacity:
                _response[0] = _argument;
                break;
            case 9 when _argument == RelativeAddress:
                AnswerSpecificData();
                break;
            case 16 when _isSelected && _argument == 512:
                break;
            case 18 or 25 when _isSelected:
                Begin(isReading: command >> 24 == 18, command);
                break;
            case 41 when isApplication:
                card.Start();
                _response[0] = card.OperatingConditions;
                break;
            case 55:
                _isApplication = true;
                break;
            default:
                _status = Timeout;
                break;
        }
    }

    private void AnswerSpecificData()
    {
        // The last byte stays in the controller; the first is of word 3, below a byte of nothing.
        byte[] answer = [0, .. card.SpecificData()];
        for (int i = 0; i < _response.Length; i++)
        {
            _response[i] = BinaryPrimitives.ReadUInt32BigEndian(answer.AsSpan((3 - i) * sizeof(uint)));
        }
    }

    private void Begin(bool isReading, uint command)
    {
        const uint Multiple = (1 << 5) | (1 << 1) | (1 << 2);
        if ((command & Multiple) != Multiple || ((command & (1 << 4)) != 0) != isReading || (command & (1 << 21)) == 0 || (_blocks & 0xfff) != 512)
        {
            throw new TestSystemException("sdhci: a transfer that was not set up");
        }

        _isReading = isReading;
        _left = _blocks >> 16;
        _sector = card.SectorOf(_argument);
        _at = 0;
        _isReady = false;
        Next();
    }

    private void Next()
    {
        if (_left == 0)
        {
            _status |= TransferComplete;
        }
        else if (_sector < 0 || card.SectorOf(card.IsHighCapacity ? (uint)_sector : (uint)_sector * 512) < 0)
        {
            _status |= DataCheck;
        }
        else
        {
            if (_isReading)
            {
                int spoils = card.Spoils;
                card.Read(_sector).CopyTo(_buffer, 0);
                _status |= spoils > 0 ? DataCheck : 0;
            }

            _pollsToReady = BlockPolls;
        }
    }

    // The buffer of a block is ready a while after the one before, and says so once.
    private uint ReadStatus()
    {
        if (_pollsToReady > 0 && --_pollsToReady == 0)
        {
            _status |= _isReading ? ReadReady : WriteReady;
            _isReady = true;
        }

        return IsStuck ? 0 : _status;
    }

    private uint ReadData()
    {
        uint value = BinaryPrimitives.ReadUInt32LittleEndian(_buffer.AsSpan(_at));
        Advance();
        return value;
    }

    private void WriteData(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(_at), value);
        if (_at == _buffer.Length - sizeof(uint) && !card.TryWrite(_sector, _buffer))
        {
            _status |= DataCheck;
        }

        Advance();
    }

    private void Advance()
    {
        if (_left == 0 || !_isReady)
        {
            throw new TestSystemException("sdhci: data beyond the transfer, or before the buffer is ready");
        }

        _at += sizeof(uint);
        if (_at == _buffer.Length)
        {
            _at = 0;
            _isReady = false;
            _left--;
            _sector++;
            Next();
        }
    }
}
