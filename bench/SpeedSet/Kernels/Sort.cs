// Sorting a million pseudo-random integers, and twenty thousand strings of digits by ordinal comparison.

using System;

namespace SpeedSet;

/// <summary>Array.Sort over a primitive and with a comparer.</summary>
internal static class Sort
{
    private const int Integers = 1_000_000;
    private const int Strings = 20_000;

    private static readonly int[] s_integers = new int[Integers];
    private static readonly int[] s_sorted = new int[Integers];
    private static readonly string[] s_strings = new string[Strings];
    private static readonly string[] s_sortedStrings = new string[Strings];

    public static void Main()
    {
        uint state = 12345;
        for (int i = 0; i < Integers; i++)
        {
            state = (state * 1664525) + 1013904223;
            s_integers[i] = (int)state;
        }

        for (int i = 0; i < Strings; i++)
        {
            state = (state * 1664525) + 1013904223;
            s_strings[i] = state.ToString();
        }

        Rounds.Run(nameof(Sort), Round);
    }

    private static long Round()
    {
        s_integers.CopyTo(s_sorted, 0);
        Array.Sort(s_sorted);
        s_strings.CopyTo(s_sortedStrings, 0);
        Array.Sort(s_sortedStrings, StringComparer.Ordinal);
        long sum = 0;
        for (int i = 0; i < Integers; i += 1000)
        {
            sum = (sum * 31) + s_sorted[i];
        }

        return sum + s_sortedStrings[Strings / 2].Length;
    }
}
