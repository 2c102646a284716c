// Generic classes, methods, constraints, static fields for each instantiation, generic virtual methods, variance.
using System;
using System.Collections.Generic;
namespace Programs;

public static class Generics
{
    private sealed class Counter<T> { public static int Count; public Counter() => Count++; }
    private abstract class Visitor { public abstract string Visit<T>(T value); }
    private sealed class Namer : Visitor { public override string Visit<T>(T value) => typeof(T).Name + "=" + value; }
    private interface IMade<TSelf> where TSelf : IMade<TSelf> { static abstract TSelf Make(int value); int Value { get; } }
    private readonly struct Made(int value) : IMade<Made> { public static Made Make(int value) => new(value * 2); public int Value => value; }
    private static int Through<T>(int value) where T : IMade<T> => T.Make(value).Value;
    private static T Largest<T>(params ReadOnlySpan<T> values) where T : IComparable<T>
    {
        T best = values[0];
        foreach (T value in values) { if (value.CompareTo(best) > 0) { best = value; } }
        return best;
    }
    public static void Main()
    {
        _ = new Counter<int>(); _ = new Counter<int>(); _ = new Counter<string>();
        Console.WriteLine(Counter<int>.Count + " " + Counter<string>.Count);
        Visitor visitor = new Namer();
        Console.WriteLine(visitor.Visit(5) + " " + visitor.Visit("s") + " " + visitor.Visit(2.5));
        Console.WriteLine(Through<Made>(21));
        Console.WriteLine(Largest(3, 9, 4) + " " + Largest("pear", "apple"));
        IEnumerable<object> objects = new List<string> { "covariant" };
        foreach (object o in objects) { Console.WriteLine(o); }
        Action<object> write = o => Console.WriteLine("contra " + o);
        Action<string> narrow = write;
        narrow("variant");
        Console.WriteLine(objects is IEnumerable<string>);
        Console.WriteLine(default(KeyValuePair<int, string>).Value == null);
    }
}
