// Memory that is freed by hand (NativeMemory, Marshal.AllocHGlobal): arrays of the heap that a handle keeps. Objects never move, so
// their addresses stay. A header of two words stands before each block: the handle and the size asked for.

using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Pride.Machine;

namespace Pride.Runtime.Plugs;

/// <summary>malloc and its kin, which CoreLib takes from the C library.</summary>
[Plug("Interop/Sys", Assembly = "System.Private.CoreLib")]
internal static unsafe class NativeMemoryPlugs
{
    /// <summary>Bytes of the header, and what malloc aligns to.</summary>
    private const int HeaderBytes = 16;

    public static void* Malloc(nuint size) => Allocate(size, HeaderBytes);

    // The heap's memory is zeroed when it is handed out.
    public static void* Calloc(nuint num, nuint size) => size != 0 && num > nuint.MaxValue / size ? null : Allocate(num * size, HeaderBytes);

    public static void* Realloc(void* ptr, nuint new_size) => AlignedRealloc(ptr, HeaderBytes, new_size);

    public static void Free(void* ptr)
    {
        if (ptr != null)
        {
            GCHandle.FromIntPtr(HandleOf(ptr)).Free();
        }
    }

    public static void* AlignedAlloc(nuint alignment, nuint size) => Allocate(size, alignment);

    public static void* AlignedRealloc(void* ptr, nuint alignment, nuint new_size)
    {
        void* moved = Allocate(new_size, alignment);
        if (ptr != null && moved != null)
        {
            nuint size = SizeOf(ptr);
            MemoryOperations.Move((byte*)moved, (byte*)ptr, size < new_size ? size : new_size);
            Free(ptr);
        }

        return moved;
    }

    public static void AlignedFree(void* ptr) => Free(ptr);

    // Null when no array can be so large; an OutOfMemoryException when the heap is full.
    [NotAPlug]
    private static void* Allocate(nuint size, nuint alignment)
    {
        nuint whole = size + alignment + HeaderBytes;
        if (whole < size || whole > (nuint)Array.MaxLength)
        {
            return null;
        }

        byte[] block = new byte[(int)whole];
        byte* data = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(block));
        byte* start = (byte*)(((nuint)data + HeaderBytes + alignment - 1) & ~(alignment - 1));
        HandleOf(start) = GCHandle.ToIntPtr(GCHandle.Alloc(block));
        SizeOf(start) = size;
        return start;
    }

    [NotAPlug]
    private static ref nint HandleOf(void* block) => ref ((nint*)block)[-2];

    [NotAPlug]
    private static ref nuint SizeOf(void* block) => ref ((nuint*)block)[-1];
}
