// try, catch by type, filters, finally order, rethrow, inner exceptions, exceptions through calls.
using System;
namespace Programs;

public static class ExceptionsBasic
{
    private sealed class Special(int code) : Exception("special " + code) { public int Code { get; } = code; }
    private static int Depth(int n)
    {
        if (n == 0) { throw new Special(7); }
        try { return Depth(n - 1) + 1; } finally { Console.Write("f" + n + " "); }
    }
    private static string Nested()
    {
        try
        {
            try { throw new InvalidOperationException("inner"); }
            catch (InvalidOperationException e) { throw new ArgumentException("outer", e); }
            finally { Console.WriteLine("finally 1"); }
        }
        catch (ArgumentException e) when (e.InnerException is InvalidOperationException) { return e.Message + "<-" + e.InnerException!.Message; }
    }
    private static int Returns() { try { return 1; } finally { Console.WriteLine("return passes finally"); } }
    private static int Loops()
    {
        int n = 0;
        for (int i = 0; i < 10; i++) { try { if (i % 2 == 0) { continue; } if (i == 7) { break; } n += i; } finally { n += 100; } }
        return n;
    }
    public static void Main()
    {
        try { Depth(3); } catch (Special e) when (e.Code == 8) { Console.WriteLine("no"); } catch (Special e) { Console.WriteLine(e.Message); }
        Console.WriteLine(Nested());
        Console.WriteLine(Returns() + Loops());
        try { try { throw new Special(1); } catch (Exception) { throw; } } catch (Special e) { Console.WriteLine("rethrown " + e.Code); }
        try { string? none = null; Console.WriteLine(none!.Length); } catch (NullReferenceException) { Console.WriteLine("null"); }
        try { object o = "x"; Console.WriteLine((int)o); } catch (InvalidCastException) { Console.WriteLine("cast"); }
        try { throw new AggregateException(new Special(1), new Special(2)); } catch (AggregateException e) { Console.WriteLine(e.InnerExceptions.Count); }
        try { Environment_(); } catch (NotSupportedException e) { Console.WriteLine(e.Message); }
        Exception kept = new Special(3);
        Console.WriteLine(kept.ToString().Contains("special 3") + " " + kept.GetType().Name + " " + (kept.StackTrace == null));
        int caught = 0;
        for (int i = 0; i < 1000; i++) { try { Depth(0); } catch (Special) { caught++; } }
        Console.WriteLine(caught);
        using (new Scope("a")) using (new Scope("b")) { Console.WriteLine("body"); }
        try { using Scope s = new("c"); throw new Special(5); } catch (Special) { Console.WriteLine("after dispose"); }
    }
    private static void Environment_() => throw new NotSupportedException("no");
    private sealed class Scope(string name) : IDisposable { public void Dispose() => Console.WriteLine("dispose " + name); }
}
