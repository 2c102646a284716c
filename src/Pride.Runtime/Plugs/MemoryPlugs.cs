// Block copies and fills. The collector needs no write barrier, so references move like bytes.

using System;
using System.Runtime.CompilerServices;
using Pride.Machine;

namespace Pride.Runtime.Plugs;

[Plug("System.SpanHelpers")]
internal static unsafe class SpanHelpersPlugs
{
    public static void Memmove(ref byte dest, ref byte src, nuint len) =>
        MemoryOperations.Move((byte*)Unsafe.AsPointer(ref dest), (byte*)Unsafe.AsPointer(ref src), len);

    public static void ClearWithoutReferences(ref byte dest, nuint len) => MemoryOperations.Clear((byte*)Unsafe.AsPointer(ref dest), len);

    public static void ClearWithReferences(ref IntPtr ip, nuint pointerSizeLength) =>
        MemoryOperations.Clear((byte*)Unsafe.AsPointer(ref ip), pointerSizeLength * (nuint)sizeof(nint));

    public static void Fill(ref byte dest, byte value, nuint len) =>
        MemoryOperations.Fill((byte*)Unsafe.AsPointer(ref dest), value, len);
}

[Plug(typeof(Buffer))]
internal static unsafe class BufferPlugs
{
    public static void BulkMoveWithWriteBarrier(ref byte destination, ref byte source, nuint byteCount) =>
        MemoryOperations.Move((byte*)Unsafe.AsPointer(ref destination), (byte*)Unsafe.AsPointer(ref source), byteCount);

    public static void Memmove<T>(ref T destination, ref T source, nuint elementCount) =>
        MemoryOperations.Move((byte*)Unsafe.AsPointer(ref destination), (byte*)Unsafe.AsPointer(ref source), elementCount * (nuint)Unsafe.SizeOf<T>());
}

[Plug(typeof(System.Runtime.InteropServices.NativeMemory))]
internal static unsafe class NativeMemoryBlockPlugs
{
    public static void Clear(void* ptr, nuint byteCount) => MemoryOperations.Clear((byte*)ptr, byteCount);

    public static void Copy(void* source, void* destination, nuint byteCount) =>
        MemoryOperations.Move((byte*)destination, (byte*)source, byteCount);

    public static void Fill(void* ptr, nuint byteCount, byte value) => MemoryOperations.Fill((byte*)ptr, value, byteCount);
}
