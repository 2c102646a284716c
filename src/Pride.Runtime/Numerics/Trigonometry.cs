// Sine, cosine, tangent and their inverses.
//
// The argument is reduced by multiples of pi/2: with pi/2 in four doubles below 2^50, above with as many bits of 2/pi as
// matter (Payne and Hanek 1983). Then Taylor series in double-double, rounded once. The inverses take one Newton step
// from a double result.

using System;

namespace Pride.Runtime.Numerics;

/// <summary>Functions of System.Math that CoreCLR takes from the C library.</summary>
public static class Trigonometry
{
    private const double LargestForFourParts = 1L << 50;

    /// <summary>Terms of the series of sine and cosine below pi/4: (pi/4)^29 / 29! is below 2^-106.</summary>
    private const int Terms = 14;

    /// <summary>Terms of the arc tangent's series below 0.2.</summary>
    private const int ArcTerms = 12;

    private const double HalfPi1 = 1.5707963267948966;
    private const double HalfPi2 = 6.123233995736766E-17;
    private const double HalfPi3 = -1.4973849048591833E-33;
    private static readonly DoubleDouble s_halfPi = new(HalfPi1, HalfPi2);
    private static readonly DoubleDouble s_pi = new(2 * HalfPi1, 2 * HalfPi2);

    // The bits of 2/pi behind the point.
    private static ReadOnlySpan<ulong> TwoOverPi =>
    [
        0xA2F9836E4E441529, 0xFC2757D1F534DDC0, 0xDB6295993C439041, 0xFE5163ABDEBBC561, 0xB7246E3A424DD2E0, 0x06492EEA09D1921C,
        0xFE1DEB1CB129A73E, 0xE88235F52EBB4484, 0xE99C7026B45F7E41, 0x3991D639835339F4, 0x9C845F8BBDF9283B, 0x1FF897FFDE05980F,
        0xEF2F118B5A0A6D1F, 0x6D367ECF27CB09B7, 0x4F463F669E5FEA2D, 0x7527BAC7EBE5F17B, 0x3D0739F78A5292EA, 0x6BFB5FB11F8D5D08,
        0x56033046FC7B6BAB,
    ];

    public static double Sin(double x) => x == 0 ? x : double.IsFinite(x) ? Quadrant(x, 0).Value : double.NaN;

    public static double Cos(double x) => double.IsFinite(x) ? Quadrant(x, 1).Value : double.NaN;

    public static double Tan(double x) => x == 0 ? x : double.IsFinite(x) ? (Quadrant(x, 0) / Quadrant(x, 1)).Value : double.NaN;

    public static double Atan(double x) => double.IsNaN(x) || x == 0 ? x : Math.CopySign(ArcTangent(Math.Abs(x)).Value, x);

    /// <summary>The angle of the point (x, y).</summary>
    public static double Atan2(double y, double x)
    {
        if (double.IsNaN(x) || double.IsNaN(y))
        {
            return double.NaN;
        }

        if (double.IsInfinity(x) && double.IsInfinity(y))
        {
            (x, y) = (Math.CopySign(1, x), Math.CopySign(1, y));
        }

        if (y == 0 || double.IsInfinity(x))
        {
            return Math.CopySign(double.IsNegative(x) ? s_pi.Value : 0, y);
        }

        if (x == 0 || double.IsInfinity(y))
        {
            return Math.CopySign(HalfPi1, y);
        }

        // Scaled so that the quotient neither overflows nor loses bits: the exponents are what matters then.
        double ratio = Math.Abs(y) / Math.Abs(x);
        DoubleDouble angle = double.IsInfinity(ratio) ? s_halfPi : ratio < 1E-290 ? ratio : ArcTangent(new DoubleDouble(Normalised(y)) / Normalised(x), Exponent(y) - Exponent(x));
        DoubleDouble result = x < 0 ? s_pi - angle : angle;
        return Math.CopySign(result.Value, y);
    }

    public static double Asin(double x)
    {
        if (!(Math.Abs(x) <= 1) || x == 0)
        {
            return x == 0 ? x : double.NaN;
        }

        double size = Math.Abs(x);
        DoubleDouble other = DoubleDouble.SquareRoot(DoubleDouble.Sum(1, -size) * DoubleDouble.Sum(1, size));
        return Math.CopySign((size == 1 ? s_halfPi : ArcTangent(size / other)).Value, x);
    }

    public static double Acos(double x)
    {
        if (!(Math.Abs(x) <= 1))
        {
            return double.NaN;
        }

        return x == -1 ? s_pi.Value : x == 1 ? 0
            : (ArcTangent(DoubleDouble.SquareRoot(DoubleDouble.Sum(1, -x) / DoubleDouble.Sum(1, x))) * 2).Value;
    }

    // sin(x + quarters pi/2).
    private static DoubleDouble Quadrant(double x, int quarters)
    {
        (DoubleDouble rest, int quadrant) = Reduce(x);
        quadrant = (quadrant + quarters) & 3;
        DoubleDouble value = (quadrant & 1) == 0 ? SineSeries(rest) : CosineSeries(rest);
        return quadrant < 2 ? value : -value;
    }

    // x = quadrant pi/2 + rest, |rest| <= pi/4.
    private static (DoubleDouble Remaining, int Quadrant) Reduce(double x)
    {
        if (Math.Abs(x) < 0.78)
        {
            return (x, 0);
        }

        if (Math.Abs(x) >= LargestForFourParts)
        {
            (DoubleDouble far, int at) = ReduceLarge(Math.Abs(x));
            return x < 0 ? (-far, -at & 3) : (far, at);
        }

        double k = Math.Floor((x * (2 / Math.PI)) + 0.5);
        DoubleDouble first = DoubleDouble.Product(k, HalfPi1);
        DoubleDouble rest = new DoubleDouble(x - first.High) - first.Low;
        rest = rest - DoubleDouble.Product(k, HalfPi2) - DoubleDouble.Product(k, HalfPi3);
        return (rest, (int)((long)k & 3));
    }

    // x = m 2^e. Bits of 2/pi that give multiples of 4 are left out; 192 bits behind them are exact enough.
    private static (DoubleDouble Remaining, int Quadrant) ReduceLarge(double x)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(x);
        ulong m = (bits & ((1UL << 52) - 1)) | (1UL << 52);
        int e = (int)(bits >> 52) - 1075;
        int start = Math.Max(0, e - 2);
        ulong high = Window(start);
        ulong middle = Window(start + 64);
        ulong low = Window(start + 128);

        // The product's lowest 192 bits in units of 2^-192, before the shift by e - start (2, or less for small e).
        ulong carry = Math.BigMul(m, low, out ulong p0);
        ulong upper = Math.BigMul(m, middle, out ulong p1);
        p1 += carry;
        upper += p1 < carry ? 1UL : 0;
        ulong top = Math.BigMul(m, high, out ulong p2);
        p2 += upper;
        top += p2 < upper ? 1UL : 0;
        UInt128 fraction = new(p2, p1);
        int shift = e - start;
        UInt128 shifted = shift >= 0 ? (fraction << shift) | (p0 >> (63 - shift) >> 1) : (fraction >> -shift) | ((UInt128)top << (128 + shift));
        ulong whole = shift >= 0 ? (top << shift) | (p2 >> (63 - shift) >> 1) : top >> -shift;
        int quadrant = (int)(whole & 3);
        Int128 signed = (Int128)shifted;
        if (signed < 0)
        {
            quadrant = (quadrant + 1) & 3;
        }

        double first = (double)(signed >> 64) * TwoToMinus64;
        DoubleDouble turns = new DoubleDouble(first) + new DoubleDouble((double)(signed - ((Int128)(first / TwoToMinus64) << 64)) * TwoToMinus64 * TwoToMinus64);
        return (turns * s_halfPi, quadrant);
    }

    private const double TwoToMinus64 = 1.0 / 18446744073709551616.0;

    // 64 bits of 2/pi from a bit position on.
    private static ulong Window(int start)
    {
        int word = start >> 6;
        int bit = start & 63;
        return bit == 0 ? TwoOverPi[word] : (TwoOverPi[word] << bit) | (TwoOverPi[word + 1] >> (64 - bit));
    }

    private static DoubleDouble SineSeries(DoubleDouble x)
    {
        DoubleDouble square = x * x;
        DoubleDouble sum = 1;
        for (int n = Terms; n >= 1; n--)
        {
            sum = 1 - (sum * square / (2 * n * ((2 * n) + 1)));
        }

        return sum * x;
    }

    private static DoubleDouble CosineSeries(DoubleDouble x)
    {
        DoubleDouble square = x * x;
        DoubleDouble sum = 1;
        for (int n = Terms; n >= 1; n--)
        {
            sum = 1 - (sum * square / (2 * n * ((2 * n) - 1)));
        }

        return sum;
    }

    private static DoubleDouble ArcTangent(DoubleDouble x, int exponent) =>
        ArcTangent(x.Scale(Math.Pow(2, exponent)));

    // Of a number greater than zero.
    private static DoubleDouble ArcTangent(DoubleDouble x)
    {
        if (x.High > 1)
        {
            return x.High > 1E20 ? s_halfPi - (1 / x.High) : s_halfPi - ArcTangent(1 / x);
        }

        if (x.High < 1E-20)
        {
            return x;
        }

        // tan(a - b) = (x - tan b) / (1 + x tan b), and the difference is so small that it is its own tangent.
        double near = NearArcTangent(x.High);
        DoubleDouble sine = SineSeries(near);
        DoubleDouble cosine = CosineSeries(near);
        return near + (((x * cosine) - sine) / (cosine + (x * sine)));
    }

    private static double NearArcTangent(double x)
    {
        // Two halvings of the angle bring it below 0.2.
        x /= 1 + Math.Sqrt(1 + (x * x));
        x /= 1 + Math.Sqrt(1 + (x * x));
        double square = x * x;
        double sum = 1.0 / ((2 * ArcTerms) + 1);
        for (int n = ArcTerms - 1; n >= 0; n--)
        {
            sum = (1.0 / ((2 * n) + 1)) - (sum * square);
        }

        return 4 * sum * x;
    }

    private static int Exponent(double x) => Math.ILogB(x);

    private static double Normalised(double x) => Math.Abs(Math.ScaleB(x, -Math.ILogB(x)));
}
