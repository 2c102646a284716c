// Rounding by bits, since not every target has an instruction for it. Square roots are the compiler's (an instruction everywhere).

using System;
using Pride.Machine;

namespace Pride.Runtime.Plugs;

[Plug(typeof(Math))]
internal static unsafe class MathPlugs
{
    // IEEE 754 binary64: 52 fraction bits, exponent bias 1023.
    private const int FractionBits = 52;
    private const int Bias = 1023;

    public static double Floor(double d)
    {
        double whole = TowardsZero(d);
        return d < 0 && whole != d ? whole - 1 : whole;
    }

    public static double Ceiling(double a)
    {
        double whole = TowardsZero(a);
        return a > 0 && whole != a ? whole + 1 : whole;
    }

    public static double ModF(double x, double* intptr)
    {
        double whole = TowardsZero(x);
        *intptr = whole;
        return double.IsInfinity(x) ? Math.CopySign(0, x) : Math.CopySign(x - whole, x);
    }

    // Clears the fraction bits that stand for less than one. Keeps the sign of zero, infinities and NaN.
    [NotAPlug]
    internal static double TowardsZero(double value)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        int exponent = (int)((bits >> FractionBits) & 0x7FF) - Bias;
        if (exponent >= FractionBits)
        {
            return value;
        }

        ulong cleared = exponent < 0 ? bits & (1UL << 63) : bits & ~((1UL << (FractionBits - exponent)) - 1);
        return BitConverter.UInt64BitsToDouble(cleared);
    }
}

[Plug(typeof(MathF))]
internal static unsafe class SingleMathPlugs
{
    public static float Floor(float x) => (float)MathPlugs.Floor(x);

    public static float Ceiling(float x) => (float)MathPlugs.Ceiling(x);
}
