// Which bytes ahead of the next expected one have arrived (RFC 9293 section 3.10.7.4, seventh step).
//
// The bytes themselves lie in the receive ring already, at their place; this is the bounded list of their ranges.

using System;
using System.Runtime.CompilerServices;

namespace Pride.Net;

/// <summary>Sorted, disjoint ranges [begin, end) of sequence numbers, all beyond the next expected one.</summary>
internal struct TcpReassembly
{
    /// <summary>Holes that one connection remembers. A segment that would need one more is dropped, and the peer sends it again.</summary>
    public const int MaximumRanges = 8;

    private Ranges _ranges;

    public int Count { get; private set; }

    public void Clear() => Count = 0;

    /// <summary>Adds a range, joining what touches. False: the list is full.</summary>
    public bool TryAdd(uint begin, uint end)
    {
        int first = 0;
        while (first < Count && Sequence.Less(_ranges[first].End, begin))
        {
            first++;
        }

        int last = first;
        while (last < Count && Sequence.LessOrEqual(_ranges[last].Begin, end))
        {
            begin = Sequence.Less(_ranges[last].Begin, begin) ? _ranges[last].Begin : begin;
            end = Sequence.Less(end, _ranges[last].End) ? _ranges[last].End : end;
            last++;
        }

        int joined = last - first;
        if (joined == 0 && Count == MaximumRanges)
        {
            return false;
        }

        Span<Range> ranges = _ranges;
        ranges[last..Count].CopyTo(ranges[(first + 1)..]);
        ranges[first] = new Range(begin, end);
        Count += 1 - joined;
        return true;
    }

    /// <summary>All before <paramref name="next"/> has arrived in order; returns up to where the bytes are now without a hole.</summary>
    public uint Advance(uint next)
    {
        Span<Range> ranges = _ranges;
        int passed = 0;
        while (passed < Count && Sequence.LessOrEqual(ranges[passed].Begin, next))
        {
            next = Sequence.Less(next, ranges[passed].End) ? ranges[passed].End : next;
            passed++;
        }

        if (passed > 0)
        {
            ranges[passed..Count].CopyTo(ranges);
            Count -= passed;
        }

        return next;
    }

    private readonly struct Range(uint begin, uint end)
    {
        public readonly uint Begin = begin;
        public readonly uint End = end;
    }

    [InlineArray(MaximumRanges)]
    private struct Ranges
    {
        private Range _first;
    }
}
