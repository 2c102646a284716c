// Iterators: nested, infinite, disposed early, with finally, generic, over trees; enumerators by pattern; async streams.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
namespace Programs;

public static class IteratorsMore
{
    private sealed class Tree<T>(T value, Tree<T>? left = null, Tree<T>? right = null) : IEnumerable<T>
    {
        public IEnumerator<T> GetEnumerator() { if (left != null) { foreach (T item in left) { yield return item; } } yield return value; if (right != null) { foreach (T item in right) { yield return item; } } }
        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
    private struct Range3 { private int _n; public int Current => _n; public bool MoveNext() => ++_n <= 3; public Range3 GetEnumerator() => this; }
    private static IEnumerable<long> Primes() { for (long n = 2; ; n++) { bool prime = true; for (long d = 2; d * d <= n && prime; d++) { prime = n % d != 0; } if (prime) { yield return n; } } }
    private static IEnumerable<string> Guarded(string name) { Console.WriteLine("open " + name); try { for (int i = 0; i < 3; i++) { yield return name + i; } } finally { Console.WriteLine("close " + name); } }
    private static IEnumerable<T> Interleave<T>(IEnumerable<T> a, IEnumerable<T> b) { using IEnumerator<T> x = a.GetEnumerator(), y = b.GetEnumerator(); while (x.MoveNext() && y.MoveNext()) { yield return x.Current; yield return y.Current; } }
    private static IEnumerable<int> Empty() { yield break; }
    private static async IAsyncEnumerable<int> Ticks(int count, [EnumeratorCancellation] CancellationToken token = default) { try { for (int i = 0; i < count; i++) { await Task.Yield(); token.ThrowIfCancellationRequested(); yield return i; } } finally { Console.WriteLine("ticks end"); } }
    private static IEnumerable<IEnumerable<T>> Permute<T>(T[] items, int from = 0) { if (from == items.Length) { yield return items.ToArray(); } for (int i = from; i < items.Length; i++) { (items[from], items[i]) = (items[i], items[from]); foreach (IEnumerable<T> p in Permute(items, from + 1)) { yield return p; } (items[from], items[i]) = (items[i], items[from]); } }
    private static async Task Streams()
    {
        int sum = 0;
        await foreach (int n in Ticks(4)) { sum += n; if (n == 2) { break; } }
        Console.WriteLine(sum);
        using CancellationTokenSource source = new();
        try { await foreach (int n in Ticks(10).WithCancellation(source.Token)) { if (n == 1) { source.Cancel(); } Console.WriteLine("tick " + n); } } catch (OperationCanceledException) { Console.WriteLine("cancelled"); }
    }
    public static void Main()
    {
        Tree<int> tree = new(5, new(2, new(1), new(3)), new(8));
        Console.WriteLine(string.Join(' ', tree) + " " + tree.Sum() + " " + tree.Skip(1).First());
        Console.WriteLine(string.Join(' ', Primes().Skip(5).TakeWhile(p => p < 40)));
        foreach (string s in Guarded("a")) { Console.WriteLine(s); if (s == "a1") { break; } }
        foreach (string s in Interleave(Guarded("b"), Guarded("c")).Take(3)) { Console.WriteLine(s); }
        int sum = 0; foreach (int n in default(Range3)) { sum += n; }
        Console.WriteLine(sum + " " + Empty().Any());
        Console.WriteLine(string.Join(' ', Permute([1, 2, 3]).Select(p => string.Concat(p))));
        IEnumerator<int> by = ((IEnumerable<int>)[1, 2]).GetEnumerator(); while (by.MoveNext()) { Console.Write(by.Current + ","); }
        Console.WriteLine();
        IEnumerable<int> again = Empty().Concat([4, 5]).Prepend(3); Console.WriteLine(again.Count() + again.Last() + " " + string.Join('-', again.Reverse()));
        Streams().GetAwaiter().GetResult();
        foreach ((string key, int value) in new Dictionary<string, int> { ["k"] = 1 }) { Console.WriteLine(key + value); }
        foreach (DictionaryEntry entry in new Hashtable { ["h"] = 2 }) { Console.WriteLine(entry.Key + "" + entry.Value); }
    }
}
