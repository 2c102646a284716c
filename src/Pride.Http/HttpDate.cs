// Dates as HTTP writes them (RFC 9110, section 5.6.7), without culture or time zones: all of HTTP is in UTC.

using System;

namespace Pride.Http;

/// <summary>Formats and parses dates. Times are in seconds since 1970-01-01 UTC.</summary>
public static class HttpDate
{
    /// <summary>"Sun, 06 Nov 1994 08:49:37 GMT".</summary>
    public const int Length = 29;

    private const long SecondsPerDay = 86_400;

    // Days from 0000-03-01 to 1970-01-01 in the calendar that starts its years in March, where leap days come last.
    private const long DaysToEpoch = 719_468;
    private const long DaysPerEra = 146_097;

    private static ReadOnlySpan<byte> Days => "ThuFriSatSunMonTueWed"u8;

    private static ReadOnlySpan<byte> Months => "JanFebMarAprMayJunJulAugSepOctNovDec"u8;

    /// <summary>Writes <see cref="Length"/> bytes. Times before 1970 or after 9999 are shown as the nearer end.</summary>
    public static void Format(long unixSeconds, Span<byte> destination)
    {
        const long EndOf9999 = 253_402_300_799;
        unixSeconds = Math.Clamp(unixSeconds, 0, EndOf9999);
        long days = unixSeconds / SecondsPerDay;
        int time = (int)(unixSeconds % SecondsPerDay);
        CivilFromDays(days, out int year, out int month, out int day);
        Days.Slice((int)(days % 7) * 3, 3).CopyTo(destination);
        ", "u8.CopyTo(destination[3..]);
        TwoDigits(destination[5..], day);
        destination[7] = (byte)' ';
        Months.Slice((month - 1) * 3, 3).CopyTo(destination[8..]);
        destination[11] = (byte)' ';
        TwoDigits(destination[12..], year / 100);
        TwoDigits(destination[14..], year % 100);
        destination[16] = (byte)' ';
        TwoDigits(destination[17..], time / 3600);
        destination[19] = (byte)':';
        TwoDigits(destination[20..], time / 60 % 60);
        destination[22] = (byte)':';
        TwoDigits(destination[23..], time % 60);
        " GMT"u8.CopyTo(destination[25..]);
    }

    /// <summary>Reads the format that <see cref="Format"/> writes. The two obsolete formats count as no date at all.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long unixSeconds)
    {
        unixSeconds = 0;
        if (text.Length != Length || text[3] != ',' || text[19] != ':' || text[22] != ':' || !text[25..].SequenceEqual(" GMT"u8))
        {
            return false;
        }

        int month = 0;
        while (month < 12 && !text.Slice(8, 3).SequenceEqual(Months.Slice(month * 3, 3)))
        {
            month++;
        }

        bool isNumeric = Bytes.TryParseNumber(text.Slice(5, 2), out long day) & Bytes.TryParseNumber(text.Slice(12, 4), out long year)
            & Bytes.TryParseNumber(text.Slice(17, 2), out long hour) & Bytes.TryParseNumber(text.Slice(20, 2), out long minute)
            & Bytes.TryParseNumber(text.Slice(23, 2), out long second);
        if (!isNumeric || month == 12 || day is < 1 or > 31 || year < 1970 || hour > 23 || minute > 59 || second > 60)
        {
            return false;
        }

        long days = DaysFromCivil((int)year, month + 1, (int)day);
        unixSeconds = (days * SecondsPerDay) + (hour * 3600) + (minute * 60) + second;
        return true;
    }

    // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": days_from_civil and civil_from_days.
    private static long DaysFromCivil(int year, int month, int day)
    {
        int shifted = month > 2 ? year : year - 1;
        int era = shifted / 400;
        int yearOfEra = shifted - (era * 400);
        int dayOfYear = (((153 * (month > 2 ? month - 3 : month + 9)) + 2) / 5) + day - 1;
        int dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        return (era * DaysPerEra) + dayOfEra - DaysToEpoch;
    }

    private static void CivilFromDays(long days, out int year, out int month, out int day)
    {
        days += DaysToEpoch;
        int era = (int)(days / DaysPerEra);
        int dayOfEra = (int)(days - (era * DaysPerEra));
        int yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        int dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        int shiftedMonth = ((5 * dayOfYear) + 2) / 153;
        day = dayOfYear - (((153 * shiftedMonth) + 2) / 5) + 1;
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
        year = yearOfEra + (era * 400) + (month <= 2 ? 1 : 0);
    }

    private static void TwoDigits(Span<byte> destination, int value)
    {
        destination[0] = (byte)('0' + (value / 10));
        destination[1] = (byte)('0' + (value % 10));
    }
}
