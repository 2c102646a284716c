// Dates and spans of time.
using System;
namespace Programs;

public static class DateTimes
{
    public static void Main()
    {
        DateTime leap = new(2024, 2, 28, 23, 59, 59);
        Console.WriteLine(leap.AddSeconds(1).ToString("yyyy-MM-ddTHH:mm:ss") + " " + leap.DayOfWeek + " " + leap.DayOfYear);
        TimeSpan span = new DateTime(2025, 1, 1) - leap;
        Console.WriteLine(span.Days + " " + span.TotalHours.ToString("F2") + " " + span);
        Console.WriteLine(DateTime.IsLeapYear(2100) + " " + DateTime.DaysInMonth(2024, 2) + " " + DateTime.UnixEpoch.AddDays(20000).ToString("d"));
        DateTimeOffset offset = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
        Console.WriteLine(offset.ToString("O") + " " + offset.ToUnixTimeMilliseconds());
        Console.WriteLine(TimeSpan.FromMinutes(90).ToString(@"hh\:mm") + " " + (TimeSpan.FromHours(1) > TimeSpan.FromMinutes(59)) + " " + new TimeOnly(13, 30).AddHours(12));
        Console.WriteLine(new DateOnly(2026, 11, 23).AddMonths(3).ToString("yyyy-MM-dd") + " " + DateTime.Parse("2026-11-23T10:20:30Z").ToUniversalTime().Hour);
    }
}
