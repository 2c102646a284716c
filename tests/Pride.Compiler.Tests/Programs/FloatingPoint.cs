// Arithmetic and conversions of double and float, NaN and infinities.
using System;
namespace Programs;

public static class FloatingPoint
{
    private static double s_zero;
    public static void Main()
    {
        double third = 1.0 / 3;
        Console.WriteLine(third);
        Console.WriteLine(0.1 + 0.2);
        Console.WriteLine(1e300 * 1e10);
        Console.WriteLine(s_zero / s_zero);
        Console.WriteLine((float)third);
        Console.WriteLine((int)-2.7);
        Console.WriteLine(unchecked((int)1e20));
        Console.WriteLine((long)1e18);
        Console.WriteLine(unchecked((uint)-1.0 + (s_zero == 0 ? 1u : 2u)));
        Console.WriteLine(Math.Sqrt(2));
        Console.WriteLine(Math.Floor(-2.5) + Math.Ceiling(2.1) + Math.Round(2.5) + Math.Truncate(-7.9));
        Console.WriteLine(Math.Max(double.NaN, 1));
        Console.WriteLine(Math.Min(-0.0, 0.0).ToString());
        Console.WriteLine(double.IsNaN(s_zero / s_zero) && !(s_zero / s_zero == s_zero / s_zero));
        Console.WriteLine(7.5 % 2);
        Console.WriteLine(Math.Abs(-3.25f));
        Console.WriteLine(double.Epsilon);
        Console.WriteLine(double.MaxValue);
        Console.WriteLine(123456789.125.ToString("F2") + " " + 0.00001234.ToString("E3") + " " + 1234.5.ToString("N1"));
        Console.WriteLine(double.Parse("3.14159e2") + float.Parse("-0.5"));
    }
}
