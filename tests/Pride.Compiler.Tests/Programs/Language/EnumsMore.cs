// Enums: names, flags, parsing, formats, all underlying types, undefined values, generic helpers.
using System;
using System.Collections.Generic;
using System.Linq;
namespace Programs;

public static class EnumsMore
{
    private enum Colour { Red, Green, Blue = 7, Violet = -2 }
    [Flags] private enum Access : byte { None = 0, Read = 1, Write = 2, Execute = 4, All = 7, High = 128 }
    private enum Big : ulong { Small = 1, Large = 0x8000000000000000 }
    private enum Signed : long { Minus = -5, Plus = 5 }
    private enum Short : short { A = -1, B }
    private enum Character : ushort { X = 'x' }
    private static string Names<T>() where T : struct, Enum => string.Join(',', Enum.GetNames<T>()) + "=" + string.Join(',', Enum.GetValues<T>().Select(v => v.ToString("D")));
    private static T ParseOr<T>(string text, T fallback) where T : struct, Enum => Enum.TryParse(text, true, out T value) ? value : fallback;
    public static void Main()
    {
        Console.WriteLine(Names<Colour>() + " " + Names<Access>() + " " + Names<Big>() + " " + Names<Signed>() + " " + Names<Short>() + " " + Names<Character>());
        Console.WriteLine(Colour.Blue + " " + (Colour)9 + " " + (Colour)(-2) + " " + (Access)3 + " " + (Access)5 + " " + (Access)16 + " " + Access.All + " " + (Access)0 + " " + (Access)129);
        Console.WriteLine($"{Colour.Green:G} {Colour.Green:D} {Colour.Green:X} {Access.All:F} {(Access)130:F} {Big.Large:X} {Colour.Red,8}|{Colour.Red,-8}|");
        Console.WriteLine(Enum.Parse<Colour>("Blue") + " " + Enum.Parse<Access>("Read, Execute") + " " + ParseOr("GREEN", Colour.Red) + " " + ParseOr("12", Colour.Red) + " " + ParseOr("zz", Colour.Violet) + " " + Enum.Parse<Access>("3"));
        try { Enum.Parse<Colour>("Mauve"); } catch (ArgumentException e) { Console.WriteLine(e.Message); }
        try { Enum.Parse<Colour>(""); } catch (ArgumentException e) { Console.WriteLine(e.Message); }
        Console.WriteLine(Enum.IsDefined(Colour.Blue) + " " + Enum.IsDefined((Colour)3) + " " + Enum.GetName(Colour.Blue) + " " + (Enum.GetName((Colour)3) ?? "none"));
        Access access = Access.Read | Access.Write;
        Console.WriteLine(access.HasFlag(Access.Read) + " " + access.HasFlag(Access.Execute) + " " + (access & ~Access.Read) + " " + (access ^ Access.All) + " " + ~access);
        object boxed = Colour.Blue;
        Console.WriteLine(boxed + " " + boxed.Equals(Colour.Blue) + " " + boxed.Equals(7) + " " + (boxed is Colour) + " " + (boxed is int) + " " + (int)(Colour)boxed + " " + boxed.GetHashCode() + " " + boxed.GetType().Name);
        Dictionary<Colour, int> counts = new() { [Colour.Red] = 1 };
        counts[Colour.Blue] = counts.GetValueOrDefault(Colour.Red) + 1;
        Console.WriteLine(counts[Colour.Blue] + " " + counts.ContainsKey(Colour.Green));
        Colour[] sorted = [Colour.Blue, Colour.Violet, Colour.Red];
        Array.Sort(sorted);
        Console.WriteLine(string.Join(' ', sorted) + " " + Colour.Red.CompareTo(Colour.Blue) + " " + Comparer<Colour>.Default.Compare(Colour.Violet, Colour.Red) + " " + sorted.Max());
        Console.WriteLine(typeof(Access).GetEnumUnderlyingType().Name + " " + Enum.GetUnderlyingType(typeof(Signed)).Name + " " + typeof(Colour).IsEnum + " " + typeof(Colour).Name + " " + Type.GetTypeCode(typeof(Access)));
        Console.WriteLine(((IFormattable)Colour.Green).ToString("x", null) + " " + string.Format("{0:d} {0}", Access.Execute) + " " + Convert.ToInt32(Colour.Blue) + " " + ((IConvertible)Colour.Blue).ToInt64(null));
        Colour? maybe = Colour.Green; Colour? none = null;
        Console.WriteLine(maybe + " " + none + "|" + (maybe == Colour.Green) + " " + maybe.GetValueOrDefault() + " " + (none ?? Colour.Blue));
        Console.WriteLine(Enum.ToObject(typeof(Colour), 1) + " " + (Colour)Enum.ToObject(typeof(Colour), 7L));
        DayOfWeek day = new DateTime(2024, 2, 29).DayOfWeek; Console.WriteLine(day + " " + (day + 3) + " " + (int)day);
    }
}
