// Static constructors and initialisers: order, laziness, generics, cycles; thread statics, Lazy, locks, Interlocked, Volatile.
using System;
using System.Threading;
namespace Programs;

public static class Statics
{
    private static class Order { public static readonly int A = Next("A"); public static readonly int B = Next("B"); static Order() => Console.WriteLine("cctor " + A + B); private static int s_n; private static int Next(string s) { Console.WriteLine(s); return ++s_n; } }
    private class Precise { static Precise() => Console.WriteLine("precise"); public static int Value = 5; public void Touch() { } }
    private class Late { public static readonly string Text = Announce(); private static string Announce() { Console.WriteLine("late"); return "text"; } }
    private static class PerType<T> { public static int Count; public static readonly string Name = typeof(T).Name; static PerType() => Console.WriteLine("per " + Name); }
    private static class First { public static readonly int Value = Second.Value + 1; }
    private static class Second { public static readonly int Value = First.Value + 10; }
    [ThreadStatic] private static int t_local;
    private static readonly ThreadLocal<string> s_threadLocal = new(() => "made"); private static readonly AsyncLocal<int> s_asyncLocal = new();
    private static readonly Lock s_lock = new(); private static readonly object s_gate = new(); private static volatile int s_volatile; private static long s_counter;
    private static readonly int[,] s_table = { { 1, 2 }, { 3, 4 } }; private static readonly string[] s_words = ["a", "b"]; private const string Constant = "const" + "ant";
    private sealed class Singleton { private static readonly Lazy<Singleton> s_instance = new(() => new Singleton()); private Singleton() => Console.WriteLine("singleton"); public static Singleton Instance => s_instance.Value; }
    public static void Main()
    {
        Console.WriteLine("start"); Console.WriteLine(Order.B); Console.WriteLine(Precise.Value); new Precise().Touch(); Console.WriteLine(Late.Text + Late.Text);
        PerType<int>.Count++; PerType<string>.Count += 2; PerType<int>.Count++; Console.WriteLine(PerType<int>.Count + PerType<string>.Name + PerType<string>.Count);
        Console.WriteLine(First.Value + " " + Second.Value); t_local += 3; Console.WriteLine(t_local + s_threadLocal.Value + s_threadLocal.IsValueCreated);
        s_asyncLocal.Value = 8; Console.WriteLine(s_asyncLocal.Value);
        lock (s_lock) { lock (s_gate) { s_volatile++; } }
        Interlocked.Add(ref s_counter, 5); Interlocked.Increment(ref s_counter); Console.WriteLine(Interlocked.CompareExchange(ref s_counter, 9, 6) + " " + Interlocked.Exchange(ref s_counter, 1) + " " + Interlocked.Read(ref s_counter) + " " + Volatile.Read(ref s_counter));
        Console.WriteLine(ReferenceEquals(Singleton.Instance, Singleton.Instance) + " " + s_table[1, 0] + s_words[1] + Constant); Lazy<int> failing = new(() => throw new InvalidOperationException("lazy")); for (int i = 0; i < 2; i++) { try { _ = failing.Value; } catch (InvalidOperationException e) { Console.WriteLine(e.Message); } }
        object? reference = "x"; Console.WriteLine(Interlocked.CompareExchange(ref reference, "y", reference) + "" + reference); int spin = 0; SpinWait.SpinUntil(() => ++spin > 3); Console.WriteLine(spin);
        Console.WriteLine(LazyInitializer.EnsureInitialized(ref s_made, () => "once") + LazyInitializer.EnsureInitialized(ref s_made, () => "twice"));
    }
    private static string? s_made;
}
