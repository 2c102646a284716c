// What .NET 8 to 10 added, and corners of older parts: ordered and alternate collections, new LINQ, new numbers and text, options of writers, evaluators. Compiled alone, since its libraries are large.
using System;
using System.Buffers;
using System.Buffers.Text;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
namespace Alone;

public static class Newer
{
    private static string J<T>(IEnumerable<T> items) => string.Join(',', items);
    [Flags] private enum Access : byte { None, Read = 1, Write = 2, All = Read | Write, Other = 0x80 }
    private enum Level : long { Low = -5, High = long.MaxValue }

    private static void Collections()
    {
        OrderedDictionary<string, int> ordered = new() { ["z"] = 1, ["a"] = 2 }; ordered.Insert(1, "m", 9); ordered.SetAt(0, 5); Console.WriteLine(J(ordered) + ordered.IndexOf("a") + ordered.TryAdd("z", 3) + ordered.GetAt(2));
        Dictionary<string, int> counts = new(StringComparer.OrdinalIgnoreCase); var spans = counts.GetAlternateLookup<ReadOnlySpan<char>>(); foreach (Range r in "the cat The dog THE".AsSpan().Split(' ')) { CollectionsMarshal.GetValueRefOrAddDefault(spans, "the cat The dog THE".AsSpan(r), out _)++; }
        Console.WriteLine(J(counts.OrderBy(p => p.Key, StringComparer.Ordinal)) + new HashSet<string>(["x"]).GetAlternateLookup<ReadOnlySpan<char>>().Contains("xy".AsSpan(0, 1)));
        Console.WriteLine(J("banana".CountBy(c => c)) + J(new[] { 1, 2, 3, 4 }.AggregateBy(n => n % 2, 0, (s, n) => s + n)) + J("ab".Index()) + J(Enumerable.Range(0, 7).Chunk(3).Select(c => c.Length)) + new[] { 3, 1 }.Order().First() + J(new[] { 1, 2 }.LeftJoin(new[] { 2 }, x => x, y => y, (x, y) => x * 10 + y)) + J(new[] { 1, 2 }.RightJoin(new[] { 2, 5 }, x => x, y => y, (x, y) => x * 10 + y)) + "abc".TryGetNonEnumeratedCount(out int n) + n);
        PriorityQueue<string, (int, DateTime)> queue = new(Comparer<(int, DateTime)>.Create((a, b) => b.Item1 - a.Item1)); queue.EnqueueRange([("a", (1, default)), ("b", (7, default)), ("c", (3, default))]); Console.WriteLine(queue.DequeueEnqueue("d", (2, default)) + queue.Dequeue() + queue.Remove("a", out _, out _) + queue.Count);
        Console.WriteLine(new ReadOnlySet<int>(new HashSet<int> { 1 }).Contains(1) + " " + "x=1;y=2".AsSpan().IndexOfAny(SearchValues.Create(["y=", "q="], StringComparison.Ordinal)) + " " + new[] { 1, 2 }.ToFrozenDictionary(x => x, x => x * x)[2] + " " + J(new SortedList<int, char> { [3] = 'c', [1] = 'a' }.Values) + J(new List<int> { 1, 2, 3 }.Slice(1, 2)) + J(new Queue<int>([1, 2]).Reverse()));
    }

    private static void Numbers()
    {
        decimal[] halves = [2.5m, -2.5m, 2.45m]; foreach (MidpointRounding mode in Enum.GetValues<MidpointRounding>()) { Console.Write($"{mode}:{J(halves.Select(h => decimal.Round(h, 1 - (int)Math.Ceiling(Math.Abs(h % 0.1m)), mode)))};{Math.Round(-3.5, mode)} "); }
        Console.WriteLine($"{(Half)1.1f} {Half.MaxValue} {Half.Parse("0.1") + (Half)2} {Int128.MinValue} {UInt128.MaxValue:X} {BigInteger.Parse("f0", NumberStyles.HexNumber)} {BigInteger.Pow(7, 60) % 1000003} {new Complex(1, -2) * Complex.ImaginaryOne} {Vector3.Cross(new(1, 0, 0), new(0, 1, 0))} {Math.BigMul(ulong.MaxValue, 3UL, out _)} {int.Log2(1025)} {BitOperations.RotateLeft(0x80000001u, 4)}");
        Console.WriteLine($"{byte.CreateSaturating(-5)} {sbyte.CreateTruncating(300)} {Sum<double>(["1.5", "2"])} {Sum<Int128>(["1", "99999999999999999999"])} {double.Parse("1e-320")} {float.Parse("1.17549435E-38"):G9} {0.1 + 0.2} {1e21} {double.NegativeZero} {5e-324:E2} {decimal.Parse("79228162514264337593543950335") - 0.4m} {(decimal)0.1f} {1.0m / 3} {decimal.GetBits(1.20m)[3] >> 16} {long.MinValue:N0} {1234.5.ToString("#,##0.00;(#)")}");
        try { byte.CreateChecked(256); } catch (OverflowException e) { Console.WriteLine(e.Message); }
        Console.WriteLine(Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e").ToString("B") + new DateOnly(2024, 2, 29).AddYears(1) + new TimeOnly(23, 30).AddHours(1.5) + TimeSpan.FromMinutes(90.5).ToString(@"h\:mm\:ss") + new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2)).ToUniversalTime().ToString("O") + DateTime.ParseExact("20260131", "yyyyMMdd", null).DayOfWeek + ISOWeek.GetWeekOfYear(new DateTime(2026, 1, 1)) + Version.Parse("1.2.3").CompareTo(new(1, 3)) + new Index(2, true) + (1..^1));
    }

    private static string Sum<T>(string[] parts) where T : INumber<T> { T s = T.Zero; foreach (string p in parts) { s += T.Parse(p.AsSpan(), CultureInfo.InvariantCulture); } return s.ToString("G", CultureInfo.InvariantCulture) + (T.IsInteger(s) ? "i" : "f"); }

    private static void Text()
    {
        Console.WriteLine($"{Access.All} {(Access)0x81} {(Access)4} {Enum.Parse<Access>("read, OTHER", true)} {Enum.TryParse("9", out Access nine)}{nine} {Enum.TryParse("Nope", out nine)} {Level.High:D} {(Level)(-5):G} {Level.Low:X} {Enum.IsDefined(Level.Low)} {Access.All.HasFlag(Access.Write)} {Enum.GetName((Access)2)} {J(Enum.GetNames<Level>())} {Access.Other:F}");
        Span<char> chars = stackalloc char[32]; Enum.TryFormat(Access.All, chars, out int written); Console.WriteLine(chars[..written].ToString() + Ascii.EqualsIgnoreCase("Ab", "aB") + Base64Url.EncodeToString([251, 255]) + Convert.ToHexStringLower([10, 255]) + J("e\u0301x".EnumerateRunes().Select(r => r.Value)) + new StringInfo("e\u0301x👩‍👩‍👧").LengthInTextElements + string.Create(5, 'q', (s, c) => s.Fill(c)) + "a-b_c".AsSpan().CountAny('-', '_') + "Zürich".Normalize(NormalizationForm.FormC).Length + "x".CompareTo("Y") + string.CompareOrdinal("x", "Y"));
        Regex named = new(@"(?<key>\w+)\s*=\s*(?<value>'[^']*'|\d+)(?<!0)"); Console.WriteLine(named.Replace("a = 1, bb='x y', c=10", m => $"[{m.Groups["key"].Value.Length}:{m.Groups["value"].ValueSpan.Trim('\'')}]") + J(named.GetGroupNames()) + named.Replace("a=1", "${value}=$1|$&|$$") + J(Regex.Split("1a2b3", "([ab])")) + Regex.Count("aaaa", "aa") + J(Regex.Matches("one two", @"\w+", RegexOptions.RightToLeft).Select(m => m.Value)) + Regex.IsMatch("Straße", "^\\p{L}+$") + Regex.Replace("abcabc", "(?i)(B)(?=C)", "<$1>") + Regex.Match("aXbXc", "(?:(\\w)X)+").Groups[1].Captures.Count + Regex.Escape("a.b*"));
        foreach (ValueMatch m in Regex.EnumerateMatches("x12y345", @"\d+")) { Console.Write($"{m.Index}+{m.Length} "); }
        foreach (Range r in Regex.EnumerateSplits("a--b-c", "-+")) { Console.Write(r + " "); }
        try { _ = new Regex("(unclosed"); } catch (RegexParseException e) { Console.WriteLine(e.Error + " " + e.Offset); }
        using MemoryStream stream = new(); using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, IndentCharacter = '\t', IndentSize = 1, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) { json.WriteStartObject(); json.WriteString("é<", "\"+\u2028"); json.WriteNumber("d", 1.10m); json.WritePropertyName("r"); json.WriteRawValue("[1,2]"); json.WriteBase64String("b", [1, 2, 3]); json.WriteNull("n"); json.WriteEndObject(); }
        Console.WriteLine(Encoding.UTF8.GetString(stream.ToArray())); try { JsonDocument.Parse("{\"a\":1,}"); } catch (JsonException e) { Console.WriteLine(e.Message); }
        Console.WriteLine(JsonDocument.Parse("{\"a\":1,/*c*/}", new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip }).RootElement.GetProperty("a").GetInt32());
    }

    public static void Main() { Collections(); Numbers(); Text(); }
}
