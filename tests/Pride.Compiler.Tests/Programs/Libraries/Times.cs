// Dates, times, spans: arithmetic, formatting, parsing; clocks only as far as they go forward.
using System;
using System.Diagnostics;
using System.Globalization;
namespace Programs;

public static class Times
{
    public static void Main()
    {
        TimeSpan t = new(1, 2, 3, 4, 567); Console.WriteLine(t + " " + t.ToString("g") + " " + t.ToString(@"d\.hh\:mm\:ss\.fff") + " " + t.TotalSeconds + " " + (-t) + " " + TimeSpan.FromMinutes(90) + " " + TimeSpan.Parse("2.03:04:05") + " " + (t > TimeSpan.FromHours(26)) + " " + t * 2 + " " + TimeSpan.FromMilliseconds(1500) / 3 + " " + TimeSpan.Zero);
        DateTime d = new(2024, 2, 29, 13, 5, 9, 123, DateTimeKind.Utc); Console.WriteLine(d.AddYears(1).ToString("yyyy-MM-dd") + " " + d.AddMonths(12).Day + " " + d.ToString("o") + " " + d.ToString("R") + " " + d.ToString("dddd, dd MMMM yyyy HH:mm:ss") + " " + d.DayOfYear + " " + d.Ticks + " " + d.ToString("s") + " " + d.ToString("u"));
        Console.WriteLine((new DateTime(2025, 1, 1) - new DateTime(2024, 1, 1)).Days + " " + DateTime.Parse("2024-03-10T05:06:07Z", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal).Hour + " " + DateTime.ParseExact("07/08/2023", "dd/MM/yyyy", CultureInfo.InvariantCulture).Month + " " + DateTime.TryParse("13/13/2023", CultureInfo.InvariantCulture, out _) + " " + DateTime.IsLeapYear(2100) + " " + DateTime.DaysInMonth(2023, 2));
        DateTimeOffset o = new(2024, 1, 1, 0, 0, 0, TimeSpan.FromHours(2)); Console.WriteLine(o + " " + o.ToUnixTimeSeconds() + " " + o.UtcDateTime.ToString("o") + " " + DateTimeOffset.FromUnixTimeMilliseconds(1700000000123).ToString("o") + " " + (o == o.ToUniversalTime()));
        DateOnly day = new(2024, 12, 31); TimeOnly time = new(23, 59, 30); Console.WriteLine(day.AddDays(1).ToString("yyyy-MM-dd") + " " + day.DayNumber + " " + time.AddMinutes(1).ToString("HH:mm:ss") + " " + day.ToDateTime(time).ToString("s") + " " + DateOnly.Parse("2024-05-05").DayOfWeek);
        Stopwatch watch = Stopwatch.StartNew(); DateTime now = DateTime.UtcNow; long n = 0; for (int i = 0; i < 200000; i++) { n += i; }
        watch.Stop(); Console.WriteLine((watch.ElapsedTicks > 0) + " " + (DateTime.UtcNow >= now) + " " + (now.Year >= 2024) + " " + (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp()) >= TimeSpan.Zero) + " " + n + " " + (Environment.TickCount64 >= 0) + " " + (TimeProvider.System.GetUtcNow().Year >= 2024));
    }
}
