// Filling and reading dictionaries with integer and string keys.

using System.Collections.Generic;

namespace SpeedSet;

/// <summary>Dictionary&lt;int, int&gt; and Dictionary&lt;string, int&gt;.</summary>
internal static class Dictionaries
{
    private const int Keys = 100_000;
    private const int Names = 20_000;

    private static readonly string[] s_names = new string[Names];

    public static void Main()
    {
        for (int i = 0; i < Names; i++)
        {
            s_names[i] = $"name-{i * 7919}";
        }

        Rounds.Run(nameof(Dictionaries), Round);
    }

    private static long Round()
    {
        Dictionary<int, int> numbers = [];
        for (int i = 0; i < Keys; i++)
        {
            numbers[i * 17] = i;
        }

        long sum = 0;
        for (int pass = 0; pass < 5; pass++)
        {
            for (int i = 0; i < Keys * 2; i++)
            {
                if (numbers.TryGetValue(i * 17, out int value))
                {
                    sum += value;
                }
            }
        }

        Dictionary<string, int> byName = [];
        foreach (string name in s_names)
        {
            byName[name] = name.Length;
        }

        for (int pass = 0; pass < 10; pass++)
        {
            foreach (string name in s_names)
            {
                sum += byName[name];
            }
        }

        return sum;
    }
}
