// Driver of an SD card behind SiFive's SPI controller (SD Physical Layer Simplified Specification 6.00, chapter 7: SPI mode).
//
// Commands and data carry checksums: a card's that is wrong makes the transfer fail.

using System;
using System.Buffers.Binary;
using Pride.Machine;

namespace Pride.Drivers.Block;

/// <summary>SD card over SPI.</summary>
[Profile(Profile.Driver)]
public sealed class SpiSdCard : SdCardDriver
{
    // In hertz: while the card starts (6.6.6), and later, where every card must follow (25 MHz; what long wires carry).
    private const uint StartClock = 400_000;
    private const uint DataClock = 20_000_000;

    /// <summary>At least 74 clocks with the card not selected (6.4.1).</summary>
    private const int StartClocksBytes = 10;

    // R1 (7.3.2.1): bit 7 is 0; bit 0: idle, bit 2: illegal command.
    private const byte NoResponse = 0x80;
    private const byte ResponseIdle = 1;
    private const byte ResponseIllegal = 4;

    // Tokens (7.3.3).
    private const byte StartBlock = 0xfe;
    private const byte Accepted = 5;
    private const byte ResponseMask = 0x1f;
    private const byte IdleLine = 0xff;

    /// <summary>Bytes in which a response must begin (NCR, 7.5.4).</summary>
    private const int ResponsePollLimit = 16;

    // Bytes at 20 MHz in 250 ms, the longest that a card may need for a write (4.6.2.2); for reads it is 100 ms.
    private const int BusyPollLimit = 625_000;

    // The same at 400 kHz.
    private const int StartBusyPollLimit = 12_500;

    // x^16 + x^12 + x^5 + 1 and x^7 + x^3 + 1 (4.5).
    private const ushort DataPolynomial = 0x1021;
    private const byte CommandPolynomial = 0x09;

    private static readonly ushort[] s_dataChecks = DataChecks();

    private SifiveSpi _spi;
    private bool _countsSectors;

    protected override ulong SetUp(Region registers)
    {
        _spi = new SifiveSpi(registers);
        _spi.SetUp();
        _spi.SetClock(StartClock);
        EndBlock();
        for (int i = 0; i < StartClocksBytes; i++)
        {
            _spi.Receive();
        }

        if (!TryStart(out _countsSectors))
        {
            return 0;
        }

        _spi.SetClock(DataClock);
        Span<byte> data = stackalloc byte[SdCommands.CardSpecificDataBytes];
        bool isKnown = Command(SdCommands.SendCardSpecificData, 0) == 0 && TryReceiveBlock(data);
        _spi.Deselect();
        return isKnown && !_spi.HasFailed ? SdCommands.SectorsOf(data) : 0;
    }

    protected override bool TryRead(ulong sector, Span<byte> data)
    {
        bool done = true;
        for (; done && !data.IsEmpty; data = data[SectorSize..])
        {
            done = Command(SdCommands.ReadSingle, AddressOf(sector++)) == 0 && TryReceiveBlock(data[..SectorSize]);
            _spi.Deselect();
        }

        return done && !_spi.HasFailed;
    }

    protected override bool TryWrite(ulong sector, ReadOnlySpan<byte> data)
    {
        bool done = true;
        for (; done && !data.IsEmpty; data = data[SectorSize..])
        {
            done = Command(SdCommands.WriteSingle, AddressOf(sector++)) == 0 && TrySendBlock(data[..SectorSize]);
            _spi.Deselect();
        }

        return done && !_spi.HasFailed;
    }

    /// <summary>
    /// A life before may have been stopped in the middle of a block, or before one, and the card hears no command until it has all of it: it gets a block
    /// whose checksum is wrong, or the rest of the block that it sends is taken.
    /// </summary>
    private void EndBlock()
    {
        const int BlockAndCheckBytes = SectorSize + sizeof(ushort);
        _spi.Select();
        _spi.Send([StartBlock]);
        for (int i = 0; i < BlockAndCheckBytes; i++)
        {
            _spi.Receive();
        }

        for (int i = 0; i < StartBusyPollLimit && _spi.Receive() != IdleLine; i++)
        {
        }

        _spi.Deselect();
    }

    /// <summary>From power-on to a card that takes commands (7.2.1).</summary>
    private bool TryStart(out bool countsSectors)
    {
        countsSectors = false;
        if (Command(SdCommands.GoIdle, 0) != ResponseIdle)
        {
            return false;
        }

        // Cards older than version 2.0 do not know the command, and are of standard capacity.
        bool isNew = (Command(SdCommands.SendInterfaceCondition, SdCommands.InterfaceCondition) & ResponseIllegal) == 0;
        if (isNew && (ReceiveWord() & 0xfff) != SdCommands.InterfaceCondition)
        {
            return false;
        }

        Command(SdCommands.ChecksOnOff, 1);
        byte response = ResponseIdle;
        for (int i = 0; response == ResponseIdle && i < SdCommands.StartPollLimit; i++)
        {
            Command(SdCommands.ApplicationCommand, 0);
            response = Command(SdCommands.SendOperatingConditions, isNew ? SdCommands.HostConditions : 0);
        }

        if (response != 0 || (Command(SdCommands.ReadOperatingConditions, 0) & NoResponse) != 0)
        {
            return false;
        }

        countsSectors = (ReceiveWord() & SdCommands.HighCapacity) != 0;
        return Command(SdCommands.SetBlockLength, SectorSize) == 0;
    }

    /// <summary>Selects the card, sends a command and returns the first byte of the response.</summary>
    private byte Command(uint number, uint argument)
    {
        const byte StartBits = 0x40;
        const byte EndBit = 1;
        Span<byte> frame = stackalloc byte[7];
        frame[0] = IdleLine;
        frame[1] = (byte)(StartBits | number);
        BinaryPrimitives.WriteUInt32BigEndian(frame[2..], argument);
        frame[6] = (byte)((CommandCheck(frame[1..6]) << 1) | EndBit);
        _spi.Select();
        _spi.Send(frame);
        byte response = IdleLine;
        for (int i = 0; (response & NoResponse) != 0 && i < ResponsePollLimit; i++)
        {
            response = _spi.Receive();
        }

        return response;
    }

    private uint ReceiveWord()
    {
        Span<byte> word = stackalloc byte[sizeof(uint)];
        _spi.Receive(word);
        return BinaryPrimitives.ReadUInt32BigEndian(word);
    }

    private bool TryReceiveBlock(Span<byte> data)
    {
        byte token = IdleLine;
        for (int i = 0; token == IdleLine && i < BusyPollLimit && !_spi.HasFailed; i++)
        {
            token = _spi.Receive();
        }

        if (token != StartBlock)
        {
            return false;
        }

        Span<byte> check = stackalloc byte[sizeof(ushort)];
        _spi.Receive(data);
        _spi.Receive(check);
        return BinaryPrimitives.ReadUInt16BigEndian(check) == DataCheck(data);
    }

    private bool TrySendBlock(ReadOnlySpan<byte> data)
    {
        Span<byte> check = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(check, DataCheck(data));
        _spi.Send([IdleLine, StartBlock]);
        _spi.Send(data);
        _spi.Send(check);
        bool isAccepted = (_spi.Receive() & ResponseMask) == Accepted;

        // The card holds the line low while it writes, or finds that it cannot.
        bool isBusy = true;
        for (int i = 0; isBusy && i < BusyPollLimit && !_spi.HasFailed; i++)
        {
            isBusy = _spi.Receive() != IdleLine;
        }

        return isAccepted && !isBusy;
    }

    private uint AddressOf(ulong sector) => (uint)(_countsSectors ? sector : sector * SectorSize);

    private static byte CommandCheck(ReadOnlySpan<byte> data)
    {
        uint check = 0;
        foreach (byte value in data)
        {
            for (int bit = 7; bit >= 0; bit--)
            {
                bool isOdd = (((check >> 6) ^ ((uint)value >> bit)) & 1) != 0;
                check = ((check << 1) & 0x7f) ^ (isOdd ? CommandPolynomial : 0u);
            }
        }

        return (byte)check;
    }

    private static ushort DataCheck(ReadOnlySpan<byte> data)
    {
        uint check = 0;
        foreach (byte value in data)
        {
            check = (check << 8) ^ s_dataChecks[((check >> 8) ^ value) & 0xff];
        }

        return (ushort)check;
    }

    private static ushort[] DataChecks()
    {
        ushort[] checks = new ushort[256];
        for (uint i = 0; i < checks.Length; i++)
        {
            uint check = i << 8;
            for (int bit = 0; bit < 8; bit++)
            {
                check = (check << 1) ^ ((check & 0x8000) != 0 ? DataPolynomial : 0u);
            }

            checks[i] = (ushort)check;
        }

        return checks;
    }
}
