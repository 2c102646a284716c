// Interface dispatch: many implementations, generic interfaces, explicit ones, on structs, static abstracts.
using System;
using System.Collections.Generic;
namespace Programs;

public static class Interfaces
{
    private interface INode { int Eval(); }
    private sealed class Number(int n) : INode { public int Eval() => n; }
    private sealed class Sum(INode a, INode b) : INode { public int Eval() => a.Eval() + b.Eval(); }
    private sealed class Product(INode a, INode b) : INode { public int Eval() => a.Eval() * b.Eval(); }
    private struct Tick : INode, IComparable<Tick> { public int Count; public int Eval() => ++Count; public readonly int CompareTo(Tick other) => Count - other.Count; }
    private interface IBoth<T> { T Get(); }
    private sealed class Both : IBoth<int>, IBoth<string> { int IBoth<int>.Get() => 1; string IBoth<string>.Get() => "one"; }
    private interface ILeft { string Name => "left"; }
    private interface IRight : ILeft { string ILeft.Name => "right"; }
    private sealed class Diamond : IRight;
    private static int Twice<T>(ref T node) where T : INode => node.Eval() + node.Eval();
    public static void Main()
    {
        INode tree = new Sum(new Product(new Number(3), new Number(4)), new Number(5));
        Console.WriteLine(tree.Eval());
        Tick tick = default;
        Console.WriteLine(Twice(ref tick) + " " + tick.Count);
        INode boxed = tick;
        boxed.Eval();
        Console.WriteLine(tick.Count + " " + ((Tick)boxed).Count);
        Both both = new();
        Console.WriteLine(((IBoth<int>)both).Get() + ((IBoth<string>)both).Get());
        Console.WriteLine(((ILeft)new Diamond()).Name);
        object o = tree;
        Console.WriteLine(o is IComparable<Tick>);
        IComparable<Tick> comparable = tick;
        Console.WriteLine(comparable.CompareTo(default));
        IList<int> list = new[] { 1, 2, 3 };
        Console.WriteLine(list.Count + list[1] + " " + list.Contains(3) + " " + list.IsReadOnly);
        IReadOnlyList<string> names = new List<string> { "x" };
        Console.WriteLine(names[0]);
        ICollection<KeyValuePair<string, int>> pairs = new Dictionary<string, int> { ["k"] = 1 };
        Console.WriteLine(pairs.Contains(new KeyValuePair<string, int>("k", 1)));
        IEnumerable<int> numbers = new[] { 4, 5 };
        foreach (int n in numbers) { Console.Write(n); }
        Console.WriteLine();
    }
}
