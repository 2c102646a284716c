// Bytes of any length in blocks of a pool: the body of a response, or a file in the cache.

using System;
using System.Collections.Generic;

namespace Pride.Http;

/// <summary>A sequence of bytes that grows at its end. Its blocks go back to the pool when the last user lets go.</summary>
public sealed class BlockList(BlockPool pool)
{
    private readonly List<byte[]> _blocks = [];
    private int _users = 1;

    /// <summary>Bytes held.</summary>
    public int Length { get; private set; }

    /// <summary>Blocks held.</summary>
    public int BlockCount => _blocks.Count;

    /// <summary>True while more than one user holds the list.</summary>
    public bool IsShared => _users > 1;

    /// <summary>One more user.</summary>
    public void Share() => _users++;

    /// <summary>One user less; after the last the list is empty and may be used anew.</summary>
    public void Release()
    {
        if (--_users > 0)
        {
            return;
        }

        foreach (byte[] block in _blocks)
        {
            pool.Return(block);
        }

        _blocks.Clear();
        Length = 0;
        _users = 1;
    }

    /// <summary>Free bytes at the end, at least one; empty when the pool is exhausted.</summary>
    public Memory<byte> FreeSpace()
    {
        int inLast = Length % BlockPool.BlockBytes;
        if (inLast == 0 && Length == _blocks.Count * BlockPool.BlockBytes)
        {
            if (!pool.TryRent(out byte[]? block))
            {
                return default;
            }

            _blocks.Add(block);
        }

        return _blocks[^1].AsMemory(inLast);
    }

    /// <summary>The first <paramref name="count"/> bytes of <see cref="FreeSpace"/> are in use now.</summary>
    public void Advance(int count)
    {
        if ((uint)count > (uint)((_blocks.Count * BlockPool.BlockBytes) - Length))
        {
            throw new ArgumentOutOfRangeException(nameof(count));
        }

        Length += count;
    }

    /// <summary>Appends; false when the pool is exhausted (part may have been appended).</summary>
    public bool TryAppend(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            Span<byte> space = FreeSpace().Span;
            if (space.IsEmpty)
            {
                return false;
            }

            int count = Math.Min(space.Length, data.Length);
            data[..count].CopyTo(space);
            Length += count;
            data = data[count..];
        }

        return true;
    }

    /// <summary>The longest run of bytes in one block from <paramref name="offset"/> on, at most <paramref name="limit"/>.</summary>
    public ReadOnlyMemory<byte> Run(int offset, int limit)
    {
        int inBlock = offset % BlockPool.BlockBytes;
        int count = Math.Min(Math.Min(BlockPool.BlockBytes - inBlock, Length - offset), limit);
        return _blocks[offset / BlockPool.BlockBytes].AsMemory(inBlock, count);
    }
}
