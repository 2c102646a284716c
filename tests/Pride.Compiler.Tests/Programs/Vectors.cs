using System;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Programs;

/// <summary>Every operation on Vector128 and Vector256 that the compiler emits itself, for every element type; and searches that use them.</summary>
public static class Vectors
{
    private static readonly byte[] s_bytes = new byte[64];

    public static void Main()
    {
        uint state = 99;
        for (int i = 0; i < s_bytes.Length; i++)
        {
            state = (state * 1664525) + 1013904223;
            s_bytes[i] = (byte)(state >> 24);
        }

        // Some equal elements, some extremes.
        s_bytes.AsSpan(0, 8).CopyTo(s_bytes.AsSpan(32));
        s_bytes.AsSpan(16, 4).Fill(0xff);
        s_bytes.AsSpan(48, 8).Fill(0x80);
        Integers<byte>();
        Integers<sbyte>();
        Integers<short>();
        Integers<ushort>();
        Integers<int>();
        Integers<uint>();
        Integers<long>();
        Integers<ulong>();
        Floats<float>([1.5f, -2.25f, 0f, float.NaN, float.PositiveInfinity, -0f, 3e38f, 1e-40f]);
        Floats<double>([1.5, -2.25, 0, double.NaN, double.NegativeInfinity, -0.0, 1e308, 5e-324]);
        Widths();
        Searches();
    }

    private static void Integers<T>()
        where T : unmanaged
    {
        ReadOnlySpan<T> data = MemoryMarshal.Cast<byte, T>(s_bytes);
        Vector128<T> a = Vector128.Create(data);
        Vector128<T> b = Vector128.Create(MemoryMarshal.Cast<byte, T>(s_bytes.AsSpan(32)));
        Common(a, b);
        Show("not", ~a);
        Show("shift", a << 3);
        Show("right", Vector128.ShiftRightLogical(a.AsInt32(), 5).As<int, T>());
        Show("unsigned right", a >>> 1);
        Show("masked shift", a << 67);
        Vector256<T> c = Vector256.Create(data);
        Vector256<T> d = Vector256.Create(a, b);
        Show("wide", (c + d) ^ (c & ~d));
        Console.WriteLine($"{Vector256.Equals(c, d).ExtractMostSignificantBits():x} {Vector256.EqualsAny(c, d)} {Vector256.LessThanAll(c, d)}");
        Show("lower", d.GetLower());
        Show("upper", d.GetUpper());
    }

    private static void Floats<T>(T[] values)
        where T : unmanaged
    {
        Vector128<T> a = Vector128.Create<T>(values);
        Vector128<T> b = Vector128.Create<T>(values.AsSpan(Vector128<T>.Count));
        Common(a, b);
        Common(b, a);
        Show("divide", a / b);
        Vector128<T> same = a;
        Console.WriteLine(a == same);
    }

    private static void Common<T>(Vector128<T> a, Vector128<T> b)
        where T : unmanaged
    {
        Console.WriteLine($"{typeof(T)} {Vector128<T>.Count} {a.ToScalar()} {b.GetElement(Vector128<T>.Count - 1)}");
        Show("add", a + b);
        Show("subtract", a - b);
        Show("multiply", a * b);
        Show("negate", -a);
        Show("minimum", Vector128.Min(a, b));
        Show("maximum", Vector128.Max(a, b));
        Show("and", a & b);
        Show("or", a | b);
        Show("xor", a ^ b);
        Show("and not", Vector128.AndNot(a, b));
        Show("select", Vector128.ConditionalSelect(Vector128.GreaterThan(a, b), a, b));
        Show("equal", Vector128.Equals(a, b));
        Show("less", Vector128.LessThan(a, b));
        Show("less or equal", Vector128.LessThanOrEqual(a, b));
        Show("greater or equal", Vector128.GreaterThanOrEqual(a, b));
        Show("all", Vector128<T>.AllBitsSet);
        Show("broadcast", Vector128.Create(b.ToScalar()));
        Console.WriteLine($"{Vector128.EqualsAll(a, b)} {Vector128.EqualsAny(a, b)} {Vector128.GreaterThanAll(a, b)} {a == b} {a != b} {Vector128.Sum(a)}");
        Console.WriteLine($"{a.ExtractMostSignificantBits():x} {b.ExtractMostSignificantBits():x}");
    }

    private static void Widths()
    {
        Vector128<byte> bytes = Vector128.Create<byte>(s_bytes);
        Vector128<short> shorts = bytes.AsInt16();
        Show("widen", Vector128.WidenLower(bytes));
        Show("widen upper", Vector128.WidenUpper(bytes));
        Show("widen signed", Vector128.WidenLower(shorts));
        Show("narrow", Vector128.Narrow(shorts, shorts + shorts));
        Show("arithmetic", Vector128.ShiftRightArithmetic(shorts, 3));
        Show("created", Vector128.Create(1, -2, 3, -4));
        ushort[] target = new ushort[16];
        Vector128.WidenLower(bytes).StoreUnsafe(ref target[0], 4);
        Console.WriteLine(string.Join(' ', target));
    }

    private static void Searches()
    {
        byte[] haystack = new byte[300];
        haystack[251] = 7;
        haystack[252] = 9;
        char[] text = new string('a', 200).ToCharArray();
        text[150] = 'z';
        Console.WriteLine(haystack.AsSpan().IndexOf((byte)7) + haystack.AsSpan().LastIndexOf((byte)9) + haystack.AsSpan().IndexOfAny<byte>(9, 5));
        Console.WriteLine(text.AsSpan().IndexOf('z') + new string(text).IndexOfAny(['x', 'y', 'z']) + text.AsSpan().Count('a'));
        Console.WriteLine(haystack.AsSpan().IndexOfAnyExcept((byte)0) + haystack.AsSpan(0, 200).IndexOf((byte)7));
        Console.WriteLine(new string(text).ToUpperInvariant()[148..152] + System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(new string('\u00e9', 40) + "plain")));
    }

    private static void Show<T>(string name, Vector128<T> value)
        where T : unmanaged => Show<T>(name, MemoryMarshal.CreateReadOnlySpan(ref System.Runtime.CompilerServices.Unsafe.As<Vector128<T>, T>(ref value), Vector128<T>.Count));

    private static void Show<T>(string name, Vector256<T> value)
        where T : unmanaged => Show<T>(name, MemoryMarshal.CreateReadOnlySpan(ref System.Runtime.CompilerServices.Unsafe.As<Vector256<T>, T>(ref value), Vector256<T>.Count));

    // Numbers, not bits: which NaN an operation makes is the instruction set's choice.
    private static void Show<T>(string name, ReadOnlySpan<T> elements)
        where T : unmanaged => Console.WriteLine($"  {name} {string.Join(' ', elements.ToArray())}");
}
