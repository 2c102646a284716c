// Driver of a PC's real-time clock (Motorola MC146818A; Intel ICH9 datasheet, 13.6): calendar fields behind an index port and a data port. It
// keeps UTC, as QEMU's and any machine's that runs no other system does.

using System;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Drivers.Clock;

/// <summary>MC146818A in I/O ports.</summary>
[Profile(Profile.Driver)]
public sealed class CmosRtc : WallClockDriver
{
    private const ulong NanosecondsPerSecond = 1_000_000_000;
    private const ulong SecondsPerDay = 24 * 60 * 60;

    // The two ports, from the first.
    private const ulong Index = 0;
    private const ulong Data = 1;

    // Fields (MC146818A, "Address map"); the century is where PCs keep it (ACPI 5.2.9, CENTURY).
    private const byte Second = 0x00;
    private const byte Minute = 0x02;
    private const byte Hour = 0x04;
    private const byte Day = 0x07;
    private const byte Month = 0x08;
    private const byte Year = 0x09;
    private const byte RegisterA = 0x0a;
    private const byte RegisterB = 0x0b;
    private const byte Century = 0x32;

    private const byte UpdateInProgress = 1 << 7;
    private const byte Has24Hours = 1 << 1;
    private const byte IsBinary = 1 << 2;
    private const byte IsAfternoon = 1 << 7;

    // An update takes 2 ms once in a second, a read of a port more than 100 ns: a clock that is busy longer is broken.
    private const int UpdatePollLimit = 1_000_000;

    /// <summary>The second port shows the field that was written to the first.</summary>
    [Wired]
    public IoPorts Ports;

    public override void Init()
    {
        if (!TryRead(out _))
        {
            throw new InvalidOperationException("PC clock driver: no clock answers at the ports, or its fields are no date");
        }
    }

    /// <summary>0, as from no clock, when the clock stopped making sense.</summary>
    protected override ulong ReadNanoseconds() => TryRead(out ulong seconds) ? seconds * NanosecondsPerSecond : 0;

    /// <summary>Seconds since 1970. Two readings that agree were not torn by an update.</summary>
    private bool TryRead(out ulong seconds)
    {
        seconds = 0;
        bool hasFirst = false;
        for (int i = 0; i < UpdatePollLimit; i++)
        {
            if ((Field(RegisterA) & UpdateInProgress) != 0)
            {
                hasFirst = false;
                continue;
            }

            if (!TryReadFields(out ulong read))
            {
                return false;
            }

            if (hasFirst && read == seconds)
            {
                return true;
            }

            seconds = read;
            hasFirst = true;
        }

        return false;
    }

    private bool TryReadFields(out ulong seconds)
    {
        seconds = 0;
        byte format = Field(RegisterB);
        byte hourField = Field(Hour);
        bool isAfternoon = (format & Has24Hours) == 0 && (hourField & IsAfternoon) != 0;
        uint hour = Number(format, isAfternoon ? (byte)(hourField & ~IsAfternoon) : hourField);
        if ((format & Has24Hours) == 0)
        {
            hour = (hour % 12) + (isAfternoon ? 12u : 0);
        }

        uint second = Number(format, Field(Second));
        uint minute = Number(format, Field(Minute));
        uint day = Number(format, Field(Day));
        uint month = Number(format, Field(Month));
        uint year = (Number(format, Field(Century)) * 100) + Number(format, Field(Year));
        if (second > 59 || minute > 59 || hour > 23 || month is < 1 or > 12 || year is < 1970 or > 9999 || day < 1 || day > DaysOf(month, year))
        {
            return false;
        }

        seconds = (DaysBefore(day, month, year) * SecondsPerDay) + (((hour * 60) + minute) * 60) + second;
        return true;
    }

    private byte Field(byte field)
    {
        Ports.Write8(Index, field);
        return Ports.Read8(Data);
    }

    private static uint Number(byte format, byte field) => (format & IsBinary) != 0 ? field : (uint)(((field >> 4) * 10) + (field & 0xf));

    private static uint DaysOf(uint month, uint year) => month switch
    {
        2 => IsLeap(year) ? 29u : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };

    private static bool IsLeap(uint year) => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    /// <summary>Days from 1970-01-01 to the date.</summary>
    private static ulong DaysBefore(uint day, uint month, uint year)
    {
        // Leap days up to the end of the year before, less the 477 up to the end of 1969.
        const uint LeapDaysBefore1970 = 477;
        uint past = year - 1;
        ulong days = ((year - 1970) * 365) + (past / 4) - (past / 100) + (past / 400) - LeapDaysBefore1970 + day - 1;
        for (uint i = 1; i < month; i++)
        {
            days += DaysOf(i, year);
        }

        return days;
    }
}
