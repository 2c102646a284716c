// Names, flags, parsing, values, underlying types.
using System;
namespace Programs;

public static class Enums
{
    private enum Color { Red, Green = 5, Blue }
    [Flags] private enum Access : byte { None = 0, Read = 1, Write = 2, Execute = 4, All = 7 }
    private enum Big : long { Low = -1, High = long.MaxValue }
    public static void Main()
    {
        Console.WriteLine(Color.Green + " " + (Color)6 + " " + (Color)99);
        Console.WriteLine((Access.Read | Access.Execute) + " " + (Access)7 + " " + (Access)8 + " " + Access.None);
        Console.WriteLine(Big.Low.ToString() + Big.High);
        Console.WriteLine(Enum.Parse<Color>("Blue") + " " + Enum.TryParse("red", true, out Color red) + red + " " + Enum.IsDefined(Color.Green) + Enum.IsDefined((Color)1));
        Console.WriteLine(string.Join(",", Enum.GetNames<Color>()) + " " + Enum.GetValues<Color>().Length);
        Console.WriteLine(Access.All.HasFlag(Access.Write) + " " + Color.Red.Equals(Color.Red) + " " + Color.Blue.CompareTo(Color.Red) + " " + Color.Blue.GetHashCode());
        Console.WriteLine($"{Color.Blue:D} {Color.Blue:X} {Access.Read | Access.Write:G} {Color.Green,8}|");
        object boxed = Color.Blue;
        Console.WriteLine(boxed + " " + (Color)boxed + " " + (int)(Color)boxed + " " + boxed.Equals(Color.Blue));
        switch ((Color)boxed - 1) { case Color.Red: Console.WriteLine("r"); break; case Color.Green: Console.WriteLine("g"); break; }
    }
}
