using System;
using System.Runtime.CompilerServices;

// Programs whose code is looked at, not only what they print.
namespace Rules;

/// <summary>Two methods with the same code that only calls reach, and two more whose addresses are compared.</summary>
public static unsafe class SameCode
{
    private static delegate*<int[], int> s_third;
    private static delegate*<int[], int> s_fourth;

    public static void Main()
    {
        Console.WriteLine(First([1, 2, 3]) + Second([4, 5, 6]));
        s_third = &Third;
        s_fourth = &Fourth;
        Change();
        Console.WriteLine(s_third([1, 2]) + s_fourth([3, 4]));
        Console.WriteLine((nint)s_third == (nint)s_fourth ? "one address" : "two addresses");
    }

    // Never does: whoever reads the pointers must still compare them.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Change()
    {
        if (Environment.GetCommandLineArgs().Length > 100)
        {
            s_third = s_fourth;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int First(int[] values)
    {
        int sum = 0;
        for (int i = 0; i < values.Length; i++)
        {
            sum = (sum * 31) + (values[i] ^ i);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Second(int[] values)
    {
        int sum = 0;
        for (int i = 0; i < values.Length; i++)
        {
            sum = (sum * 31) + (values[i] ^ i);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Third(int[] values) => values[0] * values[^1];

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Fourth(int[] values) => values[0] * values[^1];
}

/// <summary>Objects that nothing needs once their methods are inlined. Prints which of them took memory.</summary>
public static unsafe class ShortLived
{
    private const int Rounds = 10_000;

    private static object? s_kept;

    private sealed class Pair(int first, int second)
    {
        public int Sum => first + second;
    }

    private interface IScale
    {
        int Of(int value);
    }

    private struct Doubling : IScale
    {
        public readonly int Of(int value) => 2 * value;
    }

    public static void Main()
    {
        Measure("object", &Objects);
        Measure("closure", &Closures);
        Measure("box", &Boxes);
        Measure("kept", &Kept);
    }

    private static void Measure(string name, delegate*<int, int> work)
    {
        long before = GC.GetTotalAllocatedBytes();
        int result = work(Rounds);
        Console.WriteLine($"{name} {result} {(GC.GetTotalAllocatedBytes() - before < Rounds ? "vanished" : "allocated")}");
    }

    private static int Objects(int rounds)
    {
        int sum = 0;
        for (int i = 0; i < rounds; i++)
        {
            sum += new Pair(i, 1).Sum;
        }

        return sum;
    }

    private static int Closures(int rounds)
    {
        int sum = 0;
        for (int i = 0; i < rounds; i++)
        {
            int step = i;
            sum += Apply(value => value + step, 1);
        }

        return sum;
    }

    private static int Apply(Func<int, int> function, int value) => function(value);

    private static int Boxes(int rounds)
    {
        int sum = 0;
        for (int i = 0; i < rounds; i++)
        {
            sum += Scaled(default(Doubling), i);
        }

        return sum;
    }

    private static int Scaled(IScale scale, int value) => scale.Of(value);

    private static int Kept(int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            s_kept = new Pair(i, 1);
        }

        return ((Pair)s_kept!).Sum;
    }
}
