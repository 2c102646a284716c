// The pointers of a blob in the order of their offsets. They are mostly added in that order.

using System;

namespace Pride.Compiler.Emit;

/// <summary>Offsets and what is pointed to from there: two arrays side by side, sorted by offset.</summary>
internal sealed class PointerTable
{
    private const int FirstCapacity = 4;

    private int[] _offsets = [];
    private DataPointer[] _pointers = [];

    public int Count { get; private set; }

    /// <summary>All of them, by ascending offset.</summary>
    public ReadOnlySpan<DataPointer> Values => _pointers.AsSpan(0, Count);

    /// <summary>The offsets, ascending; those of <see cref="Values"/>.</summary>
    public ReadOnlySpan<int> Offsets => _offsets.AsSpan(0, Count);

    /// <summary>Sets the pointer at <paramref name="offset"/>.</summary>
    public void Set(int offset, DataPointer pointer)
    {
        int at = Count > 0 && _offsets[Count - 1] < offset ? ~Count : Find(offset);
        if (at < 0)
        {
            at = ~at;
            if (Count == _offsets.Length)
            {
                Array.Resize(ref _offsets, int.Max(FirstCapacity, Count * 2));
                Array.Resize(ref _pointers, _offsets.Length);
            }

            Array.Copy(_offsets, at, _offsets, at + 1, Count - at);
            Array.Copy(_pointers, at, _pointers, at + 1, Count - at);
            _offsets[at] = offset;
            Count++;
        }

        _pointers[at] = pointer;
    }

    /// <summary>The pointer at <paramref name="offset"/>, if there is one.</summary>
    public bool TryGet(int offset, out DataPointer pointer)
    {
        int at = Find(offset);
        pointer = at < 0 ? default : _pointers[at];
        return at >= 0;
    }

    public void Remove(int offset)
    {
        int at = Find(offset);
        if (at >= 0)
        {
            Count--;
            Array.Copy(_offsets, at + 1, _offsets, at, Count - at);
            Array.Copy(_pointers, at + 1, _pointers, at, Count - at);
        }
    }

    /// <summary>Index of the first pointer at or behind <paramref name="offset"/>.</summary>
    public int FirstFrom(int offset)
    {
        int at = Find(offset);
        return at < 0 ? ~at : at;
    }

    // Index, or the complement of where it would be.
    private int Find(int offset) => Array.BinarySearch(_offsets, 0, Count, offset);
}
