// Pointers, function pointers, unions, unmanaged generics, stackalloc in expressions.
using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
namespace Programs;

public static unsafe class FunctionPointers
{
    [StructLayout(LayoutKind.Explicit)] private struct Union { [FieldOffset(0)] public float F; [FieldOffset(0)] public uint U; [FieldOffset(2)] public ushort High; [FieldOffset(8)] public long L; }
    [StructLayout(LayoutKind.Sequential, Pack = 1)] private struct Tight { public byte A; public int B; public short C; public double D; }
    [StructLayout(LayoutKind.Sequential, Size = 32)] private struct Wide { public int A; }
    private struct Node { public int Value; public Node* Next; }
    private static int Add(int a, int b) => a + b;
    private static int Mul(int a, int b) => a * b;
    private static T Identity<T>(T value) => value;
    private static void Fill(int* p, int n, delegate*<int, int, int> f) { for (int i = 0; i < n; i++) { p[i] = f(i, i + 1); } }
    [UnmanagedCallersOnly] private static int Native(int a) => a * 3;
    private static int SizeOf<T>() where T : unmanaged => sizeof(T);
    private static long Total<T>(T* p, int n, delegate*<T, long> f) where T : unmanaged { long t = 0; for (int i = 0; i < n; i++) { t += f(p[i]); } return t; }
    private static long FromByte(byte b) => b;
    private static long FromDouble(double d) => (long)d;
    private struct Big { public long A, B, C; public string S; }
    private static Big Make(int n) => new() { A = n, B = n * 2, C = n * 3, S = "s" + n };
    public static void Main()
    {
        delegate*<int, int, int>[] table = [&Add, &Mul];
        Console.WriteLine(table[0](3, 4) + " " + table[1](3, 4));
        int* numbers = stackalloc int[5];
        Fill(numbers, 5, &Mul);
        Console.WriteLine(new Span<int>(numbers, 5).ToArray().AsSpan().IndexOf(12) + " " + numbers[4] + " " + *(numbers + 3));
        delegate*<string, string> same = &Identity<string>;
        delegate*<double, double> sameDouble = &Identity<double>;
        Console.WriteLine(same("id") + sameDouble(2.5));
        delegate* unmanaged<int, int> native = &Native;
        Console.WriteLine(native(14));
        Union union = default;
        union.F = 1.5f;
        Console.WriteLine(union.U.ToString("X8") + " " + union.High + " " + sizeof(Union));
        Tight tight = new() { A = 1, B = -2, C = 3, D = 0.5 };
        Tight* t = &tight;
        Console.WriteLine(sizeof(Tight) + " " + t->B + " " + t->C + " " + t->D + " " + ((byte*)t)[1] + " " + sizeof(Wide));
        Node last = new() { Value = 3 }, middle = new() { Value = 2, Next = &last }, first = new() { Value = 1, Next = &middle };
        int sum = 0;
        for (Node* n = &first; n != null; n = n->Next) { sum = (sum * 10) + n->Value; }
        Console.WriteLine(sum);
        Console.WriteLine(SizeOf<int>() + SizeOf<Guid>() + SizeOf<(byte, long)>() + " " + (long)(&numbers[4] - numbers));
        byte* bytes = stackalloc byte[] { 1, 2, 250, 0 };
        double* doubles = stackalloc double[] { 1.9, 2.9 };
        Console.WriteLine(Total(bytes, 3, &FromByte) + " " + Total(doubles, 2, &FromDouble));
        fixed (char* c = "fixed") { Console.WriteLine(c[0] + "" + c[4] + (int)c[5]); }
        fixed (int* none = Array.Empty<int>()) { Console.WriteLine(none == null); }
        delegate*<int, Big> make = &Make;
        Big big = make(5);
        Console.WriteLine(big.C + big.S);
        nint address = (nint)numbers;
        Console.WriteLine(*(int*)(address + 8) + " " + Unsafe.ReadUnaligned<int>(bytes));
        void* raw = (void*)(delegate*<int, int, int>)&Add;
        Console.WriteLine(((delegate*<int, int, int>)raw)(40, 2));
    }
}
