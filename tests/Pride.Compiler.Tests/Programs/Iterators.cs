// yield, yield in try/finally, lazy evaluation, nested enumeration, custom enumerators.
using System;
using System.Collections.Generic;
namespace Programs;

public static class Iterators
{
    private static IEnumerable<int> Fibonacci(int count) { int a = 0, b = 1; for (int i = 0; i < count; i++) { yield return a; (a, b) = (b, a + b); } }
    private static IEnumerable<string> Guarded() { try { yield return "first"; yield return "second"; } finally { Console.WriteLine("cleaned"); } }
    private static IEnumerable<int> Tree(int depth) { if (depth == 0) { yield break; } foreach (int n in Tree(depth - 1)) { yield return n; } yield return depth; foreach (int n in Tree(depth - 1)) { yield return n; } }
    private readonly struct Countdown(int from) { public Enumerator GetEnumerator() => new(from); public struct Enumerator(int from) { private int _next = from + 1; public readonly int Current => _next; public bool MoveNext() => --_next > 0; } }
    public static void Main()
    {
        foreach (int n in Fibonacci(15)) { Console.Write(n + " "); }
        Console.WriteLine();
        foreach (string s in Guarded()) { Console.WriteLine(s); break; }
        Console.WriteLine(string.Join("", Tree(4)));
        foreach (int n in new Countdown(3)) { Console.Write(n); }
        Console.WriteLine();
        IEnumerator<int> manual = Fibonacci(3).GetEnumerator();
        while (manual.MoveNext()) { Console.Write(manual.Current + ";"); }
        Console.WriteLine();
    }
}
