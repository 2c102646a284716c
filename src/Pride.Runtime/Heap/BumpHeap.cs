// The heap of a driver: allocation only while Init runs, nothing is ever freed, a restart starts anew.

using System.Runtime.InteropServices;

namespace Pride.Runtime.Heap;

/// <summary>A pointer that moves up. Zero-initialised memory is a heap without room.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct BumpHeap
{
    /// <summary>Objects start at multiples of this.</summary>
    private const nuint Alignment = 16;

    private byte* _next;
    private byte* _end;
    private bool _isSealed;

    /// <summary>Bytes still free.</summary>
    public readonly nuint FreeBytes => (nuint)(_end - _next);

    public void Initialise(byte* memory, nuint size)
    {
        _next = (byte*)(((nuint)memory + Alignment - 1) & ~(Alignment - 1));
        _end = memory + size;
        _isSealed = false;
    }

    /// <summary>From here on every allocation is refused: Init is over.</summary>
    public void Seal() => _isSealed = true;

    /// <summary>Zeroed memory, or null when the heap is sealed or too small.</summary>
    public byte* Allocate(nuint size)
    {
        nuint rounded = (size + Alignment - 1) & ~(Alignment - 1);
        if (_isSealed || rounded > (nuint)(_end - _next))
        {
            return null;
        }

        byte* memory = _next;
        _next += rounded;
        MemoryOperations.Clear((byte*)memory, rounded);
        return memory;
    }
}
