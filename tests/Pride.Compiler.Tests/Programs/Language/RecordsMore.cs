// Records: inheritance, with, equality, printing, positional and nominal, structs; required and init members; tuples; operators.
using System;
using System.Collections.Generic;
namespace Programs;

public static class RecordsMore
{
    private record Person(string Name, int Age) { public string? Nick { get; init; } public virtual string Title => "P " + Name; }
    private record Employee(string Name, int Age, decimal Salary) : Person(Name, Age) { public override string Title => "E " + Name; protected override bool PrintMembers(System.Text.StringBuilder b) { base.PrintMembers(b); b.Append(", Paid = ").Append(Salary > 0); return true; } }
    private readonly record struct Point(int X, int Y) { public static Point operator +(Point a, Point b) => new(a.X + b.X, a.Y + b.Y); public static Point operator -(Point a) => new(-a.X, -a.Y); public static implicit operator Point((int X, int Y) t) => new(t.X, t.Y); public static explicit operator int(Point p) => p.X * p.Y; }
    private record struct Mutable(int A, string B) { public int C = 3; }
    private sealed class Config { public required string Host { get; init; } public int Port { get; init; } = 80; public List<string> Tags { get; } = []; public string this[int i] => Tags[i]; }
    private record Node<T>(T Value, Node<T>? Next = null);
    private readonly struct Money : IEquatable<Money>, IComparable<Money>
    {
        private readonly long _cents; private Money(long cents) => _cents = cents;
        public static Money Of(decimal amount) => new((long)(amount * 100)); public bool Equals(Money other) => _cents == other._cents; public override bool Equals(object? o) => o is Money m && Equals(m); public override int GetHashCode() => _cents.GetHashCode(); public int CompareTo(Money other) => _cents.CompareTo(other._cents);
        public static bool operator ==(Money a, Money b) => a.Equals(b); public static bool operator !=(Money a, Money b) => !a.Equals(b); public static bool operator <(Money a, Money b) => a._cents < b._cents; public static bool operator >(Money a, Money b) => a._cents > b._cents;
        public static Money operator checked +(Money a, Money b) => new(checked(a._cents + b._cents)); public static Money operator +(Money a, Money b) => new(unchecked(a._cents + b._cents)); public static Money operator ++(Money a) => new(a._cents + 100); public static bool operator true(Money a) => a._cents != 0; public static bool operator false(Money a) => a._cents == 0;
        public override string ToString() => (_cents / 100m).ToString("F2");
    }
    public static void Main()
    {
        Person p = new("Ann", 30) { Nick = "A" };
        Person q = p with { Age = 31 };
        Employee e = new("Bob", 40, 100.5m);
        Console.WriteLine(p + " " + q + " " + e + " " + (p with { }) + " " + (p == p with { }) + " " + (p == q) + " " + p.Equals(null));
        Person asPerson = e; Person copy = asPerson with { Name = "Rob" };
        Console.WriteLine(copy + " " + copy!.Title + " " + (copy is Employee) + " " + (asPerson == new Person("Bob", 40)) + " " + p!.GetHashCode().Equals((p with { }).GetHashCode()));
        (string name, int age) = p!; Console.WriteLine(name + age);
        Point a = (1, 2), b = new(3, 4);
        Console.WriteLine(a + b + " " + -a + " " + (int)b + " " + (a == (1, 2)) + " " + a.Equals((object)b) + " " + new HashSet<Point> { a, b, (1, 2) }.Count);
        Mutable m = new(1, "x") { C = 9 }; Mutable n = m; n.A = 5; Console.WriteLine(m + " " + n + " " + (m == n) + " " + default(Mutable));
        Config config = new() { Host = "h", Tags = { "t1", "t2" } }; Console.WriteLine(config.Host + config.Port + config[1] + config.Tags.Count);
        Node<int> list = new(1, new(2, new(3))); Console.WriteLine(list + " " + (list.Next == new Node<int>(2, new(3))));
        Money five = Money.Of(5), six = five; six++; Console.WriteLine(five + " " + six + " " + (five < six) + " " + (five == Money.Of(5.00m)) + " " + (five + six) + " " + (five ? "some" : "none") + " " + checked(five + six));
        (int Id, string Text, (bool Flag, char C) Inner) tuple = (1, "t", (true, 'c')); var other = tuple; other.Inner.C = 'd'; Console.WriteLine(tuple + " " + other + " " + (tuple == other) + " " + tuple.Inner.Flag + " " + tuple.CompareTo(other));
        Console.WriteLine((1, "a").Equals((1, "a")) + " " + ((1, 2, 3, 4, 5, 6, 7, 8, 9)) + " " + Tuple.Create(1, "x") + " " + ValueTuple.Create());
        var anonymous = new { A = 1, B = "b", C = new[] { 1 } }; Console.WriteLine(anonymous.ToString()!.Length + " " + anonymous.A + " " + new { X = 1 }.Equals(new { X = 1 }) + " " + new { X = 1, Y = "z" });
        int[] items = [1, 2, 3, 4, 5]; Index last = ^1; Range middle = 1..^1; Console.WriteLine(items[last] + " " + string.Join(',', items[middle]) + " " + "hello"[1..3] + " " + items[..2].Length + " " + middle + " " + last);
        int? x = null; x ??= 4; int? z = null; int? y = x + z; Console.WriteLine(x + " " + y.HasValue + " " + (x > 3) + " " + (y > 3) + " " + (x ?? 0) + " " + x?.ToString()?.Length);
    }
}
