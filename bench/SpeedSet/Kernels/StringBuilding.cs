// Building strings: appending, interpolation, joining, splitting, replacing.

using System;
using System.Text;

namespace SpeedSet;

/// <summary>StringBuilder and the string methods that everybody uses.</summary>
internal static class StringBuilding
{
    private const int Lines = 40_000;

    public static void Main() => Rounds.Run(nameof(StringBuilding), Round);

    private static long Round()
    {
        StringBuilder builder = new();
        for (int i = 0; i < Lines; i++)
        {
            builder.Append("line ").Append(i).Append(": ").Append(i * 0.5m > 100 ? "large" : "small").Append('\n');
        }

        string text = builder.ToString();
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        long sum = text.Length;
        for (int i = 0; i < lines.Length; i++)
        {
            string line = $"{i}: {lines[i]} ({lines[i].Length:x4})";
            sum += line.Length + line.Replace("large", "big").Trim().Length + line.IndexOf("small", StringComparison.Ordinal);
        }

        return sum + string.Join(',', lines).Length;
    }
}
