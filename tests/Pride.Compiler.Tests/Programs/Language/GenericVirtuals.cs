// Generic virtual methods on classes and interfaces, with value and reference arguments, overridden in generic classes.
using System;
using System.Collections.Generic;
namespace Programs;

public static class GenericVirtuals
{
    private abstract class Shape
    {
        public virtual string Describe<T>(T value) => "shape of " + typeof(T).Name + " " + value;
        public abstract TResult Apply<TArg, TResult>(Func<TArg, TResult> f, TArg argument);
    }
    private class Plain : Shape { public override TResult Apply<TArg, TResult>(Func<TArg, TResult> f, TArg argument) => f(argument); }
    private sealed class Twice : Plain
    {
        public override string Describe<T>(T value) => "twice " + base.Describe(value);
        public override TResult Apply<TArg, TResult>(Func<TArg, TResult> f, TArg argument) { f(argument); return base.Apply(f, argument); }
    }
    private interface IVisitor { T Visit<T>(T value, int depth); string Name { get; } }
    private sealed class Counter : IVisitor
    {
        private readonly Dictionary<string, int> _seen = [];
        public string Name => "counter";
        public T Visit<T>(T value, int depth) { string key = typeof(T).Name; _seen[key] = _seen.GetValueOrDefault(key) + depth; return value; }
        public int Of(string key) => _seen.GetValueOrDefault(key);
    }
    private struct Echo : IVisitor
    {
        public int Calls;
        public readonly string Name => "echo";
        public T Visit<T>(T value, int depth) { Calls++; return value; }
    }
    private class Box<T> { public virtual string Pair<U>(T first, U second) => $"{first}:{typeof(T).Name} {second}:{typeof(U).Name}"; }
    private class LoudBox<T> : Box<T> { public override string Pair<U>(T first, U second) => base.Pair(first, second).ToUpperInvariant(); }
    private class IntBox : LoudBox<int> { public override string Pair<U>(int first, U second) => "[" + base.Pair(first + 1, second) + "]"; }
    private interface IHolder<T> { T Value { get; } U Map<U>(Func<T, U> f) => f(Value); }
    private sealed class Holder<T>(T value) : IHolder<T> { public T Value => value; }
    private static T Walk<TVisitor, T>(ref TVisitor visitor, T value) where TVisitor : IVisitor => visitor.Visit(value, 2);
    public static void Main()
    {
        Shape[] shapes = [new Plain(), new Twice()];
        foreach (Shape shape in shapes)
        {
            Console.WriteLine(shape.Describe(42));
            Console.WriteLine(shape.Describe("text"));
            Console.WriteLine(shape.Describe((1, 'c')));
            int calls = 0;
            Console.WriteLine(shape.Apply<int, string>(n => { calls++; return "n" + n; }, 7) + " " + calls);
            Console.WriteLine(shape.Apply<string, int>(s => s.Length, "four"));
        }
        Counter counter = new();
        IVisitor visitor = counter;
        visitor.Visit(1, 1); visitor.Visit(2, 4); visitor.Visit("x", 3); visitor.Visit<object>("y", 5);
        Console.WriteLine(counter.Of("Int32") + " " + counter.Of("String") + " " + counter.Of("Object"));
        Echo echo = default;
        Console.WriteLine(Walk(ref echo, 5L) + " " + Walk(ref echo, "s") + " " + echo.Calls);
        IVisitor boxed = echo;
        boxed.Visit(1, 1);
        Console.WriteLine(((Echo)boxed).Calls + " " + echo.Calls + " " + boxed.Name);
        Box<int>[] boxes = [new Box<int>(), new LoudBox<int>(), new IntBox()];
        foreach (Box<int> box in boxes) { Console.WriteLine(box.Pair(3, "three") + " " + box.Pair(4, 4.5)); }
        Box<string> words = new LoudBox<string>();
        Console.WriteLine(words.Pair("k", 'v'));
        IHolder<int> holder = new Holder<int>(21);
        Console.WriteLine(holder.Map(n => n * 2) + " " + holder.Map(n => "v" + n));
    }
}
