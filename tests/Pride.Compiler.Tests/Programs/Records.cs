// Records, with, value equality, deconstruction, printing, record structs, pattern matching.
using System;
using System.Collections.Generic;
namespace Programs;

public static class Records
{
    private abstract record Shape;
    private sealed record Circle(double Radius) : Shape;
    private sealed record Rect(int Width, int Height) : Shape { public int Area => Width * Height; }
    private readonly record struct Pair(int A, string B);
    private static string Describe(object? o) => o switch
    {
        null => "nothing",
        Circle { Radius: > 10 } => "big circle",
        Circle c => "circle " + c.Radius,
        Rect(var w, var h) when w == h => "square " + w,
        Rect { Area: >= 10 and < 100 } => "middle rect",
        int n and (1 or 2 or 3) => "few " + n,
        int and < 0 => "negative",
        string { Length: 0 } => "empty",
        string s => "text " + s,
        int[] and [1, .., var last] => "from one to " + last,
        _ => "other",
    };
    public static void Main()
    {
        Rect rect = new(3, 4);
        Rect copy = rect with { Height = 5 };
        Console.WriteLine(rect + " " + copy + " " + (rect == new Rect(3, 4)) + " " + (rect == copy) + " " + rect.GetHashCode().Equals(new Rect(3, 4).GetHashCode()));
        (int w, int h) = copy;
        Console.WriteLine(w * h);
        Pair pair = new(1, "b");
        Console.WriteLine(pair + " " + pair.Equals(new Pair(1, "b")) + " " + new HashSet<Pair> { pair, new(1, "b"), new(2, "b") }.Count);
        foreach (object? o in new object?[] { null, new Circle(11), new Circle(2), new Rect(2, 2), rect, 2, -5, "", "abc", new[] { 1, 5, 9 }, 3.5 }) { Console.WriteLine(Describe(o)); }
        Shape shape = rect;
        Console.WriteLine(shape.Equals(new Circle(1)) + " " + (shape is Rect { Width: 3 } r ? r.Area : 0));
    }
}
