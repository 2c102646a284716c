// What C# 12 to 14 added: extension blocks, field, null-conditional assignment, compound operators of one's own, partial members, collection expressions,
// params of any collection, first-class spans, primary constructors, inline arrays, aliases of any type, ref struct interfaces.
using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using System.Runtime.CompilerServices;
using Pair = (int Left, string Right);
namespace Programs;

public static class Sequences
{
    extension<T>(IEnumerable<T> source)
    {
        public bool IsEmpty => !source.Any();
        public IEnumerable<T> Every(int step) { int i = 0; foreach (T item in source) { if (i++ % step == 0) { yield return item; } } }
        public static IEnumerable<T> operator +(IEnumerable<T> left, IEnumerable<T> right) => left.Concat(right);
    }

    extension(string) { public static string Twice(string text) => text + text; }
}

public partial class Counter
{
    public partial int Step { get; set; }
    public partial Counter(int start);
    public static Counter operator +(Counter a, int n) => new(a.Value + n) { Step = -1 };
    public void operator +=(int n) => Value += n * Step;
    public void operator ++() => Value += 100;
}

public partial class Counter
{
    public int Value { get; private set; }
    public partial int Step { get => field; set => field = value == 0 ? throw new ArgumentOutOfRangeException(nameof(value)) : value; } = 1;
    public partial Counter(int start) => Value = start;
}

[CollectionBuilder(typeof(Bag), nameof(Bag.Create))]
public sealed class Bag<T>(T[] items) : IEnumerable<T>
{
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)items).GetEnumerator();
    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
}

public static class Bag { public static Bag<T> Create<T>(ReadOnlySpan<T> items) => new(items.ToArray()); }

public static class CSharp14
{
    [InlineArray(4)] private struct Four<T> { private T _first; }
    private interface ISum { int Sum(); }
    private ref struct SpanSum(ReadOnlySpan<int> values) : ISum { private readonly ReadOnlySpan<int> _values = values; public readonly int Sum() { int s = 0; foreach (int v in _values) { s += v; } return s; } }
    private sealed class Node { public Node? Next; public int Value; public string Name { get => field ?? "unnamed"; set => field = value.Trim(); } = null!; public event Action? Changed; public void Raise() => Changed?.Invoke(); }
    private class Required { public required string Name { get; init; } public int[] Numbers { get; init; } = []; [SetsRequiredMembers] public Required(string name) => Name = name; public Required() { } }
    private static int SumOf<T>(T sum) where T : ISum, allows ref struct => sum.Sum();
    private static string Join(params ReadOnlySpan<object?> items) => string.Join('/', items.ToArray());
    private static int Count(params IEnumerable<int> items) => items.Count();
    private static string Kind(ReadOnlySpan<int> s) => "span" + s.Length;
    private static string Kind(IEnumerable<int> s) => "sequence" + s.Count();
    private static ref readonly int Largest(ref readonly int a, in int b) { if (a > b) { return ref a; } return ref b; }
    private static ref int Find(scoped ReadOnlySpan<int> wanted, int[] from) { foreach (ref int x in from.AsSpan()) { if (wanted.Contains(x)) { return ref x; } } throw new KeyNotFoundException(); }
    private static string Match(ReadOnlySpan<char> text) => text switch { "one" => "1", ['a', .., 'z'] => "a..z", [var c] => "single " + c, [_, .. var rest] when rest.Length > 5 => "long " + rest[^1].ToString(), [] => "empty", _ => "other" };

    public static void Main()
    {
        Console.WriteLine($"{new[] { 1, 2, 3, 4, 5 }.Every(2).Sum()} {Array.Empty<int>().IsEmpty} {string.Twice("ab")} {string.Join(',', (IEnumerable<int>)[1] + [2, 3])}");
        Counter counter = new(5) { Step = 3 }; Counter same = counter; counter += 4; counter++; Console.WriteLine($"{counter.Value} {ReferenceEquals(same, counter)} {(counter + 1).Step}");
        try { counter.Step = 0; } catch (ArgumentOutOfRangeException e) { Console.WriteLine(e.ParamName); }
        Node? node = new() { Name = " x " }, none = null; node?.Next = new Node { Value = 7 }; none?.Value = int.Parse("not evaluated"); node?.Next?.Value += 5; int calls = 0; node?.Changed += () => calls++; node!.Raise(); Console.WriteLine($"{node.Next!.Value} {node.Name} {node.Next.Name} {calls}");
        int[] some = [1, 2]; List<int> more = [0, .. some, .. Enumerable.Range(3, 2), 9]; Span<int> spread = [.. more, .. some]; Bag<string> bag = ["p", .. new[] { "q" }]; Dictionary<string, int[]> map = new() { ["a"] = [1, .. more] }; Console.WriteLine($"{more.Count} {spread.Length} {string.Concat(bag)} {map["a"][^1]}");
        Console.WriteLine($"{Join()} {Join(1, null, "x", 2.5)} {Count(1, 2, 3)} {Count([.. more])} {Kind(some)} {Kind(more)} {some.AsSpan().StartsWith(1)}");
        Four<string> four = default; four[0] = "a"; four[^1] = "d"; Span<string> view = four; view[1] = "b"; foreach (string? s in four) { Console.Write(s ?? "-"); }
        Four<(int, long)> pairs = default; pairs[2] = (3, 4L); Console.WriteLine($" {pairs[2].Item2 + pairs[..2].Length}");
        int big = 5, small = 3; Console.WriteLine($"{SumOf(new SpanSum([1, 2, 3]))} {Largest(ref small, big)}"); Find([30, 20], more2) = 99; Console.WriteLine(string.Join(',', more2));
        Pair pair = (1, "r"); (int left, string right) = pair with { Right = "changed" }; Console.WriteLine($"{left}{right} {new Required("n").Name} {new Required { Name = "m", Numbers = [1] }.Numbers.Length} {nameof(List<>)} {nameof(Dictionary<,>.Count)}");
        foreach (string text in (string[])["one", "abcz", "q", "somewhat long", "", "xy"]) { Console.Write(Match(text) + ";"); }
        var lambda = (int x, int y = 10, params int[] rest) => x + y + rest.Length; Func<string, int, bool> parse = (text, out_) => int.TryParse(text, out int n) && n == out_; Console.WriteLine($" {lambda(1)} {lambda(1, 2, 3, 4)} {parse("5", 5)}");
        Console.WriteLine("\e[0m".Length + """{"raw": 1}""" + $$"""{{{left}}}""" + "utf8"u8.Length + (char)('a' + 1) + unchecked((byte)-1) + 1_000_000 + 0b1010);
    }

    private static readonly int[] more2 = [10, 20, 30];
}
