// Static constructors: order, laziness, beforefieldinit, generic statics, readonly tables, thread statics.
using System;
namespace Programs;

public static class StaticState
{
    private static class Eager { public static readonly int Value = Compute("eager"); }
    private static class Lazy_ { static Lazy_() => Console.WriteLine("lazy cctor"); public static int Value = 5; public static void Touch() { } }
    private static class Cyclic { public static int A = B + 1; public static int B = 10; }
    private class Base { protected static readonly string Name = "base"; static Base() => Console.WriteLine("base cctor"); public Base() => Console.WriteLine("base ctor " + Name); }
    private sealed class Derived : Base { private static readonly int[] s_table = [1, 2, 3]; private readonly int _n = s_table[1]; public Derived() => Console.WriteLine("derived ctor " + _n); }
    private static readonly byte[] s_bytes = [1, 2, 3, 4];
    private static ReadOnlySpan<int> Table => [10, 20, 30];
    [ThreadStatic] private static int t_count;
    private static int Compute(string s) => s.Length;
    public static void Main()
    {
        Console.WriteLine("start");
        Console.WriteLine(Eager.Value);
        Lazy_.Touch();
        Console.WriteLine(Lazy_.Value++ + Lazy_.Value);
        Console.WriteLine(Cyclic.A + " " + Cyclic.B);
        _ = new Derived();
        Console.WriteLine(s_bytes[2] + Table[1]);
        t_count += 3;
        Console.WriteLine(t_count);
        Lazy<string> lazy = new(() => { Console.WriteLine("made"); return "value"; });
        Console.WriteLine(lazy.Value + lazy.Value);
    }
}
