// Driver of an SD card behind a standard SD host controller (SD Specifications, Part A2: SD Host Controller Simplified Specification 3.00), as Arasan's
// in Xilinx's and Broadcom's chips. The CPU moves the data itself: Broadcom's has no DMA of its own.
//
// Registers are only ever accessed as words of 32 bits, which Broadcom's needs.

using System;
using System.Buffers.Binary;
using Pride.Machine;

namespace Pride.Drivers.Block;

/// <summary>SD host controller.</summary>
[Profile(Profile.Driver)]
public sealed class SdHostController : SdCardDriver
{
    // Register offsets, of words, and bits: Part A2, chapter 2.
    private const nuint BlockSizeAndCount = 0x04;
    private const nuint Argument = 0x08;
    private const nuint ModeAndCommand = 0x0c;
    private const nuint Response = 0x10;
    private const nuint BufferData = 0x20;
    private const nuint PresentState = 0x24;
    private const nuint HostAndPower = 0x28;
    private const nuint ClockAndReset = 0x2c;
    private const nuint InterruptStatus = 0x30;
    private const nuint StatusEnable = 0x34;
    private const nuint SignalEnable = 0x38;
    private const nuint Capabilities = 0x40;

    private const uint CommandInhibited = 1 << 0;
    private const uint DataInhibited = 1 << 1;

    private const uint CommandComplete = 1 << 0;
    private const uint TransferComplete = 1 << 1;
    private const uint BufferWriteReady = 1 << 4;
    private const uint BufferReadReady = 1 << 5;
    private const uint AnyError = 0xffff_8000;
    private const uint AllStatus = uint.MaxValue;

    /// <summary>3.3 V, on.</summary>
    private const uint Power = 0xf << 8;

    private const uint InternalClock = 1 << 0;
    private const uint InternalClockStable = 1 << 1;
    private const uint CardClock = 1 << 2;
    private const uint LongestTimeout = 0xe << 16;
    private const uint ResetAll = 1 << 24;
    private const uint ResetLines = (1 << 25) | (1 << 26);

    // Transfer mode and command (2.2.5, 2.2.6), the command in the upper half.
    private const uint CountsBlocks = 1 << 1;
    private const uint EndsByItself = 1 << 2;
    private const uint Reads = 1 << 4;
    private const uint ManyBlocks = 1 << 5;
    private const int CommandShift = 24;
    private const uint NoAnswer = 0;
    private const uint LongAnswer = (1 | (1 << 3)) << 16;
    private const uint PlainAnswer = 2 << 16;
    private const uint CheckedAnswer = (2 | (1 << 3) | (1 << 4)) << 16;
    private const uint BusyAnswer = (3 | (1 << 3) | (1 << 4)) << 16;
    private const uint HasData = 1 << 21;

    // In hertz: while the card starts, and later, where every card must follow.
    private const uint StartClock = 400_000;
    private const uint DataClock = 25_000_000;
    private const uint Megahertz = 1_000_000;
    private const uint LargestDivisor = 1023;

    /// <summary>What a controller that does not say has at most, in megahertz: the field's largest value.</summary>
    private const uint UnknownClock = 255;

    // Far more polls than the longest write of a card (250 ms) has room for, unless the controller is broken.
    private const int PollLimit = 5_000_000;

    private Mmio _registers;
    private bool _countsSectors;

    protected override ulong SetUp(Region registers)
    {
        _registers = new Mmio(registers);
        _registers.Write32(ClockAndReset, ResetAll);
        if (!WaitFor(ClockAndReset, ResetAll, 0))
        {
            return 0;
        }

        _registers.Write32(StatusEnable, AllStatus);
        _registers.Write32(SignalEnable, 0);
        _registers.Write32(HostAndPower, Power);
        if (!SetClock(StartClock) || !TryStart(out uint address) || !SetClock(DataClock))
        {
            return 0;
        }

        Span<byte> data = stackalloc byte[SdCommands.CardSpecificDataBytes];
        if (!Command(SdCommands.SendCardSpecificData, address, LongAnswer))
        {
            return 0;
        }

        ReadLongAnswer(data);
        return Command(SdCommands.SelectCard, address, BusyAnswer) && Command(SdCommands.SetBlockLength, SectorSize, CheckedAnswer)
            ? SdCommands.SectorsOf(data)
            : 0;
    }

    protected override bool TryRead(ulong sector, Span<byte> data)
    {
        bool done = Begin(SdCommands.ReadMultiple, sector, data.Length, Reads);
        for (; done && !data.IsEmpty; data = data[SectorSize..])
        {
            done = WaitForStatus(BufferReadReady);
            for (int at = 0; done && at < SectorSize; at += sizeof(uint))
            {
                BinaryPrimitives.WriteUInt32LittleEndian(data[at..], _registers.Read32(BufferData));
            }
        }

        return End(done);
    }

    protected override bool TryWrite(ulong sector, ReadOnlySpan<byte> data)
    {
        bool done = Begin(SdCommands.WriteMultiple, sector, data.Length, 0);
        for (; done && !data.IsEmpty; data = data[SectorSize..])
        {
            done = WaitForStatus(BufferWriteReady);
            for (int at = 0; done && at < SectorSize; at += sizeof(uint))
            {
                _registers.Write32(BufferData, BinaryPrimitives.ReadUInt32LittleEndian(data[at..]));
            }
        }

        return End(done);
    }

    /// <summary>From power-on to a card with an address (SD Physical Layer 6.00, 4.2).</summary>
    private bool TryStart(out uint address)
    {
        address = 0;
        Command(SdCommands.GoIdle, 0, NoAnswer);

        // Cards older than version 2.0 do not answer, and are of standard capacity.
        bool isNew = Command(SdCommands.SendInterfaceCondition, SdCommands.InterfaceCondition, CheckedAnswer)
            && (_registers.Read32(Response) & 0xfff) == SdCommands.InterfaceCondition;
        uint conditions = 0;
        for (int i = 0; (conditions & SdCommands.Ready) == 0; i++)
        {
            if (i == SdCommands.StartPollLimit
                || !Command(SdCommands.ApplicationCommand, 0, CheckedAnswer)
                || !Command(SdCommands.SendOperatingConditions, isNew ? SdCommands.HostConditions : SdCommands.HostConditions & ~SdCommands.HighCapacity, PlainAnswer))
            {
                return false;
            }

            conditions = _registers.Read32(Response);
        }

        _countsSectors = (conditions & SdCommands.HighCapacity) != 0;
        bool done = Command(SdCommands.AllSendIdentification, 0, LongAnswer) && Command(SdCommands.SendRelativeAddress, 0, CheckedAnswer);
        address = _registers.Read32(Response) & 0xffff_0000;
        return done;
    }

    private bool SetClock(uint hertz)
    {
        uint megahertz = (_registers.Read32(Capabilities) >> 8) & 0xff;
        uint clock = (megahertz == 0 ? UnknownClock : megahertz) * Megahertz;

        // The card's clock is the base clock through twice the divisor, whose upper two bits stand below its lower eight (2.2.14).
        uint divisor = Math.Min((clock + (2 * hertz) - 1) / (2 * hertz), LargestDivisor);
        uint value = InternalClock | ((divisor & 0xff) << 8) | ((divisor >> 8) << 6) | LongestTimeout;
        _registers.Write32(ClockAndReset, value);
        if (!WaitFor(ClockAndReset, InternalClockStable, InternalClockStable))
        {
            return false;
        }

        _registers.Write32(ClockAndReset, value | CardClock);
        return true;
    }

    /// <summary>Sends a command and waits for its answer.</summary>
    private bool Command(uint number, uint argument, uint answer, uint mode = 0)
    {
        uint inhibited = CommandInhibited | ((answer & HasData) != 0 || (answer & BusyAnswer) == BusyAnswer ? DataInhibited : 0);
        if (!WaitFor(PresentState, inhibited, 0))
        {
            return false;
        }

        _registers.Write32(InterruptStatus, AllStatus);
        _registers.Write32(Argument, argument);
        _registers.Write32(ModeAndCommand, (number << CommandShift) | answer | mode);
        bool done = WaitForStatus(CommandComplete);
        if (!done)
        {
            _registers.Write32(ClockAndReset, _registers.Read32(ClockAndReset) | ResetLines);
            WaitFor(ClockAndReset, ResetLines, 0);
        }

        return done;
    }

    private bool Begin(uint number, ulong sector, int bytes, uint direction)
    {
        const int CountShift = 16;
        _registers.Write32(BlockSizeAndCount, SectorSize | ((uint)(bytes / SectorSize) << CountShift));
        uint argument = (uint)(_countsSectors ? sector : sector * SectorSize);
        return Command(number, argument, CheckedAnswer | HasData, direction | CountsBlocks | EndsByItself | ManyBlocks);
    }

    /// <summary>Waits for the transfer's end; one that failed is broken off.</summary>
    private bool End(bool done)
    {
        if (done && WaitForStatus(TransferComplete))
        {
            return true;
        }

        _registers.Write32(ClockAndReset, _registers.Read32(ClockAndReset) | ResetLines);
        WaitFor(ClockAndReset, ResetLines, 0);
        return false;
    }

    /// <summary>Waits until one of <paramref name="wanted"/> or an error is in the status, and takes it from there.</summary>
    private bool WaitForStatus(uint wanted)
    {
        for (int i = 0; i < PollLimit; i++)
        {
            uint status = _registers.Read32(InterruptStatus);
            if ((status & AnyError) != 0)
            {
                _registers.Write32(InterruptStatus, status);
                return false;
            }

            if ((status & wanted) != 0)
            {
                _registers.Write32(InterruptStatus, status & wanted);
                return true;
            }
        }

        return false;
    }

    private bool WaitFor(nuint register, uint mask, uint value)
    {
        for (int i = 0; i < PollLimit; i++)
        {
            if ((_registers.Read32(register) & mask) == value)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The answer without its last byte, which the controller keeps, most significant byte first.</summary>
    private void ReadLongAnswer(Span<byte> data)
    {
        const int Words = 4;
        Span<byte> answer = stackalloc byte[Words * sizeof(uint)];
        for (int i = 0; i < Words; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(answer[(i * sizeof(uint))..], _registers.Read32(Response + (nuint)((Words - 1 - i) * sizeof(uint))));
        }

        answer[1..].CopyTo(data);
        data[^1] = 0;
    }
}
