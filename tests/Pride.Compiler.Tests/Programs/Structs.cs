// Value types: copies, equality by default, nullable, readonly, ref returns, explicit layout, fixed buffers.
using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
namespace Programs;

public static unsafe class Structs
{
    private struct Point(int x, int y) { public int X = x; public int Y = y; public readonly int Sum => X + Y; public void Move(int dx) => X += dx; }
    private struct Mixed { public byte A; public long B; public string? C; public Point D; }
    [StructLayout(LayoutKind.Explicit)] private struct Overlay { [FieldOffset(0)] public uint Word; [FieldOffset(0)] public byte Low; [FieldOffset(3)] public byte High; }
    private struct Buffer { public fixed byte Data[16]; }
    [InlineArray(4)] private struct Four { private int _first; }
    private static ref int Larger(ref int a, ref int b) => ref a > b ? ref a : ref b;
    public static void Main()
    {
        Point p = new(1, 2);
        Point q = p;
        q.Move(10);
        Console.WriteLine(p.Sum + " " + q.Sum);
        Console.WriteLine(p.Equals(q) + " " + p.Equals(new Point(1, 2)) + " " + new Mixed { C = "x" }.Equals(new Mixed { C = "x" }));
        int? none = null;
        int? some = 5;
        Console.WriteLine((none ?? 3) + (some ?? 3));
        Console.WriteLine(none.HasValue + " " + (some + none).HasValue + " " + (some > 4));
        object? boxed = none;
        Console.WriteLine(boxed == null);
        boxed = some;
        Console.WriteLine((int)boxed! + 1);
        Overlay overlay = new() { Word = 0x11223344 };
        Console.WriteLine(overlay.Low + " " + overlay.High);
        int a = 3, b = 9;
        Larger(ref a, ref b) = 100;
        Console.WriteLine(a + " " + b);
        Buffer buffer = default;
        for (int i = 0; i < 16; i++) { buffer.Data[i] = (byte)(i * 3); }
        Console.WriteLine(buffer.Data[15]);
        Four four = default;
        four[2] = 7;
        Span<int> view = four;
        Console.WriteLine(view[2] + view.Length);
        Console.WriteLine(sizeof(Point) + " " + Unsafe.SizeOf<Overlay>() + " " + sizeof(Buffer) + " " + Unsafe.SizeOf<Four>());
        (int x, string y) tuple = (1, "two");
        Console.WriteLine(tuple + " " + (tuple == (1, "two")));
    }
}
