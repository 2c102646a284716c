// Regular expressions: groups, names, replacement, splitting, look-around, lazy and possessive parts, options, back references.
using System;
using System.Linq;
using System.Text.RegularExpressions;
namespace Programs;

public static partial class RegexMore
{
    [GeneratedRegex(@"^(?<area>[a-z]+)-(?<number>\d{2,4})$", RegexOptions.IgnoreCase)] private static partial Regex Part();
    public static void Main()
    {
        Match m = Part().Match("Bolt-042"); Console.WriteLine(m.Success + m.Groups["area"].Value + m.Groups["number"].Value + Part().IsMatch("bolt-1"));
        Console.WriteLine(Regex.Replace("2024-05-06 and 1999-12-31", @"(\d+)-(\d+)-(\d+)", "$3.$2.$1") + Regex.Replace("a1b22", @"\d+", x => (int.Parse(x.Value) * 2).ToString()));
        Console.WriteLine(string.Join('|', Regex.Split("a, b;c  d", @"[,;\s]+")) + " " + string.Join('|', Regex.Matches("the cat sat", @"\b\w+?at\b").Select(x => x.Value + x.Index)));
        Console.WriteLine(Regex.Match("price: 45 EUR", @"\d+(?= EUR)").Value + Regex.Match("foobar", "(?<!foo)bar").Success + Regex.Match("abab", @"^(ab)\1$").Success + Regex.Match("<a><b>", "<.+?>").Value + Regex.Match("aaa", "a{2}").Length);
        Regex lines = new(@"^\s*(\w+)\s*=\s*(.*?)\s*$", RegexOptions.Multiline | RegexOptions.CultureInvariant); foreach (Match line in lines.Matches("a = 1\n b=two words \nc\n")) { Console.Write(line.Groups[1].Value + "→" + line.Groups[2].Value + ";"); }
        Console.WriteLine(); Console.WriteLine(Regex.IsMatch("ÄÖ", @"^\p{Lu}+$") + " " + Regex.IsMatch("x\ny", "x.y", RegexOptions.Singleline) + " " + Regex.Escape("a.b*c") + " " + new Regex(@"(a)(?:b)(?<n>c)").GetGroupNames().Length);
        foreach (string bad in new[] { "(", "[z-a]", "a**" }) { try { _ = new Regex(bad); } catch (ArgumentException e) { Console.WriteLine(e.GetType().Name + ": " + e.Message); } }
        Console.WriteLine(Regex.Count("banana", "an") + " " + Regex.Replace("hello", "(?<first>l)", "[${first}]") + " " + Regex.Match("key=val", @"(?<k>\w+)=(?<v>\w+)").Result("${v}:${k}") + " " + Regex.IsMatch("aaaaaaaaaaaaab", "^(a+)+$"));
        foreach (ValueMatch v in Regex.EnumerateMatches("x1y22", @"\d+")) { Console.Write(v.Index + "+" + v.Length + " "); }
        Console.WriteLine();
    }
}
