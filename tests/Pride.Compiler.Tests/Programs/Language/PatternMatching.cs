// Patterns: type, property, positional, relational, logical, list, slice, var, tuples, when.
using System;
using System.Collections.Generic;
namespace Programs;

public static class PatternMatching
{
    private abstract record Expr;
    private sealed record Num(double Value) : Expr;
    private sealed record Bin(char Op, Expr Left, Expr Right) : Expr;
    private sealed record Neg(Expr Inner) : Expr;
    private static Expr Simplify(Expr e) => e switch
    {
        Bin('+', Num(0), var r) => Simplify(r),
        Bin('+', var l, Num(0)) => Simplify(l),
        Bin('*', Num(1), var r) => Simplify(r),
        Bin('*', Num { Value: 0 }, _) or Bin('*', _, Num { Value: 0 }) => new Num(0),
        Bin(var op, Num a, Num b) => new Num(op switch { '+' => a.Value + b.Value, '-' => a.Value - b.Value, '*' => a.Value * b.Value, _ when b.Value != 0 => a.Value / b.Value, _ => double.NaN }),
        Bin b => b with { Left = Simplify(b.Left), Right = Simplify(b.Right) },
        Neg(Neg(var inner)) => Simplify(inner),
        Neg(Num { Value: var v }) => new Num(-v),
        _ => e,
    };
    private static string Classify(object? o) => o switch
    {
        null => "null",
        int and (< 0 or > 100) => "wild int",
        int n and >= 0 when n % 2 == 0 => "even " + n,
        int => "odd",
        string { Length: 0 } => "empty",
        string { Length: > 3 and var length } s => s[..3] + length,
        string s => "short " + s,
        (int a, int b) => $"pair {a + b}",
        int[] { Length: 2 } and [var x, var y] => $"two {x} {y}",
        int[] and [1, .. var middle, 9] => "framed " + middle.Length,
        int[] and [.., > 50] => "ends high",
        int[] => "array",
        DateTime { Year: 2024, Month: >= 6 } => "late 2024",
        Exception { InnerException.Message: "deep" } => "nested",
        IList<string> { Count: > 0 } list and [{ Length: 1 }, ..] => "letters " + list.Count,
        not null and IDisposable => "disposable",
        _ => o.GetType().Name,
    };
    private static string Season(int month) => month switch { 12 or 1 or 2 => "winter", >= 3 and <= 5 => "spring", >= 6 and < 9 => "summer", 9 or 10 or 11 => "autumn", _ => throw new ArgumentOutOfRangeException(nameof(month)) };
    private static string Move((int X, int Y) from, (int X, int Y) to) => (to.X - from.X, to.Y - from.Y) switch { (0, 0) => "stay", (0, > 0) => "up", (0, < 0) => "down", ( > 0, 0) => "right", ( < 0, 0) => "left", var (dx, dy) when Math.Abs(dx) == Math.Abs(dy) => "diagonal", _ => "jump" };
    private static int Day(string name) => name switch { "mon" => 1, "tue" => 2, "wed" => 3, "thu" => 4, "fri" => 5, "sat" => 6, "sun" => 7, "monday" => 11, "tuesday" => 12, _ => 0 };
    private static string Span(ReadOnlySpan<char> text) => text switch { "yes" or "y" => "true", ['n', ..] => "false", [] => "nothing", _ => "other" };
    public static void Main()
    {
        Expr e = new Bin('+', new Bin('*', new Num(1), new Neg(new Neg(new Num(4)))), new Bin('-', new Num(7), new Num(2)));
        for (int i = 0; i < 4; i++) { Console.WriteLine(e); e = Simplify(e); }
        object?[] values = [null, -1, 4, 5, "", "abcd", "ab", (3, 4), new[] { 1, 2 }, new[] { 1, 5, 5, 9 }, new[] { 3, 4, 51 }, new[] { 0 }, new DateTime(2024, 7, 1), new Exception("a", new Exception("deep")), new List<string> { "a", "bb" }, new System.IO.MemoryStream(), 'c', 2.5];
        foreach (object? value in values) { Console.WriteLine(Classify(value)); }
        Console.WriteLine(Season(1) + Season(4) + Season(8) + Season(11));
        try { Season(13); } catch (ArgumentOutOfRangeException x) { Console.WriteLine(x.ParamName); }
        Console.WriteLine(Move((0, 0), (0, 2)) + Move((1, 1), (0, 1)) + Move((0, 0), (2, -2)) + Move((0, 0), (1, 2)) + Move((5, 5), (5, 5)));
        Console.WriteLine(Day("wed") + Day("monday") + Day("tuesday") + Day("nope"));
        Console.WriteLine(Span("yes") + Span("nein") + Span("") + Span("maybe"));
        if (values[4] is not string { Length: > 0 }) { Console.WriteLine("not"); }
        Console.WriteLine(values[9] is int[] and [_, .. { Length: 2 } inner, _] && inner[0] == 5);
        bool IsLetter(char c) => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z');
        Console.WriteLine(IsLetter('x') + " " + IsLetter('1'));
    }
}
