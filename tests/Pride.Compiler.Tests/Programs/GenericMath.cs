// INumber<T> over integers, floating point and Int128.
using System;
using System.Numerics;
namespace Programs;

public static class GenericMath
{
    private static T Sum<T>(ReadOnlySpan<T> values) where T : INumber<T> { T sum = T.Zero; foreach (T v in values) { sum += v; } return sum; }
    private static T Power<T>(T x, int n) where T : IMultiplyOperators<T, T, T>, IMultiplicativeIdentity<T, T> { T result = T.MultiplicativeIdentity; for (int i = 0; i < n; i++) { result *= x; } return result; }
    private static T Parse<T>(string s) where T : IParsable<T> => T.Parse(s, null);
    public static void Main()
    {
        Console.WriteLine(Sum<int>([1, 2, 3]) + " " + Sum<double>([0.5, 0.25]) + " " + Sum<Int128>([Int128.MaxValue - 5, 5]));
        Console.WriteLine(Power(3, 5) + " " + Power(2.0, 10) + " " + Power((UInt128)10, 30));
        Console.WriteLine(Parse<int>("12") + Parse<double>("0.5"));
        Console.WriteLine(int.CreateSaturating(1e20) + " " + byte.CreateTruncating(300) + " " + short.Clamp(50, 1, 9));
        try { _ = byte.CreateChecked(300); } catch (OverflowException) { Console.WriteLine("checked"); }
        Console.WriteLine((UInt128.MaxValue / 7) + " " + (Int128.MinValue % 1000) + " " + ((UInt128)1 << 127 >> 120));
        Console.WriteLine(int.Log2(1000) + " " + uint.RotateLeft(1, 31) + " " + long.PopCount(255) + " " + int.IsPow2(64));
    }
}
