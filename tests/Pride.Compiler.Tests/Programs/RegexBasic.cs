// The regular-expression interpreter.
using System;
using System.Text.RegularExpressions;
namespace Programs;

public static class RegexBasic
{
    public static void Main()
    {
        Regex word = new(@"(?<key>\w+)=(?<value>[^;]*);?");
        foreach (Match match in word.Matches("a=1;bc=xyz;d=")) { Console.WriteLine(match.Groups["key"].Value + ":" + match.Groups["value"].Value); }
        Console.WriteLine(Regex.IsMatch("2026-11-23", @"^\d{4}-\d{2}-\d{2}$") + " " + Regex.Replace("a  b   c", @"\s+", " ") + " " + string.Join('|', Regex.Split("1,2;3", "[,;]")));
        Console.WriteLine(Regex.Match("foobar", "(o+)(?=b)").Value + Regex.IsMatch("ABC", "abc", RegexOptions.IgnoreCase));
    }
}
