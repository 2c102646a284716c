// What the hash functions have in common: a message is cut into blocks, each is worked into a state, and the last one carries padding and,
// but for SHA-3, the message's length (FIPS 180-4, sections 5.1 and 6).

using System;
using System.Buffers.Binary;

namespace Pride.Runtime.Cryptography;

/// <summary>A hash that is being computed. One object hashes one message after another.</summary>
internal abstract class BlockHash
{
    private readonly byte[] _block;
    private readonly int _lengthBytes;
    private int _filled;
    private ulong _messageBytes;

    /// <param name="blockBytes">Bytes of a block.</param>
    /// <param name="lengthBytes">Bytes at the end of the last block in which the message's length stands.</param>
    protected BlockHash(int blockBytes, int lengthBytes)
    {
        _block = new byte[blockBytes];
        _lengthBytes = lengthBytes;
    }

    /// <summary>A copy in the middle of a message.</summary>
    protected BlockHash(BlockHash original)
    {
        _block = (byte[])original._block.Clone();
        _lengthBytes = original._lengthBytes;
        _filled = original._filled;
        _messageBytes = original._messageBytes;
    }

    public int BlockBytes => _block.Length;

    /// <summary>Bytes of the result.</summary>
    public abstract int HashBytes { get; }

    /// <summary>The byte behind the message.</summary>
    protected virtual byte PaddingStart => 0x80;

    public abstract BlockHash Clone();

    /// <summary>Hashes the next bytes of the message.</summary>
    public void Append(ReadOnlySpan<byte> data)
    {
        _messageBytes += (ulong)data.Length;
        if (_filled > 0)
        {
            int count = Math.Min(_block.Length - _filled, data.Length);
            data[..count].CopyTo(_block.AsSpan(_filled));
            _filled += count;
            data = data[count..];
            if (_filled < _block.Length)
            {
                return;
            }

            Compress(_block);
            _filled = 0;
        }

        for (; data.Length >= _block.Length; data = data[_block.Length..])
        {
            Compress(data[.._block.Length]);
        }

        data.CopyTo(_block);
        _filled = data.Length;
    }

    /// <summary>Ends the message, writes its hash, and is ready for another message.</summary>
    public void Finish(Span<byte> hash)
    {
        _block[_filled++] = PaddingStart;
        if (_filled > _block.Length - _lengthBytes)
        {
            _block.AsSpan(_filled).Clear();
            Compress(_block);
            _filled = 0;
        }

        _block.AsSpan(_filled).Clear();
        EndLastBlock(_block, _messageBytes);
        Compress(_block);
        WriteState(hash);
        Reset();
    }

    /// <summary>Forgets the message so far.</summary>
    public void Reset()
    {
        Array.Clear(_block);
        _filled = 0;
        _messageBytes = 0;
        ResetState();
    }

    /// <summary>Writes what stands at the end of the last block: the bits of the message.</summary>
    protected virtual void EndLastBlock(Span<byte> block, ulong messageBytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(block[^sizeof(ulong)..], messageBytes << 3);
        if (_lengthBytes > sizeof(ulong))
        {
            BinaryPrimitives.WriteUInt64BigEndian(block[^(2 * sizeof(ulong))..], messageBytes >> 61);
        }
    }

    /// <summary>Works one block into the state.</summary>
    protected abstract void Compress(ReadOnlySpan<byte> block);

    protected abstract void WriteState(Span<byte> hash);

    protected abstract void ResetState();
}
