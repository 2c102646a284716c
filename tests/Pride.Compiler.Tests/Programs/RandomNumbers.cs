// A seeded generator gives the same numbers everywhere.
using System;
namespace Programs;

public static class RandomNumbers
{
    public static void Main()
    {
        Random random = new(42);
        Console.WriteLine(random.Next() + " " + random.Next(100) + " " + random.Next(5, 10) + " " + random.NextDouble().ToString("F6") + " " + random.NextInt64(1000));
        byte[] bytes = new byte[4];
        random.NextBytes(bytes);
        Console.WriteLine(Convert.ToHexString(bytes));
        int[] deck = [1, 2, 3, 4, 5];
        random.Shuffle(deck);
        Console.WriteLine(string.Join(' ', deck));
        Random free = new();
        int value = free.Next(10);
        Console.WriteLine(value is >= 0 and < 10);
        Console.WriteLine(Guid.NewGuid() != Guid.NewGuid());
    }
}
