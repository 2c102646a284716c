// Matching log lines with the interpreter of System.Text.RegularExpressions, which both sides use.

using System.Text.RegularExpressions;

namespace SpeedSet;

/// <summary>Regex.</summary>
internal static class RegularExpressions
{
    private const int Lines = 3000;

    private static readonly string[] s_lines = new string[Lines];
    private static readonly Regex s_request = new(@"^(\d+\.\d+\.\d+\.\d+) - \[([^\]]+)\] ""(GET|POST|PUT) ([^ ""]+)"" (\d{3}) (\d+)$");
    private static readonly Regex s_word = new(@"\b[a-z]+ing\b");

    public static void Main()
    {
        for (int i = 0; i < Lines; i++)
        {
            s_lines[i] = $"10.0.{i % 256}.{i % 200} - [2026-01-{1 + (i % 28)}] \"{(i % 3 == 0 ? "POST" : "GET")} /searching/item/{i}\" {200 + (i % 5)} {i * 13}";
        }

        Rounds.Run(nameof(RegularExpressions), Round);
    }

    private static long Round()
    {
        long sum = 0;
        foreach (string line in s_lines)
        {
            Match match = s_request.Match(line);
            if (match.Success)
            {
                sum += match.Groups[4].Length + int.Parse(match.Groups[5].ValueSpan);
            }

            sum += s_word.IsMatch(line) ? 1 : 0;
        }

        return sum;
    }
}
