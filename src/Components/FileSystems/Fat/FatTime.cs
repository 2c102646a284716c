// FAT's dates and times as seconds since 1970 (fatgen103, "Date and Time Formats"). FAT knows no time zone: its times count as UTC.

namespace Pride.FileSystems.Fat;

/// <summary>Conversion of dates and times.</summary>
internal static class FatTime
{
    private const int FirstYear = 1980;
    private const int SecondsPerDay = 24 * 60 * 60;

    /// <summary>Seconds since 1970; 0 for a date that does not exist (a zero date means "not kept").</summary>
    public static ulong ToUnixSeconds(ushort date, ushort time)
    {
        int day = date & 31;
        int month = (date >> 5) & 15;
        int year = FirstYear + (date >> 9);
        int seconds = ((time >> 11) * 3600) + (((time >> 5) & 63) * 60) + ((time & 31) * 2);
        if (month is < 1 or > 12 || day < 1 || day > DaysIn(year, month) || seconds >= SecondsPerDay)
        {
            return 0;
        }

        return ((ulong)DaysSince1970(year, month, day) * SecondsPerDay) + (ulong)seconds;
    }

    // Every fourth year from 1980 to 2107, except 2100.
    private static bool IsLeap(int year) => year % 4 == 0 && year != 2100;

    private static int DaysIn(int year, int month) => month switch
    {
        2 => IsLeap(year) ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };

    // The months are counted from March, so that a leap day is the last day of its year; five of them have 153 days.
    private static int DaysSince1970(int year, int month, int day)
    {
        const int DaysFromYear0ToMarch1970 = 719_468;
        int y = month <= 2 ? year - 1 : year;
        int fromMarch = (month + 9) % 12;
        int leapDays = (y / 4) - (y / 100) + (y / 400);
        return (y * 365) + leapDays + (((fromMarch * 153) + 2) / 5) + day - 1 - DaysFromYear0ToMarch1970;
    }
}
