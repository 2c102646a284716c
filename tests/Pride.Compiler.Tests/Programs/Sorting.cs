// Sorts of many sizes with comparers, stable ordering, and the worst cases.
using System;
using System.Collections.Generic;
using System.Linq;
namespace Programs;

public static class Sorting
{
    private static uint s_state = 1;
    private static int Next() { s_state = (s_state * 1664525) + 1013904223; return (int)(s_state >> 8); }
    private static long Check(int[] a) { long h = 17; for (int i = 0; i < a.Length; i++) { if (i > 0 && a[i - 1] > a[i]) { return -1; } h = (h * 31) + a[i]; } return h; }
    public static void Main()
    {
        foreach (int size in new[] { 0, 1, 2, 15, 16, 17, 100, 5000 })
        {
            int[] random = new int[size];
            for (int i = 0; i < size; i++) { random[i] = Next() % 1000; }
            Array.Sort(random);
            Console.WriteLine(size + " " + Check(random));
        }
        int[] down = Enumerable.Range(0, 3000).Reverse().ToArray();
        Array.Sort(down);
        Console.WriteLine(Check(down));
        List<string> words = ["b10", "a2", "B1", "a10", "A2"];
        words.Sort(StringComparer.OrdinalIgnoreCase);
        Console.WriteLine(words[0].ToLowerInvariant() + " " + words[4]);
        words.Sort((x, y) => x.Length != y.Length ? x.Length - y.Length : string.CompareOrdinal(x, y));
        Console.WriteLine(string.Join(' ', words));
        (int Key, int Order)[] pairs = Enumerable.Range(0, 50).Select(i => (i % 5, i)).ToArray();
        Console.WriteLine(string.Join(' ', pairs.OrderBy(p => p.Key).Take(12).Select(p => p.Order)));
        double[] reals = [3.5, double.NaN, -1, 0, double.NegativeInfinity];
        Array.Sort(reals);
        Console.WriteLine(double.IsNaN(reals[0]) + " " + reals[1] + " " + reals[4]);
    }
}
