// The server's memory: blocks of one size, so that nothing fragments and the total has a limit.
//
// Request heads beyond the small buffer, responses, file streaming and the cache of small files all live in these blocks.
// When none is left, the cache is asked to give one back; when it cannot, the caller refuses its own work.

using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;

namespace Pride.Http;

/// <summary>A bounded pool of equal byte arrays, made when first needed and never given back to the heap.</summary>
public sealed class BlockPool
{
    /// <summary>Bytes in a block. 16 KiB holds the longest request head, and 11 full TCP segments of 1460 bytes.</summary>
    public const int BlockBytes = 16 << 10;

    private readonly Stack<byte[]> _free;
    private readonly int _limit;
    private int _made;

    /// <summary>A pool of at most <paramref name="limit"/> blocks.</summary>
    public BlockPool(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        _limit = limit;
        _free = new Stack<byte[]>(limit);
    }

    /// <summary>Gives back at least one block to the pool and returns true, or false when it holds none that it can spare.</summary>
    public Func<bool>? Reclaim { get; set; }

    /// <summary>Blocks that are out.</summary>
    public int InUse => _made - _free.Count;

    /// <summary>Blocks that exist: the memory that the pool holds, used or not.</summary>
    public int Made => _made;

    /// <summary>A block, contents unspecified; false when the limit is reached and nothing can be reclaimed.</summary>
    public bool TryRent([NotNullWhen(true)] out byte[]? block)
    {
        if (_free.TryPop(out block))
        {
            return true;
        }

        if (_made < _limit)
        {
            _made++;
            block = new byte[BlockBytes];
            return true;
        }

        return Reclaim is { } reclaim && reclaim() && _free.TryPop(out block);
    }

    /// <summary>Takes a block back. It must have come from this pool and be returned once.</summary>
    public void Return(byte[] block)
    {
        if (block.Length != BlockBytes || _free.Count >= _made)
        {
            throw new ArgumentException("not a block of this pool, or returned twice", nameof(block));
        }

        _free.Push(block);
    }
}
