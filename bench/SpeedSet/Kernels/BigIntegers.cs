// A factorial, its decimal digits, and modular powers.

using System.Numerics;

namespace SpeedSet;

/// <summary>System.Numerics.BigInteger.</summary>
internal static class BigIntegers
{
    private const int Factorial = 1500;

    public static void Main() => Rounds.Run(nameof(BigIntegers), Round);

    private static long Round()
    {
        BigInteger product = BigInteger.One;
        for (int i = 2; i <= Factorial; i++)
        {
            product *= i;
        }

        long sum = product.ToString().Length;
        BigInteger modulus = (BigInteger.One << 521) - 1;
        BigInteger value = 3;
        for (int i = 0; i < 8; i++)
        {
            value = BigInteger.ModPow(value + i, modulus - 2, modulus);
        }

        return sum + (long)(value & 0xffffffff) + (long)(product / value % 1000003);
    }
}
