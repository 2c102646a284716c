// Rounding by bits, since not every target has an instruction for it; square roots are the compiler's (an instruction
// everywhere). The elementary functions are in Numerics: a guest has no C library to take them from.

using System;
using Pride.Machine;
using Pride.Runtime.Numerics;

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

    public static double Acos(double x) => Trigonometry.Acos(x);

    public static double Acosh(double x) => Exponentials.Acosh(x);

    public static double Asin(double x) => Trigonometry.Asin(x);

    public static double Asinh(double x) => Exponentials.Asinh(x);

    public static double Atan(double x) => Trigonometry.Atan(x);

    public static double Atanh(double x) => Exponentials.Atanh(x);

    public static double Cbrt(double x) => Exponentials.Cbrt(x);

    public static double Cos(double x) => Trigonometry.Cos(x);

    public static double Cosh(double x) => Exponentials.Cosh(x);

    public static double Exp(double x) => Exponentials.Exp(x);

    public static double Log(double x) => Exponentials.Log(x);

    public static double Log2(double x) => Exponentials.Log2(x);

    public static double Log10(double x) => Exponentials.Log10(x);

    public static double Sin(double x) => Trigonometry.Sin(x);

    public static double Sinh(double x) => Exponentials.Sinh(x);

    public static double Tan(double x) => Trigonometry.Tan(x);

    public static double Tanh(double x) => Exponentials.Tanh(x);

    public static double Atan2(double y, double x) => Trigonometry.Atan2(y, x);

    public static double Pow(double x, double y) => Exponentials.Pow(x, y);

    public static double FusedMultiplyAdd(double x, double y, double z) => Numerics.FusedMultiplyAdd.Of(x, y, z);

    public static double ReciprocalEstimate(double d) => 1 / d;

    public static double ReciprocalSqrtEstimate(double d) => 1 / Math.Sqrt(d);

    public static void SinCos(double x, double* sin, double* cos)
    {
        *sin = Trigonometry.Sin(x);
        *cos = Trigonometry.Cos(x);
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

    public static float Acos(float x) => (float)Trigonometry.Acos(x);

    public static float Acosh(float x) => (float)Exponentials.Acosh(x);

    public static float Asin(float x) => (float)Trigonometry.Asin(x);

    public static float Asinh(float x) => (float)Exponentials.Asinh(x);

    public static float Atan(float x) => (float)Trigonometry.Atan(x);

    public static float Atanh(float x) => (float)Exponentials.Atanh(x);

    public static float Cbrt(float x) => (float)Exponentials.Cbrt(x);

    public static float Cos(float x) => (float)Trigonometry.Cos(x);

    public static float Cosh(float x) => (float)Exponentials.Cosh(x);

    public static float Exp(float x) => (float)Exponentials.Exp(x);

    public static float Log(float x) => (float)Exponentials.Log(x);

    public static float Log2(float x) => (float)Exponentials.Log2(x);

    public static float Log10(float x) => (float)Exponentials.Log10(x);

    public static float Sin(float x) => (float)Trigonometry.Sin(x);

    public static float Sinh(float x) => (float)Exponentials.Sinh(x);

    public static float Tan(float x) => (float)Trigonometry.Tan(x);

    public static float Tanh(float x) => (float)Exponentials.Tanh(x);

    public static float Atan2(float y, float x) => (float)Trigonometry.Atan2(y, x);

    public static float Pow(float x, float y) => (float)Exponentials.Pow(x, y);

    // The product of two floats is exact in double.
    public static float FusedMultiplyAdd(float x, float y, float z) => (float)RoundToOdd((double)x * y, z);

    public static float ReciprocalEstimate(float x) => 1 / x;

    public static float ReciprocalSqrtEstimate(float x) => 1 / MathF.Sqrt(x);

    public static void SinCos(float x, float* sin, float* cos)
    {
        *sin = (float)Trigonometry.Sin(x);
        *cos = (float)Trigonometry.Cos(x);
    }

    [NotAPlug]
    private static double RoundToOdd(double x, double y) => Numerics.FusedMultiplyAdd.SumRoundedToOdd(x, y);
}

/// <summary>An estimate may round once, as the processors' instruction does where CoreCLR has one.</summary>
[Plug(typeof(double))]
internal static class DoublePlugs
{
    public static double MultiplyAddEstimate(double left, double right, double addend) => Math.FusedMultiplyAdd(left, right, addend);
}

/// <inheritdoc cref="DoublePlugs"/>
[Plug(typeof(float))]
internal static class SinglePlugs
{
    public static float MultiplyAddEstimate(float left, float right, float addend) => MathF.FusedMultiplyAdd(left, right, addend);
}
