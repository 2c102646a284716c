// The remainder of IL's `rem` and C#'s % on floating point: exact, with the sign of the dividend (ECMA-335 III.3.55, IEEE 754
// fmod). No target has an instruction for it, and a guest has no libm.

using System;
using System.Numerics;

namespace Pride.Runtime.Numerics;

/// <summary>x - y * trunc(x / y) without rounding.</summary>
public static class FloatRemainder
{
    // IEEE 754 binary64: 52 fraction bits, 11 exponent bits.
    private const int FractionBits = 52;
    private const int ExponentMask = 0x7FF;
    private const ulong SignBit = 1UL << 63;
    private const ulong Infinity = (ulong)ExponentMask << FractionBits;

    /// <summary>The remainder; NaN when <paramref name="x"/> is infinite or <paramref name="y"/> is zero.</summary>
    public static double Of(double x, double y)
    {
        ulong dividend = BitConverter.DoubleToUInt64Bits(x) & ~SignBit;
        ulong divisor = BitConverter.DoubleToUInt64Bits(y) & ~SignBit;
        if (dividend >= Infinity || divisor > Infinity || divisor == 0)
        {
            return double.NaN;
        }

        if (dividend < divisor)
        {
            return x;
        }

        (ulong rest, int exponent) = Split(dividend);
        (ulong fraction, int lowest) = Split(divisor);

        // Long division, bit by bit: what is subtracted is exact.
        for (; exponent > lowest; exponent--)
        {
            rest = (rest >= fraction ? rest - fraction : rest) << 1;
        }

        rest = rest >= fraction ? rest - fraction : rest;
        return Join(rest, lowest, BitConverter.DoubleToUInt64Bits(x) & SignBit);
    }

    // The fraction with its leading one, and the biased exponent, which is below 1 for subnormal numbers.
    private static (ulong Fraction, int Exponent) Split(ulong bits)
    {
        int exponent = (int)(bits >> FractionBits);
        ulong fraction = bits & ((1UL << FractionBits) - 1);
        if (exponent > 0)
        {
            return (fraction | (1UL << FractionBits), exponent);
        }

        int shift = BitOperations.LeadingZeroCount(fraction) - (63 - FractionBits);
        return (fraction << shift, 1 - shift);
    }

    private static double Join(ulong fraction, int exponent, ulong sign)
    {
        if (fraction == 0)
        {
            return BitConverter.UInt64BitsToDouble(sign);
        }

        int up = Math.Min(BitOperations.LeadingZeroCount(fraction) - (63 - FractionBits), exponent - 1);

        // Below 1 the number is subnormal; what is shifted out are zeros.
        fraction = up >= 0 ? fraction << up : fraction >> -up;
        exponent -= up;
        bool isNormal = (fraction >> FractionBits) != 0;
        ulong bits = isNormal ? (fraction & ((1UL << FractionBits) - 1)) | ((ulong)exponent << FractionBits) : fraction;
        return BitConverter.UInt64BitsToDouble(bits | sign);
    }
}
