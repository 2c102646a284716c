// lock, Interlocked, volatile: correct without other threads.
using System;
using System.Threading;
namespace Programs;

public static class Locks
{
    private static readonly object s_gate = new();
    private static readonly Lock s_lock = new();
    private static int s_count;
    private static long s_long;
    private static object? s_object;
    private static volatile bool s_flag;
    public static void Main()
    {
        lock (s_gate) { lock (s_gate) { s_count++; } }
        lock (s_lock) { s_count++; }
        using (s_lock.EnterScope()) { s_count++; }
        Console.WriteLine(Interlocked.Increment(ref s_count) + " " + Interlocked.Add(ref s_long, 40) + " " + Interlocked.Exchange(ref s_count, 9) + " " + Interlocked.CompareExchange(ref s_count, 5, 9) + s_count);
        Console.WriteLine(Interlocked.CompareExchange(ref s_object, "first", null) == null);
        Console.WriteLine(Interlocked.Exchange(ref s_object, "second") + " " + Interlocked.Or(ref s_count, 8) + s_count + " " + Interlocked.Decrement(ref s_long));
        s_flag = true;
        Console.WriteLine(s_flag + " " + Volatile.Read(ref s_count));
        Console.WriteLine(LazyInitializer.EnsureInitialized(ref s_object, () => "never") + " " + Monitor.IsEntered(s_gate).GetType().Name);
    }
}
