// Math, MathF, BigInteger, decimal, Half, Int128, Complex, BitOperations, Random with a seed. Functions that round in the last
// bit only are printed with fewer digits.
using System;
using System.Globalization;
using System.Numerics;
namespace Programs;

public static class Mathematics
{
    private static string S(double x) => x.ToString("G12", CultureInfo.InvariantCulture); private static string F(float x) => x.ToString("G6", CultureInfo.InvariantCulture);
    public static void Main()
    {
        double[] xs = [0, 0.5, 1, -1.25, 2.75, 10, 100.125, -0.001, 1e-10]; foreach (double x in xs) { Console.WriteLine(S(Math.Sin(x)) + " " + S(Math.Cos(x)) + " " + S(Math.Tan(x)) + " " + S(Math.Atan(x)) + " " + S(Math.Exp(x)) + " " + S(Math.Log(Math.Abs(x) + 1)) + " " + S(Math.Sinh(x / 10)) + " " + S(Math.Tanh(x)) + " " + S(Math.Cbrt(x)) + " " + S(Math.Pow(Math.Abs(x), 1.7)) + " " + S(Math.Atan2(x, 2)) + " " + S(Math.Asinh(x)) + " " + F(MathF.Sin((float)x)) + " " + F(MathF.Exp((float)x / 10)) + " " + F(MathF.Pow(2, (float)x / 10))); }
        Console.WriteLine(Math.Pow(2, 10) + " " + Math.Pow(2, -1074) + " " + Math.Log2(8) + " " + Math.Log10(1000) + " " + Math.Log(8, 2) + " " + Math.Pow(-8, 3) + " " + Math.Pow(-8, 0.5) + " " + Math.Exp(1000) + " " + Math.Sqrt(-1) + " " + Math.Log(0) + " " + S(Math.Cbrt(27)));
        foreach (double x in new[] { 2.5, 3.5, -2.5, 0.49999999999999994, -0.1 }) { Console.Write(Math.Round(x) + " " + Math.Round(x, MidpointRounding.AwayFromZero) + " " + Math.Floor(x) + " " + Math.Ceiling(x) + " " + Math.Truncate(x) + " " + Math.Sign(x) + "; "); }
        Console.WriteLine(Math.Round(2.345, 2) + " " + Math.Round(2.5m) + " " + Math.Clamp(5, 1, 3) + " " + Math.ScaleB(1, 10) + " " + Math.ILogB(1000) + " " + Math.FusedMultiplyAdd(2, 3, 4) + " " + Math.BitIncrement(1.0) + " " + Math.CopySign(3, -0.0) + " " + Math.IEEERemainder(5, 3) + " " + Math.MaxMagnitude(-5, 3));
        BigInteger big = BigInteger.Pow(3, 200); Console.WriteLine(big + " " + (big % 1000007) + " " + (big >> 100) + " " + BigInteger.GreatestCommonDivisor(big, 729) + " " + BigInteger.ModPow(5, 1000, 1009) + " " + BigInteger.Parse("-12345678901234567890123") / 97 + " " + big.ToString("X").Length + " " + (BigInteger)1e20 + " " + big.GetBitLength() + " " + BigInteger.Multiply(big, -big).ToString().Length + " " + BigInteger.Log(big).ToString("F6"));
        Console.WriteLine(1.1m + 2.2m + " " + (10m / 3m) + " " + decimal.Round(2.345m, 2) + " " + (1.10m * 2.00m) + " " + decimal.MaxValue + " " + (79228162514264337593543950335m / 7) + " " + (decimal)1.1 + " " + (double)1.5m + " " + (0.1m + 0.2m == 0.3m) + " " + decimal.Parse("1.2300").ToString("G") + " " + -7.5m % 2m + " " + decimal.Truncate(-1.9m) + " " + decimal.GetBits(1.5m)[3]);
        Console.WriteLine((Half)1.5f + " " + (Half)70000f + " " + Half.Parse("0.1") + " " + (float)(Half)0.1f + " " + (Half)3 * (Half)2 + " " + BitOperations.PopCount(0xFFu) + BitOperations.Log2(1000) + BitOperations.RotateLeft(0x80000001u, 1) + BitOperations.LeadingZeroCount(1UL) + BitOperations.TrailingZeroCount(8) + BitOperations.RoundUpToPowerOf2(100u) + BitOperations.Crc32C(0u, 0x12345678u) + " " + new Complex(1, 2) * new Complex(3, -1) + " " + Complex.Abs(new Complex(3, 4)) + " " + new Vector3(1, 2, 3).LengthSquared() + " " + Vector2.Dot(new(1, 2), new(3, 4)) + " " + Matrix3x2.CreateScale(2).M11 + " " + (Int128.MaxValue / 3) + " " + UInt128.Parse("340282366920938463463374607431768211455") % 1000 + " " + double.IsInteger(5.0) + int.IsPow2(64) + " " + BitConverter.ToInt32([1, 2, 3, 4]) + BitConverter.DoubleToInt64Bits(1.5).ToString("X"));
        Random random = new(7); Console.WriteLine(random.Next(1000) + " " + random.NextSingle() + " " + random.NextInt64(1L << 40) + " " + string.Join(',', random.GetItems([1, 2, 3], 5)));
    }
}
