// Closures, local functions, multicast delegates, events, captured loops, recursion through lambdas, currying.
using System;
using System.Collections.Generic;
using System.Linq;
namespace Programs;

public static class Closures
{
    private delegate int Fold(ref int state, int item);
    private delegate bool TryGet<T>(string key, out T? value);
    private sealed class Button { private EventHandler<int>? _clicked; public event EventHandler<int> Clicked { add { Console.WriteLine("add"); _clicked += value; } remove { Console.WriteLine("remove"); _clicked -= value; } } public event Action<string>? Named; public void Click(int n) { _clicked?.Invoke(this, n); Named?.Invoke("n" + n); } }
    private struct Counter { public int N; public int Next() => ++N; }
    private class Base { public virtual string Who() => "base"; public Func<string> Getter() => Who; }
    private sealed class Derived : Base { public override string Who() => "derived"; public Func<string> BaseGetter() => base.Who; }
    private static Func<int, Func<int, int>> Curry(Func<int, int, int> f) => a => b => f(a, b);
    private static string Extension(this string n, string s) => s + n;
    public static void Main()
    {
        List<Func<int>> functions = [];
        for (int i = 0; i < 3; i++) { int copy = i; functions.Add(() => (copy * 10) + i); }
        foreach (int n in new[] { 7, 8 }) { functions.Add(() => n); }
        Console.WriteLine(string.Join(' ', functions.Select(f => f())));
        int total = 0;
        Action add = () => total += 5; add(); add += () => total *= 2; add(); add += add; add();
        Console.WriteLine(total + " " + add.GetInvocationList().Length);
        Func<int, int>? factorial = null; factorial = n => n <= 1 ? 1 : n * factorial!(n - 1);
        int Fibonacci(int n) => n < 2 ? n : Fibonacci(n - 1) + Fibonacci(n - 2);
        static int Twice(Func<int, int> f, int n) => f(f(n));
        Console.WriteLine(factorial(6) + " " + Fibonacci(12) + " " + Twice(n => n + 3, 1) + " " + Curry((a, b) => a - b)(10)(3));
        Fold fold = (ref int state, int item) => state = (state * 31) + item;
        int hash = 1; foreach (int n in new[] { 1, 2, 3 }) { fold(ref hash, n); }
        Console.WriteLine(hash);
        Dictionary<string, int> map = new() { ["a"] = 1 };
        TryGet<int> get = map.TryGetValue;
        Console.WriteLine(get("a", out int found) + " " + found + " " + get("b", out found) + " " + found);
        Button button = new();
        EventHandler<int> handler = (s, n) => Console.WriteLine((s is Button) + " " + n);
        button.Clicked += handler; button.Clicked += handler; button.Clicked -= handler; button.Named += s => Console.WriteLine(s);
        button.Click(4);
        Counter counter = default; Func<int> next = counter.Next; next(); next();
        Console.WriteLine(counter.N + " " + next());
        Derived derived = new();
        Console.WriteLine(derived.Getter()() + " " + derived.BaseGetter()() + " " + (derived.Getter() == derived.Getter()));
        Func<string, string> bound = "5".Extension; Console.WriteLine(bound("five"));
        Func<int> multi = () => 1; multi += () => 2; multi += () => 3; Console.WriteLine(multi() + " " + multi.GetInvocationList().Length);
        Action? none = null; none += () => { }; none -= none; Console.WriteLine(none == null);
        Action failing = () => Console.WriteLine("before"); failing += () => throw new InvalidOperationException("middle"); failing += () => Console.WriteLine("never");
        try { failing(); } catch (InvalidOperationException e) { Console.WriteLine(e.Message); }
        var pair = (Name: "x", Act: (Func<int, string>)(n => new string('*', n))); Console.WriteLine(pair.Act(3) + pair.Name);
        Func<object> covariant = () => "covariant"; Predicate<string> isEmpty = string.IsNullOrEmpty; Comparison<int> down = (a, b) => b.CompareTo(a);
        int[] numbers = [2, 9, 4]; Array.Sort(numbers, down); Console.WriteLine(covariant() + " " + isEmpty("") + " " + string.Join(',', numbers));
        Console.WriteLine(((Func<int, int>)(static n => n * n))(12) + " " + Compose<int, string, int>(n => n.ToString(), s => s.Length)(12345));
    }
    private static Func<A, C> Compose<A, B, C>(Func<A, B> f, Func<B, C> g) => a => g(f(a));
}
