// Programs that end with an unhandled exception, or come to the end of their memory: what they print is tested, with its lines.

using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;

namespace Failing;

public static class ThrowsDeep
{
    public static void Main()
    {
        try
        {
            Outer(3);
        }
        catch (InvalidOperationException e)
        {
            Console.WriteLine(e.StackTrace);
        }

        new Thrower().Last([1, 2], 2);
    }

    private static void Outer(int depth)
    {
        if (depth == 0)
        {
            throw new InvalidOperationException("deep");
        }

        Outer(depth - 1);
        Console.WriteLine(depth);
    }

    private sealed class Thrower
    {
        // Inlined, its failing check could be merged with one of the caller's, and so lose its line. It is the last call here: no tail call.
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Last(int[] values, int index) => Console.WriteLine(values[index]);
    }
}

public static class ThrowsAfterAwait
{
    public static void Main()
    {
        try
        {
            OuterAsync().GetAwaiter().GetResult();
        }
        catch (FormatException e)
        {
            Console.WriteLine(e);
        }
    }

    private static async Task OuterAsync()
    {
        await Task.Yield();
        await InnerAsync();
        Console.WriteLine("not reached");
    }

    private static async Task InnerAsync()
    {
        await Task.Delay(1);
        throw new FormatException("inner");
    }
}

public static class FillsMemory
{
    private const int Kibibyte = 1024;

    private static readonly List<byte[]> s_kept = [];

    public static void Main()
    {
        // More than the heap can ever hold: refused at once, and nothing is lost.
        try
        {
            s_kept.Add(new byte[1024 * 1024 * Kibibyte]);
        }
        catch (OutOfMemoryException e)
        {
            Console.WriteLine("large: " + e.Message);
        }

        int first = Fill();
        s_kept.Clear();
        int second = Fill();
        Console.WriteLine(Math.Abs(first - second) < first / 10 ? "as much again" : $"{first}, then {second}");
        s_kept.Clear();
        Console.WriteLine(new string('x', 10));
    }

    // Not another word on the way, or it would have no memory for it.
    private static int Fill()
    {
        int count = 0;
        try
        {
            while (true)
            {
                s_kept.Add(new byte[Kibibyte]);
                count++;
            }
        }
        catch (OutOfMemoryException)
        {
            return count;
        }
    }
}

public static class DiesOfHunger
{
    public static void Main()
    {
        List<object> kept = [];
        while (true)
        {
            kept.Add(Eat(kept.Count));
        }
    }

    private static object Eat(int count) => new long[count % 100];
}
