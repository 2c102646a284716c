// Exponential and logarithm, and what is made of them: powers, roots, hyperbolic functions and their inverses.
//
// exp: x = k ln 2 + r, a Taylor series in r / 64, six doublings of e^r - 1. log: x = m 2^k with m near 1, and the series
// of the inverse hyperbolic tangent in (m - 1) / (m + 1). Both in double-double, rounded once.

using System;

namespace Pride.Runtime.Numerics;

/// <summary>Functions of System.Math that CoreCLR takes from the C library.</summary>
public static class Exponentials
{
    // IEEE 754 binary64.
    private const int FractionBits = 52;
    private const int Bias = 1023;

    /// <summary>Above e^x overflows, below it is less than half of the least subnormal number.</summary>
    private const double LargestExponent = 709.79;
    private const double SmallestExponent = -745.14;

    /// <summary>Even the double next to 1 overflows or vanishes with such an exponent, which is an even number.</summary>
    private const double LargestPower = 1E20;

    /// <summary>Below, x^3 / 3 is less than half a unit in the last place of x.</summary>
    private const double OwnImage = 1E-9;

    private const double SmallestNormal = 2.2250738585072014E-308;
    private const double TwoTo54 = 18014398509481984;
    private const double SquareRootOfTwo = 1.4142135623730951;

    /// <summary>r is divided by 2^6 for the series: then 12 terms give 106 bits.</summary>
    private const int Doublings = 6;
    private const int ExponentialTerms = 12;

    /// <summary>|s| is below 0.172, and 0.172^2^21 below 2^-106.</summary>
    private const int LogarithmTerms = 22;

    private static readonly DoubleDouble s_ln2 = new(0.6931471805599453, 2.3190468138462996E-17);
    private const double Ln2Rest = 5.707708438416212E-34;
    private static readonly DoubleDouble s_inverseLn2 = new(1.4426950408889634, 2.0355273740931033E-17);
    private static readonly DoubleDouble s_inverseLn10 = new(0.4342944819032518, 1.098319650216765E-17);

    public static double Exp(double x) =>
        double.IsNaN(x) ? x : x > LargestExponent ? double.PositiveInfinity : x < SmallestExponent ? 0 : RoundedExp(x);

    public static double Log(double x) => IsOrdinary(x) ? Logarithm(x).Value : LogarithmOfSpecial(x);

    public static double Log2(double x) => IsOrdinary(x) ? (Logarithm(x) * s_inverseLn2).Value : LogarithmOfSpecial(x);

    public static double Log10(double x) => IsOrdinary(x) ? (Logarithm(x) * s_inverseLn10).Value : LogarithmOfSpecial(x);

    /// <summary>x to the power of y; the special cases are those of IEEE 754-2019, 9.2.1.</summary>
    public static double Pow(double x, double y)
    {
        if (y == 0 || x == 1)
        {
            return 1;
        }

        if (double.IsNaN(x) || double.IsNaN(y))
        {
            return double.NaN;
        }

        if (double.IsInfinity(y))
        {
            double size = Math.Abs(x);
            return size == 1 ? 1 : (size > 1) == (y > 0) ? double.PositiveInfinity : 0;
        }

        bool isOdd = Math.Abs(y) < 1L << 53 && (long)y == y && ((long)y & 1) != 0;
        bool isNegative = isOdd && double.IsNegative(x);
        if (x == 0 || double.IsInfinity(x))
        {
            double edge = (x == 0) == (y > 0) ? 0 : double.PositiveInfinity;
            return isNegative ? -edge : edge;
        }

        if (x < 0 && Math.Truncate(y) != y)
        {
            return double.NaN;
        }

        if (Math.Abs(y) > LargestPower)
        {
            return Math.Abs(x) == 1 ? 1 : (Math.Abs(x) > 1) == (y > 0) ? double.PositiveInfinity : 0;
        }

        DoubleDouble exponent = Logarithm(Math.Abs(x)) * new DoubleDouble(y);
        double result = exponent.High > LargestExponent ? double.PositiveInfinity : exponent.High < SmallestExponent ? 0 : RoundedExp(exponent);
        return isNegative ? -result : result;
    }

    public static double Cbrt(double x)
    {
        if (!double.IsFinite(x) || x == 0)
        {
            return x;
        }

        return Math.CopySign(RoundedExp(Logarithm(Math.Abs(x)) / 3), x);
    }

    public static double Sinh(double x)
    {
        double size = Math.Abs(x);
        if (!double.IsFinite(x) || size < OwnImage)
        {
            return x;
        }

        if (size > LargestExponent + 1)
        {
            return Math.CopySign(double.PositiveInfinity, x);
        }

        (DoubleDouble power, int k) = ExpMinusOne(size);
        if (size > 40)
        {
            return Math.CopySign(ScaleByPower(power + 1, k - 1), x);
        }

        DoubleDouble e = MinusOne(power, k);
        return Math.CopySign(((e + (e / (e + 1))) / 2).Value, x);
    }

    public static double Cosh(double x)
    {
        double size = Math.Abs(x);
        if (!double.IsFinite(x))
        {
            return size;
        }

        if (size > LargestExponent + 1)
        {
            return double.PositiveInfinity;
        }

        (DoubleDouble power, int k) = ExpMinusOne(size);
        if (size > 40)
        {
            return ScaleByPower(power + 1, k - 1);
        }

        DoubleDouble e = MinusOne(power, k) + 1;
        return ((e + (1 / e)) / 2).Value;
    }

    public static double Tanh(double x)
    {
        double size = Math.Abs(x);
        if (double.IsNaN(x) || size < OwnImage)
        {
            return x;
        }

        if (size > 22)
        {
            return Math.CopySign(1, x);
        }

        (DoubleDouble power, int k) = ExpMinusOne(2 * size);
        DoubleDouble e = MinusOne(power, k);
        return Math.CopySign((e / (e + 2)).Value, x);
    }

    public static double Asinh(double x)
    {
        double size = Math.Abs(x);
        if (!double.IsFinite(x) || x == 0)
        {
            return x;
        }

        DoubleDouble square = DoubleDouble.Product(size, size);
        DoubleDouble result = size > 1e150
            ? Logarithm(size) + s_ln2
            : LogarithmOfOnePlus(size + (square / (1 + DoubleDouble.SquareRoot(square + 1))));
        return Math.CopySign(result.Value, x);
    }

    public static double Acosh(double x)
    {
        if (double.IsNaN(x) || x < 1)
        {
            return double.NaN;
        }

        if (x > 1e150)
        {
            return double.IsInfinity(x) ? x : (Logarithm(x) + s_ln2).Value;
        }

        DoubleDouble over = DoubleDouble.Sum(x, -1);
        return LogarithmOfOnePlus(over + DoubleDouble.SquareRoot((over * over) + (over * 2))).Value;
    }

    public static double Atanh(double x)
    {
        double size = Math.Abs(x);
        if (size >= 1 || double.IsNaN(x))
        {
            return size == 1 ? Math.CopySign(double.PositiveInfinity, x) : double.NaN;
        }

        return x == 0 ? x : Math.CopySign((InverseTangent(size) / 2).Value, x);
    }

    private static bool IsOrdinary(double x) => x > 0 && double.IsFinite(x);

    private static double LogarithmOfSpecial(double x) =>
        x == 0 ? double.NegativeInfinity : double.IsNaN(x) || x < 0 ? double.NaN : x;

    // log(1 + y), precise for small y too.
    private static DoubleDouble LogarithmOfOnePlus(DoubleDouble y) =>
        y.High < 0.5 ? InverseTangentSeries(y / (y + 2)) : Logarithm(y + 1);

    // 2 atanh(x) = log((1 + x) / (1 - x)).
    private static DoubleDouble InverseTangent(double x) =>
        x < 0.17 ? InverseTangentSeries(x) : Logarithm(DoubleDouble.Sum(1, x) / DoubleDouble.Sum(1, -x));

    // 2 (s + s^3/3 + s^5/5 + ...).
    private static DoubleDouble InverseTangentSeries(DoubleDouble s)
    {
        DoubleDouble square = s * s;
        DoubleDouble sum = new DoubleDouble(1) / ((2 * LogarithmTerms) + 1);
        for (int n = LogarithmTerms - 1; n >= 0; n--)
        {
            sum = (sum * square) + (new DoubleDouble(1) / ((2 * n) + 1));
        }

        return sum * s * 2;
    }

    private static DoubleDouble Logarithm(DoubleDouble x)
    {
        int k = 0;
        if (x.High < SmallestNormal)
        {
            x = x.Scale(TwoTo54);
            k = -54;
        }

        int exponent = (int)((BitConverter.DoubleToUInt64Bits(x.High) >> FractionBits) & 0x7FF) - Bias;
        k += exponent;

        // 2^-1023 is subnormal, so the step is taken in two.
        DoubleDouble m = x.Scale(PowerOfTwo(-exponent / 2)).Scale(PowerOfTwo(-exponent - (-exponent / 2)));
        if (m.High > SquareRootOfTwo)
        {
            m = m.Scale(0.5);
            k++;
        }

        DoubleDouble series = InverseTangentSeries((m - 1) / (m + 1));
        return k == 0 ? series : (s_ln2 * k) + (Ln2Rest * k) + series;
    }

    private static double RoundedExp(DoubleDouble x)
    {
        (DoubleDouble power, int k) = ExpMinusOne(x);
        return ScaleByPower(power + 1, k);
    }

    // e^x = (1 + Power) 2^K.
    private static (DoubleDouble Power, int K) ExpMinusOne(DoubleDouble x)
    {
        int k = (int)Math.Floor((x.High * s_inverseLn2.High) + 0.5);
        DoubleDouble r = x - (s_ln2 * k) - (Ln2Rest * k);
        r = r.Scale(1.0 / (1 << Doublings));

        // (e^r - 1) / r by Horner's rule.
        DoubleDouble sum = 1;
        for (int n = ExponentialTerms; n >= 2; n--)
        {
            sum = (sum * r / n) + 1;
        }

        DoubleDouble e = sum * r;
        for (int i = 0; i < Doublings; i++)
        {
            e = (e * 2) + (e * e);
        }

        return (e, k);
    }

    // (1 + power) 2^k - 1.
    private static DoubleDouble MinusOne(DoubleDouble power, int k) =>
        k == 0 ? power : (power + 1).Scale(PowerOfTwo(k)) - 1;

    // In two steps: 2^k alone may overflow or be subnormal.
    private static double ScaleByPower(DoubleDouble x, int k)
    {
        int half = k / 2;
        return k is > -1000 and < 1000 ? x.Value * PowerOfTwo(k) : x.Value * PowerOfTwo(half) * PowerOfTwo(k - half);
    }

    private static double PowerOfTwo(int k) => BitConverter.UInt64BitsToDouble((ulong)(k + Bias) << FractionBits);
}
