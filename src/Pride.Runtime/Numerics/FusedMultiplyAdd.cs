// x * y + z with one rounding, for targets without the instruction (Boldo and Melquiond 2008: the errors of product and
// sum are added with rounding to odd, so that the last addition rounds right).

using System;

namespace Pride.Runtime.Numerics;

/// <summary>The fused multiply-add of IEEE 754.</summary>
public static class FusedMultiplyAdd
{
    /// <summary>Beyond these sizes of the product the error terms could overflow or be subnormal.</summary>
    private const double SmallestExact = 1E-200;
    private const double LargestExact = 1E200;

    /// <summary>x * y + z.</summary>
    public static double Of(double x, double y, double z)
    {
        double product = Math.Abs(x * y);
        if (!(product < LargestExact) || !double.IsFinite(z) || x == 0 || y == 0 || Math.Abs(z) > LargestExact || Math.Max(Math.Abs(x), Math.Abs(y)) > LargestExact)
        {
            return (x * y) + z;
        }

        if (product < SmallestExact)
        {
            // Scaled up and down again: exact as long as the sum is normal, or the product does not count.
            const double scale = 1329227995784915872903807060280344576.0; // 2^120
            return Math.Abs(z) > SmallestExact * scale ? z + (x * y) : Of(x * scale, y * scale, z * scale * scale) / scale / scale;
        }

        DoubleDouble exact = DoubleDouble.Product(x, y);
        DoubleDouble low = DoubleDouble.Sum(z, exact.Low);
        DoubleDouble high = DoubleDouble.Sum(exact.High, low.High);
        return high.High + SumRoundedToOdd(low.Low, high.Low);
    }

    /// <summary>The sum; when it is not exact, of the two neighbours the one with an odd last bit.</summary>
    public static double SumRoundedToOdd(double x, double y)
    {
        DoubleDouble sum = DoubleDouble.Sum(x, y);
        long bits = BitConverter.DoubleToInt64Bits(sum.High);
        if (!double.IsFinite(sum.High) || sum.Low == 0 || (bits & 1) != 0)
        {
            return sum.High;
        }

        bool awayFromZero = (sum.Low > 0) == (sum.High > 0);
        return BitConverter.Int64BitsToDouble(awayFromZero ? bits + 1 : bits - 1);
    }
}
