using System;
using System.Runtime.CompilerServices;
using Pride.Machine;

// Not among the programs that are compared with CoreCLR: some of these are refused.
namespace Rules;

/// <summary>[NoAlloc] on a method that allocates two calls further down.</summary>
public static class AllocatesInSecret
{
    [NoAlloc]
    public static void Main() => First(3);

    private static void First(int length) => Console.WriteLine(Second(length).Length);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int[] Second(int length) => new int[length];
}

/// <summary>[NoThrow] on a method that may throw by way of a virtual call.</summary>
public static class ThrowsInSecret
{
    private abstract class Step
    {
        public abstract int Take(int value);
    }

    private sealed class Careless : Step
    {
        public override int Take(int value) => value < 0 ? throw new ArgumentException("negative") : value;
    }

    private sealed class Careful : Step
    {
        public override int Take(int value) => value;
    }

    public static void Main() => Walk([new Careful(), new Careless()]);

    [NoThrow]
    private static void Walk(Step[] steps)
    {
        foreach (Step step in steps)
        {
            step.Take(1);
        }
    }
}

/// <summary>[NoThrow] on a method whose exceptions a clause takes.</summary>
public static class CatchesEverything
{
    public static void Main() => Console.WriteLine(Parse("12") + Parse("x"));

    [NoThrow]
    private static int Parse(string text)
    {
        try
        {
            return int.Parse(text);
        }
        catch
        {
            return -1;
        }
    }
}

/// <summary>A chain of frames whose sizes are known, through a virtual call and a delegate; no recursion.</summary>
public static class DeepFrames
{
    private abstract class Level
    {
        public abstract int Down(int seed);
    }

    private sealed class Shallow : Level
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public override int Down(int seed) => seed;
    }

    private sealed class Deep : Level
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public override unsafe int Down(int seed)
        {
            int* space = stackalloc int[512];
            Touch(space);
            return space[seed & 511] + s_last(seed);
        }
    }

    private static readonly Level[] s_levels = new Level[2];
    private static Func<int, int> s_last = null!;

    public static void Main()
    {
        s_levels[0] = new Shallow();
        s_levels[1] = new Deep();
        s_last = Last;
        Console.WriteLine(s_levels[1].Down(1) + s_levels[0].Down(2));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe int Last(int seed)
    {
        int* space = stackalloc int[1024];
        Touch(space);
        return space[seed & 1023];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe void Touch(int* space) => space[3] = 5;
}

/// <summary>A method that calls itself.</summary>
public static class CallsItself
{
    public static void Main() => Console.WriteLine(Ackermann(2, 3));

    private static int Ackermann(int m, int n) => m == 0 ? n + 1 : n == 0 ? Ackermann(m - 1, 1) : Ackermann(m - 1, Ackermann(m, n - 1));
}

/// <summary>A loop over a method that is inlined and can throw, within one that can.</summary>
public static class ChecksInline
{
    public static void Main()
    {
        int[] values = [5, 7, 11];
        Console.WriteLine(SumOrMinusOne(values, [0, 2, 2]));
        Console.WriteLine(SumOrMinusOne(values, [0, 3]));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int SumOrMinusOne(int[] values, int[] order)
    {
        try
        {
            return Sum(values, order);
        }
        catch (IndexOutOfRangeException)
        {
            return -1;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Sum(int[] values, int[] order)
    {
        int sum = 0;
        for (int i = 0; i < order.Length; i++)
        {
            sum += At(values, order[i]);
        }

        return sum;
    }

    private static int At(int[] values, int index) => values[index];
}
