// Ref fields, ref structs, ref returns, InlineArray, fixed buffers, scoped, ref readonly, generic ref structs.
using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
namespace Programs;

public static unsafe class RefStructs
{
    private ref struct Cursor<T>(ref T first, int count) { private readonly ref T _first = ref first; public readonly int Count = count; public int Index; public ref T Current => ref Unsafe.Add(ref _first, Index); public bool Next() => ++Index < Count; }
    private ref struct Pair { public ref int Left; public ref readonly int Right; public Span<byte> Bytes; }
    private ref struct Scope(Span<int> log) : IDisposable { private readonly Span<int> _log = log; public void Dispose() => _log[0]++; }
    [InlineArray(4)] private struct Four<T> { private T _first; }
    private struct Matrix { public Four<Four<int>> Rows; }
    private struct Fixed { public fixed byte Bytes[5]; public fixed long Longs[3]; public int Tail; }
    private interface IMeasure { int Measure(); }
    private ref struct Measured(ReadOnlySpan<char> text) : IMeasure { private readonly ReadOnlySpan<char> _text = text; public readonly int Measure() => _text.Length; }
    private static int MeasureAll<T>(T a) where T : IMeasure, allows ref struct => a.Measure();
    private static ref int Largest(Span<int> values) { ref int best = ref values[0]; foreach (ref int value in values) { if (value > best) { best = ref value; } } return ref best; }
    private static ref readonly int Pick(in int a, in int b, bool first) => ref first ? ref a : ref b;
    private static int SumOf(scoped ReadOnlySpan<int> values) { int sum = 0; foreach (int v in values) { sum += v; } return sum; }
    private static void Swap(ref int a, ref int b) => (a, b) = (b, a);
    private static int Sum(params ReadOnlySpan<int> values) => SumOf(values);
    public static void Main()
    {
        int[] data = [3, 9, 4];
        Cursor<int> cursor = new(ref data[0], data.Length);
        do { cursor.Current *= 2; } while (cursor.Next());
        Console.WriteLine(string.Join(' ', data));
        Largest(data) = 1;
        Console.WriteLine(string.Join(' ', data));
        int x = 5, y = 6;
        Pair pair = new() { Left = ref x, Right = ref y, Bytes = stackalloc byte[3] };
        pair.Left += pair.Right; pair.Bytes[2] = 7;
        Console.WriteLine(x + " " + pair.Bytes[2] + " " + Pick(x, y, false) + " " + Unsafe.IsNullRef(ref pair.Left));
        Swap(ref x, ref y);
        Console.WriteLine(x + " " + y);
        int[] log = [0];
        using (new Scope(log)) { log[0] += 10; }
        Console.WriteLine(log[0]);
        Four<int> four = default;
        four[1] = 8; four[^1] = 9;
        Span<int> span = four;
        span[0] = 4;
        Console.WriteLine(string.Join(',', span.ToArray()) + " " + four[0] + " " + SumOf(four) + " " + sizeof(Four<int>));
        try { int i = 4; four[i] = 1; } catch (IndexOutOfRangeException) { Console.WriteLine("outside"); }
        Four<string> names = default;
        names[2] = "two";
        foreach (string name in names) { Console.Write((name ?? "-") + " "); }
        Console.WriteLine();
        Matrix matrix = default;
        matrix.Rows[1][2] = 12;
        Matrix copy = matrix;
        copy.Rows[1][2]++;
        Console.WriteLine(matrix.Rows[1][2] + " " + copy.Rows[1][2] + " " + sizeof(Matrix));
        Fixed buffer = default;
        buffer.Bytes[4] = 255; buffer.Longs[2] = -1; buffer.Tail = 3;
        Fixed* p = &buffer;
        Console.WriteLine(p->Bytes[4] + " " + p->Longs[2] + " " + p->Tail + " " + sizeof(Fixed));
        Console.WriteLine(MeasureAll(new Measured("hello".AsSpan(1))) + " " + Sum(1, 2, 3) + " " + Sum());
        ref readonly int r = ref Pick(in x, in y, true);
        x = 77;
        Console.WriteLine(r);
        Span<(int, string)> tuples = [(1, "a"), (2, "b")];
        foreach (ref (int N, string S) t in tuples) { t.N *= 10; }
        Console.WriteLine(tuples[0].Item1 + tuples[1].Item2 + tuples[1].Item1);
        Span<int> many = stackalloc int[] { 5, 1, 3 };
        many.Sort();
        Console.WriteLine(string.Join(' ', many.ToArray()) + MemoryMarshal.Cast<int, byte>(many).Length);
    }
}
