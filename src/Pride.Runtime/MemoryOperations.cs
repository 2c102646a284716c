// memcpy, memmove, memset and memcmp: LLVM emits calls to them by name, so every image has them.
//
// Rules: no floating-point or SIMD registers (16 bytes go through a pair of general registers); no call to another
// method that LLVM could turn back into one of these. The compiler gives these four functions the attribute
// "no-builtins", which keeps LLVM from recognising the loops. Unaligned access is assumed to be cheap.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Pride.Machine;

namespace Pride.Runtime;

/// <summary>The four functions that compiled code expects from its environment.</summary>
public static unsafe class MemoryOperations
{
    private const nuint PairSize = 16;
    private const nuint LineSize = 64;

    /// <summary>Bytes from which on x86-64's string instruction pays: it takes some 35 cycles to get going.</summary>
    private const nuint StringSize = 256;

    /// <summary>16 bytes in two general registers.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Pair
    {
        public ulong Low;
        public ulong High;
    }

    /// <summary>Copies <paramref name="length"/> bytes between ranges that may overlap. Compiled to LLVM's memmove.</summary>
    [CompilerIntrinsic]
    public static void Move(byte* destination, byte* source, nuint length) =>
        System.Buffer.MemoryCopy(source, destination, length, length);

    /// <summary>Sets bytes to zero. Compiled to LLVM's memset.</summary>
    [CompilerIntrinsic]
    public static void Clear(byte* destination, nuint length) => NativeMemory.Clear(destination, length);

    /// <summary>Sets bytes to <paramref name="value"/>. Compiled to LLVM's memset.</summary>
    [CompilerIntrinsic]
    public static void Fill(byte* destination, byte value, nuint length) => NativeMemory.Fill(destination, length, value);

    [UnmanagedCallersOnly(EntryPoint = "memcpy")]
    public static byte* Memcpy(byte* destination, byte* source, nuint length)
    {
        CopyUp(destination, source, length);
        return destination;
    }

    [UnmanagedCallersOnly(EntryPoint = "memmove")]
    public static byte* Memmove(byte* destination, byte* source, nuint length)
    {
        if ((nuint)(destination - source) >= length)
        {
            CopyUp(destination, source, length);
        }
        else
        {
            CopyDown(destination, source, length);
        }

        return destination;
    }

    [UnmanagedCallersOnly(EntryPoint = "memset")]
    public static byte* Memset(byte* destination, int value, nuint length)
    {
        ulong word = (byte)value * 0x0101010101010101UL;
        byte* to = destination;
        if (length >= PairSize)
        {
            byte* last = destination + length - PairSize;
            for (; to < last; to += PairSize)
            {
                ((ulong*)to)[0] = word;
                ((ulong*)to)[1] = word;
            }

            ((ulong*)last)[0] = word;
            ((ulong*)last)[1] = word;
            return destination;
        }

        for (byte* end = destination + length; to < end; to++)
        {
            *to = (byte)value;
        }

        return destination;
    }

    [UnmanagedCallersOnly(EntryPoint = "memcmp")]
    public static int Memcmp(byte* left, byte* right, nuint length)
    {
        nuint i = 0;
        while (i + sizeof(ulong) <= length && *(ulong*)(left + i) == *(ulong*)(right + i))
        {
            i += sizeof(ulong);
        }

        for (; i < length; i++)
        {
            int difference = left[i] - right[i];
            if (difference != 0)
            {
                return difference;
            }
        }

        return 0;
    }

    // Ascending copy; right for overlapping ranges when the destination lies below. The last 16 bytes are read before
    // anything is written, so the tail needs no loop of its own.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyUp(byte* to, byte* from, nuint length)
    {
        if (length < PairSize)
        {
            CopyShort(to, from, length);
            return;
        }

        byte* lastTo = to + length - PairSize;
        Pair last = *(Pair*)(from + length - PairSize);
        if (length >= StringSize)
        {
            nuint lines = (length - 1) & ~(LineSize - 1);
            CopyLines(to, from, lines / sizeof(ulong));
            from += lines;
            to += lines;
            length -= lines;
        }

        while (length > LineSize)
        {
            CopyLine(to, from);
            from += LineSize;
            to += LineSize;
            length -= LineSize;
        }

        while (length > PairSize)
        {
            *(Pair*)to = *(Pair*)from;
            from += PairSize;
            to += PairSize;
            length -= PairSize;
        }

        *(Pair*)lastTo = last;
    }

    // Ascending; whole lines, given in words of 8 bytes.
    [InlineAssembly(Pride.Machine.Architecture.X64, "movq $0, %rdi; movq $1, %rsi; movq $2, %rcx; rep movsq", "r,r,r,~{rdi},~{rsi},~{rcx},~{memory}", ElseBody = true)]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyLines(byte* to, byte* from, nuint words)
    {
        for (byte* end = to + (words * sizeof(ulong)); to < end; to += LineSize, from += LineSize)
        {
            CopyLine(to, from);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyLine(byte* to, byte* from)
    {
        Pair first = ((Pair*)from)[0];
        Pair second = ((Pair*)from)[1];
        Pair third = ((Pair*)from)[2];
        Pair fourth = ((Pair*)from)[3];
        ((Pair*)to)[0] = first;
        ((Pair*)to)[1] = second;
        ((Pair*)to)[2] = third;
        ((Pair*)to)[3] = fourth;
    }

    // Descending copy, for a destination that overlaps the source from above.
    private static void CopyDown(byte* to, byte* from, nuint length)
    {
        if (length < PairSize)
        {
            CopyShort(to, from, length);
            return;
        }

        Pair first = *(Pair*)from;
        while (length > PairSize)
        {
            length -= PairSize;
            *(Pair*)(to + length) = *(Pair*)(from + length);
        }

        *(Pair*)to = first;
    }

    // Fewer than 16 bytes: at most two loads from each end, all before the stores, so overlap does not matter.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyShort(byte* to, byte* from, nuint length)
    {
        if (length >= 8)
        {
            ulong head = *(ulong*)from;
            ulong tail = *(ulong*)(from + length - 8);
            *(ulong*)to = head;
            *(ulong*)(to + length - 8) = tail;
        }
        else if (length >= 4)
        {
            uint head = *(uint*)from;
            uint tail = *(uint*)(from + length - 4);
            *(uint*)to = head;
            *(uint*)(to + length - 4) = tail;
        }
        else if (length != 0)
        {
            byte head = from[0];
            byte middle = from[length / 2];
            byte tail = from[length - 1];
            to[0] = head;
            to[length / 2] = middle;
            to[length - 1] = tail;
        }
    }
}
