// using, finalizer suppression, weak references, object pools, array pools.
using System;
using System.Buffers;
namespace Programs;

public static class Disposables
{
    private sealed class Handle : IDisposable { public static int Open; public Handle() => Open++; public void Dispose() { Open--; GC.SuppressFinalize(this); } ~Handle() => Open -= 100; }
    public static void Main()
    {
        using (Handle a = new()) { using Handle b = new(); Console.WriteLine(Handle.Open); }
        Console.WriteLine(Handle.Open);
        byte[] rented = ArrayPool<byte>.Shared.Rent(1000);
        Console.WriteLine(rented.Length >= 1000);
        ArrayPool<byte>.Shared.Return(rented);
        Console.WriteLine(ReferenceEquals(rented, ArrayPool<byte>.Shared.Rent(1000)));
        ArrayBufferWriter<char> writer = new();
        writer.Write("buffered");
        writer.Write(" text");
        Console.WriteLine(writer.WrittenSpan.ToString());
        WeakReference<string> weak = new("kept by literal");
        Console.WriteLine(weak.TryGetTarget(out string? target) + " " + target);
    }
}
