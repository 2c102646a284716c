// Parsing of numbers, booleans, dates, and what does not parse.
using System;
using System.Globalization;
namespace Programs;

public static class Parsing
{
    public static void Main()
    {
        Console.WriteLine(int.Parse("-123") + long.Parse(" 99 ") + int.Parse("ff", NumberStyles.HexNumber));
        Console.WriteLine(int.TryParse("12x", out int bad) + " " + bad + " " + int.TryParse("2147483648", out _) + " " + byte.TryParse("255", out byte b) + b);
        Console.WriteLine(double.Parse("1.25e3") + double.Parse("-.5") + double.Parse("Infinity"));
        Console.WriteLine(decimal.Parse("123.4500") + " " + bool.Parse("True") + " " + Guid.Parse("00000001-0002-0003-0405-060708090a0b"));
        try { int.Parse("nope"); } catch (FormatException) { Console.WriteLine("format"); }
        try { byte.Parse("256"); } catch (OverflowException) { Console.WriteLine("overflow"); }
        try { int.Parse(null!); } catch (ArgumentNullException) { Console.WriteLine("null"); }
        Console.WriteLine(uint.TryParse("4294967295"u8, out uint u) + " " + u);
        Console.WriteLine(DateTime.ParseExact("2024-02-29 10:11:12", "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture).DayOfYear);
        Console.WriteLine(TimeSpan.Parse("01:02:03").TotalSeconds + " " + UInt128.Parse("340282366920938463463374607431768211455"));
        Console.WriteLine(int.Parse("1,234", NumberStyles.AllowThousands) + " " + (char.GetNumericValue('7') + char.Parse("x")));
    }
}
