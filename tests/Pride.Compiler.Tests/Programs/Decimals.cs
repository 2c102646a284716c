// Decimal arithmetic, rounding, conversion.
using System;
namespace Programs;

public static class Decimals
{
    public static void Main()
    {
        decimal a = 1.10m, b = 3m;
        Console.WriteLine(a + b + " " + a * b + " " + a / b + " " + a % b);
        Console.WriteLine(decimal.Round(2.345m, 2) + " " + Math.Round(2.5m) + " " + decimal.Truncate(-7.9m) + " " + Math.Floor(-7.1m));
        Console.WriteLine((int)123.99m + " " + (decimal)0.1 + " " + (double)1.25m + " " + decimal.Parse("79228162514264337593543950335"));
        Console.WriteLine(0.1m + 0.2m == 0.3m);
        try { _ = decimal.MaxValue * b; } catch (OverflowException) { Console.WriteLine("overflow"); }
        Console.WriteLine(new decimal(12345, 0, 0, true, 3) + " " + (1.0m).GetHashCode().Equals(1.00m.GetHashCode()) + " " + 5m.CompareTo(4.99m));
    }
}
