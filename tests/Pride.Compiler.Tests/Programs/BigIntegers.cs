// Factorials, powers, division and printing of big integers.
using System;
using System.Numerics;
namespace Programs;

public static class BigIntegers
{
    public static void Main()
    {
        BigInteger factorial = BigInteger.One;
        for (int i = 2; i <= 60; i++) { factorial *= i; }
        Console.WriteLine(factorial);
        BigInteger power = BigInteger.Pow(3, 200);
        Console.WriteLine(power % 1_000_007 + " " + BigInteger.ModPow(7, 1000, 1_000_003) + " " + BigInteger.GreatestCommonDivisor(factorial, power));
        Console.WriteLine(BigInteger.Parse("-123456789012345678901234567890") + 1);
        Console.WriteLine((factorial / power) + " " + (factorial >> 100) + " " + (-power).Sign + " " + power.CompareTo(factorial));
        Console.WriteLine((power << 3).ToString("X"));
    }
}
