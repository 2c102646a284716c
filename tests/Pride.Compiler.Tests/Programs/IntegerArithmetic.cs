// Wrap-around, shifts, division and remainders at the edges, checked arithmetic.
using System;
namespace Programs;

public static class IntegerArithmetic
{
    private static int s_minusOne = -1;
    private static int s_width = 33;
    public static void Main()
    {
        int max = int.MaxValue;
        Console.WriteLine(unchecked(max + 1));
        Console.WriteLine(1 << s_width);
        Console.WriteLine(-17 >> (s_width - 32));
        Console.WriteLine((int)((uint)s_minusOne >> 28));
        Console.WriteLine(-17 / 5);
        Console.WriteLine(-17 % 5);
        Console.WriteLine(long.MaxValue % 1000);
        Console.WriteLine(ulong.MaxValue / 3);
        Console.WriteLine(unchecked((byte)(s_width * 10)));
        Console.WriteLine(unchecked((sbyte)(200 + s_width)));
        Console.WriteLine(unchecked((short)(s_width * 2121)));
        try { Console.WriteLine(checked(max + s_width)); } catch (OverflowException) { Console.WriteLine("overflow add"); }
        try { Console.WriteLine(checked((byte)(s_width * 100))); } catch (OverflowException) { Console.WriteLine("overflow conv"); }
        try { Console.WriteLine(checked((uint)s_minusOne)); } catch (OverflowException) { Console.WriteLine("overflow sign"); }
        try { Console.WriteLine(checked(max * 2L * max * 3)); } catch (OverflowException) { Console.WriteLine("overflow mul"); }
        try { Console.WriteLine(5 / (s_minusOne + 1)); } catch (DivideByZeroException) { Console.WriteLine("divide by zero"); }
        try { Console.WriteLine(int.MinValue / s_minusOne); } catch (OverflowException) { Console.WriteLine("overflow div"); }
        Console.WriteLine(Math.BigMul(max, max));
        Console.WriteLine(System.Numerics.BitOperations.PopCount(0xF0F0u) + System.Numerics.BitOperations.LeadingZeroCount(1u) + System.Numerics.BitOperations.TrailingZeroCount(8u));
        Console.WriteLine(System.Numerics.BitOperations.RotateLeft(0x80000001u, 4));
    }
}
