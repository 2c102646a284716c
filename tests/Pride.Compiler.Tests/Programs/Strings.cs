// String operations: search, split, trim, replace, compare, casing, builder.
using System;
using System.Text;
namespace Programs;

public static class Strings
{
    public static void Main()
    {
        string text = "The quick brown fox";
        Console.WriteLine(text.IndexOf("quick") + " " + text.LastIndexOf('o') + " " + text.Contains("fox") + " " + text.StartsWith("The", StringComparison.Ordinal) + " " + text.EndsWith("x"));
        Console.WriteLine(text.Substring(4, 5) + "|" + text[^3..] + "|" + text.Replace("quick", "slow") + "|" + text.Replace('o', '0'));
        Console.WriteLine(string.Join("/", text.Split(' ')) + " " + "a,,b,".Split(',').Length + " " + "a,,b,".Split(',', StringSplitOptions.RemoveEmptyEntries).Length);
        Console.WriteLine("[" + "  pad ".Trim() + "][" + "xxpadx".TrimStart('x') + "][" + "7".PadLeft(3, '0') + "][" + "ab".PadRight(4) + "]");
        Console.WriteLine(text.ToUpperInvariant() + text.ToLowerInvariant());
        Console.WriteLine(string.CompareOrdinal("a", "b") < 0);
        Console.WriteLine(string.Equals("ABC", "abc", StringComparison.OrdinalIgnoreCase) + " " + "abc".Equals("abd"));
        Console.WriteLine(string.Concat("a", "b", "c", "d") + new string('-', 5) + new string(['x', 'y']) + string.Empty.Length);
        Console.WriteLine("a\tb\u00e9\u4e2d\U0001F600".Length + " a\tb\u00e9\u4e2d\U0001F600");
        Console.WriteLine("insert".Insert(2, "--") + "remove".Remove(2, 2) + string.IsNullOrWhiteSpace(" \t") + string.IsNullOrEmpty("x"));
        StringBuilder builder = new();
        for (int i = 0; i < 200; i++) { builder.Append(i).Append(','); }
        builder.Insert(0, "start:").Replace("100", "C").Length -= 1;
        Console.WriteLine(builder.Length + " " + builder[10] + " " + builder.ToString(0, 30));
        Console.WriteLine("one two  three".Split(' ', 2)[1] + "|" + string.Join(',', "k=v;x=y".Split([';', '='])));
        foreach (Range range in "q=1&r=2".AsSpan().Split('&')) { Console.Write("q=1&r=2"[range] + ";"); }
        Console.WriteLine();
        Console.WriteLine("abc".GetHashCode() == string.Concat("ab", "c").GetHashCode());
        Console.WriteLine(string.Create(5, 'z', (span, c) => span.Fill(c)) + "line1\nline2".ReplaceLineEndings("|"));
        Console.WriteLine("b".CompareTo("a") > 0 ? "after" : "before");
    }
}
