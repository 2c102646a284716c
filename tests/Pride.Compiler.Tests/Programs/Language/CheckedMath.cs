// Checked and unchecked arithmetic and conversions over every integer type, native ints, Int128, shifts and division limits.
using System;
namespace Programs;

public static class CheckedMath
{
    private static void Try(string name, Func<object> f) { try { Console.WriteLine(name + " " + f()); } catch (Exception e) when (e is OverflowException or DivideByZeroException) { Console.WriteLine(name + " " + e.GetType().Name + ": " + e.Message); } }
    private static long s_big = long.MaxValue; private static int s_int = int.MaxValue, s_min = int.MinValue, s_zero; private static double s_double = 1e20; private static ulong s_ulong = ulong.MaxValue; private static uint s_uint = uint.MaxValue; private static short s_short = short.MinValue;
    private static Int128 s_huge = Int128.MaxValue;
    public static void Main()
    {
        Try("add", () => checked(s_int + 1));
        Try("add un", () => checked(s_uint + 1u));
        Try("sub", () => checked(s_min - 1));
        Try("mul", () => checked(s_big * 2));
        Try("mul un", () => checked(s_ulong * 2ul));
        Try("neg", () => checked(-s_min));
        Try("byte", () => checked((byte)s_int));
        Try("sbyte", () => checked((sbyte)200L.GetHashCode()));
        Try("ushort", () => checked((ushort)s_short));
        Try("uint from long", () => checked((uint)s_big));
        Try("int from ulong", () => checked((int)s_ulong));
        Try("ulong from int", () => checked((ulong)s_min));
        Try("long from double", () => checked((long)s_double));
        Try("int from double", () => checked((int)-2147483648.9));
        Try("uint from double", () => checked((uint)-0.5));
        Try("char", () => checked((char)s_min));
        Try("nint", () => checked((nint)s_big));
        Try("nuint", () => checked((nuint)s_min));
        Try("div", () => s_int / s_zero);
        Try("rem", () => s_big % s_zero);
        Try("min over -1", () => s_min / (s_zero - 1));
        Try("min rem -1", () => s_min % (s_zero - 1));
        Try("long min over -1", () => long.MinValue / (s_zero - 1L));
        Try("udiv", () => s_uint / (uint)s_zero);
        Try("int128 add", () => checked(s_huge + 1));
        Try("int128 mul", () => checked(s_huge * 2));
        Try("decimal", () => decimal.MaxValue + s_int);
        Try("decimal to int", () => (int)(decimal)s_big);
        Try("abs", () => Math.Abs(s_min));
        Try("array size", () => checked((int)(uint)s_short));
        unchecked
        {
            Console.WriteLine((s_int + 1) + " " + (byte)s_int + " " + (sbyte)200 + " " + (short)s_big + " " + (int)s_ulong + " " + (uint)s_min + " " + -s_min);
            Console.WriteLine((int)s_double + " " + (long)s_double + " " + (uint)s_double + " " + (int)double.NaN + " " + (long)float.NegativeInfinity + " " + (ulong)-1.0 + " " + (byte)(int)300.7);
            Console.WriteLine((s_huge + 1) + " " + (long)s_huge + " " + (ulong)(Int128)(-1) + " " + (double)s_huge);
        }
        int shift = 33;
        Console.WriteLine((1 << shift) + " " + (1L << shift) + " " + (-8 >> 1) + " " + (-8 >>> 28) + " " + (0x80000000u >> shift) + " " + (1L << (shift * 2)) + " " + ((byte)200 << 1) + " " + (-1L >>> 60));
        Console.WriteLine(((Int128)1 << 100) + " " + (Int128.MinValue >> 120) + " " + (UInt128.MaxValue >>> 64) + " " + (UInt128.MaxValue / 7) + " " + (Int128.MinValue % 1000) + " " + ((Int128)(-17) / 5) + " " + Int128.Parse("-170141183460469231731687303715884105728"));
        Console.WriteLine((-17 / 5) + " " + (-17 % 5) + " " + (17 % -5) + " " + (-17.5 % 5) + " " + Math.IEEERemainder(17, 5) + " " + Math.DivRem(17, 5) + " " + Math.DivRem(-17L, 5L));
        Console.WriteLine(Math.BigMul(int.MaxValue, int.MaxValue) + " " + Math.BigMul(ulong.MaxValue, 3ul, out ulong low) + " " + low + " " + Math.BigMul(-5L, long.MaxValue, out long signedLow) + " " + signedLow);
        nint native = nint.MaxValue; nuint unsigned = nuint.MaxValue;
        Console.WriteLine(unchecked(native + 1) + " " + unchecked(unsigned + 2) + " " + (unsigned >> 60) + " " + nint.Size);
        byte b = 250; b += 10; sbyte sb = 127; sb++; ushort us = 0; us--; char c = 'z'; c++;
        Console.WriteLine(b + " " + sb + " " + us + " " + c);
        uint u = 5; int i = -3; long mixed = u * i; Console.WriteLine(mixed + " " + (u > i) + " " + (ulong)(uint)i);
    }
}
