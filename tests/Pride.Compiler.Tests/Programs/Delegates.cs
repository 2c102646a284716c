// Static, instance, closed-over, multicast, removed, generic delegates, events, equality.
using System;
namespace Programs;

public static class Delegates
{
    private delegate int Combine(int a, int b);
    private static int Add(int a, int b) => a + b;
    private class Box { public int Value; public void Bump(int by) => Value += by; public virtual string Who() => "box"; public event Action<string>? Changed; public void Raise(string s) => Changed?.Invoke(s); }
    public static void Main()
    {
        Combine add = Add;
        Console.WriteLine(add(2, 3));
        int captured = 10;
        Func<int, int> scaled = x => x * captured;
        captured = 20;
        Console.WriteLine(scaled(3));
        Box box = new();
        Action<int>? bump = box.Bump;
        bump += box.Bump;
        bump += by => box.Value += by * 100;
        bump(1);
        Console.WriteLine(box.Value);
        bump -= box.Bump;
        bump!(1);
        Console.WriteLine(box.Value + " " + bump.GetInvocationList().Length);
        Action<string> log = s => Console.WriteLine("event " + s);
        box.Changed += log; box.Changed += s => Console.WriteLine("second " + s);
        box.Raise("x"); box.Changed -= log; box.Raise("y");
        Func<string> who = box.Who;
        Console.WriteLine(who() + (who == box.Who) + (new Combine(Add) == add) + who.Equals(new Func<string>(new Box().Who)));
        Func<int, Func<int, int>> curried = a => b => a - b;
        Console.WriteLine(curried(10)(4));
        Func<object, string> toText = o => o.ToString()!;
        Func<string, object> wider = toText;
        Console.WriteLine(wider("w"));
        Comparison<int>? none = null;
        Console.WriteLine(none?.Invoke(1, 2) ?? -1);
        static int Local(int n) => n <= 1 ? 1 : n * Local(n - 1);
        Console.WriteLine(Local(10));
        Console.WriteLine(add.Target == null ? "no target" : "target");
    }
}
