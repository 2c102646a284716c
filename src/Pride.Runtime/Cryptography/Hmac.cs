// HMAC (RFC 2104): the hash of the message behind one padded key, hashed again behind another.

using System;

namespace Pride.Runtime.Cryptography;

/// <summary>A keyed hash that is being computed.</summary>
internal sealed class Hmac
{
    private const byte InnerPadding = 0x36;
    private const byte OuterPadding = 0x5c;

    // The states behind the padded keys, where each message begins.
    private readonly BlockHash _innerStart;
    private readonly BlockHash _outerStart;
    private BlockHash _inner;

    public Hmac(BlockHash hash, ReadOnlySpan<byte> key)
    {
        Span<byte> padded = stackalloc byte[hash.BlockBytes];
        padded.Clear();
        if (key.Length > padded.Length)
        {
            hash.Append(key);
            hash.Finish(padded);
        }
        else
        {
            key.CopyTo(padded);
        }

        _innerStart = Keyed(hash, padded, InnerPadding);
        _outerStart = Keyed(hash, padded, OuterPadding);
        _inner = _innerStart.Clone();
        padded.Clear();
    }

    private Hmac(Hmac original)
    {
        _innerStart = original._innerStart;
        _outerStart = original._outerStart;
        _inner = original._inner.Clone();
    }

    /// <summary>Bytes of the result.</summary>
    public int HashBytes => _inner.HashBytes;

    public Hmac Clone() => new(this);

    public void Append(ReadOnlySpan<byte> data) => _inner.Append(data);

    /// <summary>Ends the message, writes its code, and is ready for another message with the same key.</summary>
    public void Finish(Span<byte> code)
    {
        _inner.Finish(code);
        BlockHash outer = _outerStart.Clone();
        outer.Append(code[..HashBytes]);
        outer.Finish(code);
        Reset();
    }

    /// <summary>Forgets the message so far.</summary>
    public void Reset() => _inner = _innerStart.Clone();

    private static BlockHash Keyed(BlockHash hash, ReadOnlySpan<byte> key, byte padding)
    {
        Span<byte> block = stackalloc byte[key.Length];
        for (int i = 0; i < key.Length; i++)
        {
            block[i] = (byte)(key[i] ^ padding);
        }

        hash.Reset();
        hash.Append(block);
        block.Clear();
        return hash.Clone();
    }
}
