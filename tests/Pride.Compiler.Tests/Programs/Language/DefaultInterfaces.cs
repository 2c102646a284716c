// Default interface methods: inherited, overridden further down, diamonds, on structs, with state in the class.
using System;
namespace Programs;

public static class DefaultInterfaces
{
    private interface INamed { string Name { get; } string Greeting() => "hello " + Name; static string Common => "common"; int Rank() => 1; }
    private interface IPolite : INamed { string INamed.Greeting() => "good day " + Name; }
    private interface ILoud : INamed { int INamed.Rank() => 10; string Shout() => Greeting().ToUpperInvariant(); }
    private sealed class Person(string name) : INamed { public string Name => name; }
    private sealed class Lady(string name) : IPolite, ILoud { public string Name => name; }
    private class Own(string name) : ILoud { public string Name => name; public virtual string Greeting() => "own " + Name; }
    private sealed class Derived(string name) : Own(name) { public override string Greeting() => "derived " + base.Greeting(); }
    private struct Number(int value) : INamed
    {
        public int Reads;
        public string Name { get { Reads++; return "n" + value; } }
    }
    private interface IStack<T> { int Count { get; } T this[int i] { get; } T Top => this[Count - 1]; string Dump() { string s = ""; for (int i = 0; i < Count; i++) { s += this[i] + ";"; } return s; } }
    private sealed class Stack<T>(params T[] items) : IStack<T> { public int Count => items.Length; public T this[int i] => items[i]; }
    private interface IEventful { event Action? Happened; void Raise() => RaiseCore(); protected void RaiseCore(); }
    private sealed class Eventful : IEventful { public event Action? Happened; void IEventful.RaiseCore() => Happened?.Invoke(); }
    private static string Call<T>(ref T named) where T : INamed => named.Greeting() + named.Rank();
    private interface IA { string M() => "A"; }
    private interface IB : IA { string IA.M() => "B"; }
    private interface IC : IB { abstract string IA.M(); }
    private sealed class C : IC { string IA.M() => "C"; }
    public static void Main()
    {
        INamed[] all = [new Person("Ann"), new Lady("Bea"), new Own("Cid"), new Derived("Dan"), new Number(5)];
        foreach (INamed named in all) { Console.WriteLine(named.Greeting() + " " + named.Rank()); }
        Console.WriteLine(((ILoud)all[1]).Shout() + " " + ((ILoud)all[3]).Shout() + " " + INamed.Common);
        Number number = new(7);
        Console.WriteLine(Call(ref number) + " " + number.Reads);
        IStack<string> words = new Stack<string>("a", "b");
        IStack<int> numbers = new Stack<int>(1, 2, 3);
        Console.WriteLine(words.Top + words.Dump() + numbers.Top + numbers.Dump());
        IEventful source = new Eventful();
        int count = 0;
        source.Happened += () => count++;
        source.Raise(); source.Raise();
        Console.WriteLine(count);
        Console.WriteLine(((IA)new C()).M());
    }
}
