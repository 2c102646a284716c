// A ring of bytes inside one large array: the buffers of connections and sockets.

using System;
using System.Diagnostics;

namespace Pride.Net;

/// <summary>
/// A first-in first-out buffer over a slice of a shared array; its capacity is a power of two. Bytes may also be placed
/// ahead of the end (out-of-order data), to be counted in later.
/// </summary>
internal struct ByteRing
{
    private readonly byte[] _bytes;
    private readonly int _start;
    private readonly int _mask;
    private int _head;

    public ByteRing(byte[] bytes, int start, int capacity)
    {
        Debug.Assert(capacity > 0 && (capacity & (capacity - 1)) == 0, "a ring's capacity is a power of two");
        _bytes = bytes;
        _start = start;
        _mask = capacity - 1;
    }

    public readonly int Capacity => _mask + 1;

    /// <summary>Bytes held.</summary>
    public int Count { get; private set; }

    public readonly int Free => Capacity - Count;

    public void Clear()
    {
        _head = 0;
        Count = 0;
    }

    /// <summary>Appends as much of <paramref name="source"/> as fits, and tells how much that is.</summary>
    public int Write(ReadOnlySpan<byte> source)
    {
        int length = Math.Min(source.Length, Free);
        PlaceAhead(0, source[..length]);
        Count += length;
        return length;
    }

    /// <summary>Puts <paramref name="source"/> at <paramref name="offset"/> bytes behind the end without counting it; it must fit.</summary>
    public readonly void PlaceAhead(int offset, ReadOnlySpan<byte> source)
    {
        Debug.Assert(offset >= 0 && offset + source.Length <= Free, "bytes are placed inside the free part");
        int at = (_head + Count + offset) & _mask;
        int first = Math.Min(source.Length, Capacity - at);
        source[..first].CopyTo(_bytes.AsSpan(_start + at, first));
        if (first < source.Length)
        {
            source[first..].CopyTo(_bytes.AsSpan(_start, source.Length - first));
        }
    }

    /// <summary>Counts in <paramref name="length"/> bytes that <see cref="PlaceAhead"/> or <see cref="WritableSpan"/> has put behind the end.</summary>
    public void Commit(int length)
    {
        Debug.Assert(length >= 0 && length <= Free, "only free bytes are committed");
        Count += length;
    }

    /// <summary>The contiguous free bytes behind the end (perhaps not all the free ones).</summary>
    public readonly Span<byte> WritableSpan()
    {
        int at = (_head + Count) & _mask;
        return _bytes.AsSpan(_start + at, Math.Min(Free, Capacity - at));
    }

    /// <summary>The contiguous bytes at the front (perhaps not all).</summary>
    public readonly ReadOnlySpan<byte> ReadableSpan() => _bytes.AsSpan(_start + _head, Math.Min(Count, Capacity - _head));

    /// <summary>Takes up to <paramref name="destination"/>'s length from the front.</summary>
    public int Read(Span<byte> destination)
    {
        int length = Math.Min(destination.Length, Count);
        Peek(0, destination[..length]);
        Consume(length);
        return length;
    }

    /// <summary>Copies bytes from <paramref name="offset"/> behind the front; all must be held.</summary>
    public readonly void Peek(int offset, Span<byte> destination)
    {
        Debug.Assert(offset >= 0 && offset + destination.Length <= Count, "only held bytes are read");
        int at = (_head + offset) & _mask;
        int first = Math.Min(destination.Length, Capacity - at);
        _bytes.AsSpan(_start + at, first).CopyTo(destination);
        if (first < destination.Length)
        {
            _bytes.AsSpan(_start, destination.Length - first).CopyTo(destination[first..]);
        }
    }

    /// <summary>As <see cref="Peek"/>, adding the bytes to an Internet checksum on the way.</summary>
    public readonly ulong PeekSumming(int offset, Span<byte> destination, ulong sum)
    {
        Debug.Assert(offset >= 0 && offset + destination.Length <= Count, "only held bytes are read");
        int at = (_head + offset) & _mask;
        int first = Math.Min(destination.Length, Capacity - at);
        sum = InternetChecksum.AddCopying(_bytes.AsSpan(_start + at, first), destination, sum);
        if (first == destination.Length)
        {
            return sum;
        }

        ulong rest = InternetChecksum.AddCopying(_bytes.AsSpan(_start, destination.Length - first), destination[first..], 0);
        return sum + ((first & 1) == 0 ? rest : InternetChecksum.AtOddOffset(rest));
    }

    /// <summary>Drops <paramref name="length"/> bytes from the front.</summary>
    public void Consume(int length)
    {
        Debug.Assert(length >= 0 && length <= Count, "only held bytes are consumed");
        _head = (_head + length) & _mask;
        Count -= length;
    }
}
