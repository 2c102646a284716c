// Exceptions through everything: constructors, finally, iterators, filters, rethrow, inner ones, dispatch info, static constructors.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.ExceptionServices;
namespace Programs;

public static class ExceptionsMore
{
    private sealed class CustomException(string message, int code, Exception? inner = null) : Exception(message, inner) { public int Code => code; }
    private class Fragile { public Fragile(int n) { if (n > 2) { throw new CustomException("too many", n); } } }
    private sealed class Guard(string name) : IDisposable { public void Dispose() => Console.WriteLine("dispose " + name); }
    private static class Broken { public static readonly int Value = Compute(); private static int Compute() => throw new InvalidOperationException("static"); }
    private static int Finally(int n) { try { if (n == 0) { return 1; } if (n == 1) { throw new Exception("one"); } n += 10; } catch (Exception) { n = 100; } finally { Console.WriteLine("finally " + n); n++; } return n; }
    private static IEnumerable<int> Numbers() { try { yield return 1; yield return 2; throw new CustomException("in iterator", 5); } finally { Console.WriteLine("iterator finally"); } }
    private static bool Log(string text, bool result) { Console.WriteLine("filter " + text); return result; }
    private static void Nested()
    {
        try { try { throw new CustomException("inner", 1); } finally { Console.WriteLine("inner finally"); } }
        catch (CustomException e) when (e.Code == 2) { Console.WriteLine("not here"); }
        catch (CustomException e) when (e.Code == 1) { Console.WriteLine("caught " + e.Message); throw new InvalidOperationException("outer", e); }
    }
    private static int Deep(int n) => n == 0 ? throw new CustomException("deep", n) : Deep(n - 1) + 1;
    private static void Rethrow() { try { Deep(3); } catch (CustomException) { Console.WriteLine("rethrow"); throw; } }
    private static string Loop() { string s = ""; for (int i = 0; i < 5; i++) { try { if (i == 1) { continue; } if (i == 3) { break; } s += i; } finally { s += "f"; } } return s; }
    private static int Switching(int n) { while (true) { try { switch (n) { case 0: return 5; case 1: goto end; default: n--; continue; } } finally { Console.Write("s" + n + " "); } } end: return 9; }
    public static void Main()
    {
        Console.WriteLine(Finally(0) + " " + Finally(1) + " " + Finally(5));
        try { using Guard a = new("a"); using Guard b = new("b"); _ = new Fragile(3); } catch (CustomException e) { Console.WriteLine(e.Message + e.Code); }
        try { foreach (int n in Numbers()) { Console.WriteLine(n); } } catch (CustomException e) { Console.WriteLine(e.Message); }
        foreach (int n in Numbers().Take(1)) { Console.WriteLine("take " + n); }
        try { Nested(); } catch (InvalidOperationException e) { Console.WriteLine(e.Message + " <- " + e.InnerException!.Message + " " + (e.GetBaseException() as CustomException)!.Code); }
        try { Rethrow(); } catch (CustomException e) { Console.WriteLine("again " + e.Message); }
        try { throw new CustomException("filtered", 3); } catch (CustomException e) when (Log("first", false)) { Console.WriteLine(e.Code); } catch (Exception e) when (Log("second", true)) { Console.WriteLine("second " + e.Message); }
        try { throw new CustomException("filter throws", 3); } catch (CustomException e) when (1 / (e.Code - 3) == 0) { Console.WriteLine("never"); } catch (CustomException) { Console.WriteLine("filter failed"); }
        for (int i = 0; i < 2; i++) { try { Console.WriteLine(Broken.Value); } catch (TypeInitializationException e) { Console.WriteLine(e.InnerException!.Message + " " + e.TypeName); } }
        ExceptionDispatchInfo? info = null;
        try { Deep(2); } catch (Exception e) { info = ExceptionDispatchInfo.Capture(e); }
        try { info!.Throw(); } catch (CustomException e) { Console.WriteLine("dispatched " + e.Message); }
        try { try { throw new Exception("first"); } finally { Console.WriteLine("replaces"); ((Action)(() => throw new Exception("second")))(); } } catch (Exception e) { Console.WriteLine(e.Message); }
        Console.WriteLine(Loop() + " " + Switching(3) + " " + Switching(0));
        AggregateException all = new("several", new Exception("x"), new CustomException("y", 1));
        try { throw all; } catch (AggregateException e) { Console.WriteLine(e.InnerExceptions.Count + " " + e.Message); e.Handle(i => { Console.WriteLine("handles " + i.Message); return true; }); }
        string?[] names = ["a", null];
        try { foreach (string? n in names) { Console.WriteLine(n!.Length); } } catch (NullReferenceException e) { Console.WriteLine(e.GetType().Name); }
        try { throw null!; } catch (NullReferenceException) { Console.WriteLine("throw null"); }
        Exception data = new CustomException("data", 1) { HelpLink = "help", Data = { ["key"] = 5 } };
        Console.WriteLine(data.Data["key"] + data.HelpLink + data.Data.Count);
        Func<int> thrower = () => throw new NotImplementedException();
        try { thrower(); } catch (NotImplementedException) { Console.WriteLine("not implemented"); }
        try { checked { int n = int.MaxValue; n++; } } catch (OverflowException) { Console.WriteLine("overflow"); }
        try { object o = new object(); ((IDisposable)o).Dispose(); } catch (InvalidCastException) { Console.WriteLine("cast"); }
        try { _ = new List<int> { 1 }.First(n => n > 1); } catch (InvalidOperationException e) { Console.WriteLine(e.Message); }
        try { using StringReader reader = new("x"); reader.Dispose(); reader.Read(); } catch (ObjectDisposedException e) { Console.WriteLine(e.ObjectName + " " + (e is InvalidOperationException)); }
    }
}
