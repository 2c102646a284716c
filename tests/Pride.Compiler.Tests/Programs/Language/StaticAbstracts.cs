// Static abstract and static virtual members, operators in interfaces, generic arithmetic over one's own types.
using System;
using System.Collections.Generic;
using System.Numerics;
namespace Programs;

public static class StaticAbstracts
{
    private interface IParser<TSelf> where TSelf : IParser<TSelf>
    {
        static abstract TSelf Read(string text);
        static virtual string Kind => "unknown";
        static virtual TSelf Default() => TSelf.Read("0");
    }
    private readonly record struct Metres(double Value) : IParser<Metres>, IAdditionOperators<Metres, Metres, Metres>, IAdditiveIdentity<Metres, Metres>
    {
        public static Metres Read(string text) => new(double.Parse(text));
        public static string Kind => "length";
        public static Metres operator +(Metres left, Metres right) => new(left.Value + right.Value);
        public static Metres AdditiveIdentity => default;
    }
    private sealed class Word(string text) : IParser<Word>
    {
        public string Text => text;
        public static Word Read(string text) => new("<" + text + ">");
    }
    private static T Sum<T>(IEnumerable<T> items) where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        T total = T.AdditiveIdentity;
        foreach (T item in items) { total += item; }
        return total;
    }
    private static string Show<T>(string text) where T : IParser<T> => T.Kind + " " + T.Read(text) + " " + T.Default();
    private static T Power<T>(T value, int exponent) where T : INumber<T> { T result = T.One; for (int i = 0; i < exponent; i++) { result *= value; } return result; }
    private static T Clamp<T>(T value) where T : INumber<T>, IMinMaxValue<T> => T.Max(T.MinValue, T.Min(value, T.CreateChecked(100)));
    private static int Bits<T>(T value) where T : IBinaryInteger<T> => int.CreateChecked(T.PopCount(value)) + value.GetByteCount();
    private interface IShape { static abstract int Sides { get; } static int Double<T>() where T : IShape => T.Sides * 2; }
    private struct Square : IShape { public static int Sides => 4; }
    private struct Triangle : IShape { static int IShape.Sides => 3; }
    private class Polynomial<T>(T[] coefficients) where T : INumberBase<T>
    {
        public T At(T x) { T y = T.Zero; for (int i = coefficients.Length - 1; i >= 0; i--) { y = (y * x) + coefficients[i]; } return y; }
    }
    public static void Main()
    {
        Console.WriteLine(Show<Metres>("2.5"));
        Console.WriteLine(Word.Read("w").Text + " " + Kinds<Word>() + " " + Kinds<Metres>());
        Console.WriteLine(Sum([new Metres(1), new Metres(2.5)]).Value + " " + Sum([1, 2, 3]) + " " + Sum([1.5m, 2.5m]));
        Console.WriteLine(Power(3, 4) + " " + Power(1.5, 3) + " " + Power(2m, 10) + " " + Power((Int128)7, 30) + " " + Power(new BigInteger(9), 20));
        Console.WriteLine(Clamp((byte)200) + " " + Clamp(99L) + " " + Clamp(1000.5) + " " + Clamp((short)-5));
        Console.WriteLine(Bits(255) + " " + Bits((byte)255) + " " + Bits(-1L) + " " + Bits((UInt128)3));
        Console.WriteLine(IShape.Double<Square>() + " " + IShape.Double<Triangle>());
        Console.WriteLine(new Polynomial<int>([1, 2, 3]).At(2) + " " + new Polynomial<double>([0.5, 0, 2]).At(1.5) + " " + new Polynomial<Complex>([1, Complex.ImaginaryOne]).At(new Complex(0, 2)).Real);
        try { byte.CreateChecked(300); } catch (OverflowException) { Console.WriteLine("too large"); }
        Console.WriteLine(byte.CreateSaturating(300) + " " + byte.CreateTruncating(300) + " " + int.CreateSaturating(double.NaN) + " " + uint.CreateSaturating(-1L));
        Console.WriteLine(Parse<int>("12") + Parse<long>("30") + " " + Parse<double>("1.25") + " " + TryParse<byte>("256") + " " + TryParse<Guid>("nope"));
    }
    private static string Kinds<T>() where T : IParser<T> => T.Kind;
    private static T Parse<T>(string text) where T : IParsable<T> => T.Parse(text, null);
    private static bool TryParse<T>(string text) where T : ISpanParsable<T> => T.TryParse(text.AsSpan(), null, out _);
}
