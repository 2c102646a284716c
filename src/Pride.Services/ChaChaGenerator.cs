// A generator of unpredictable bytes from a seed of 256 bits: ChaCha20 (RFC 8439, 2.3) with fast key erasure.
//
// Each block of 64 bytes begins with the next key, which replaces the present one at once; the other 32 bytes are given out and
// then forgotten. Who reads the generator's memory learns nothing of what was drawn before.

using System;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Pride.Services;

/// <summary>A seeded generator.</summary>
public sealed class ChaChaGenerator
{
    /// <summary>Bytes of a seed.</summary>
    public const int SeedBytes = 32;

    /// <summary>Bytes of a block.</summary>
    public const int BlockBytes = 64;

    private const int KeyWords = SeedBytes / sizeof(uint);
    private const int BlockWords = BlockBytes / sizeof(uint);
    private const int DoubleRounds = 10;

    private readonly uint[] _key = new uint[KeyWords];
    private readonly uint[] _block = new uint[BlockWords];

    // Bytes of the block that are still to be given out, at its end.
    private int _left;

    /// <summary>Starts anew from <paramref name="seed"/>, <see cref="SeedBytes"/> bytes.</summary>
    public void Seed(ReadOnlySpan<byte> seed)
    {
        MemoryMarshal.Cast<byte, uint>(seed[..SeedBytes]).CopyTo(_key);
        _left = 0;
    }

    /// <summary>Fills <paramref name="destination"/>.</summary>
    public void Fill(Span<byte> destination)
    {
        Span<byte> block = MemoryMarshal.AsBytes(_block.AsSpan());
        while (!destination.IsEmpty)
        {
            if (_left == 0)
            {
                Block(_key, default, 0, _block);
                _block.AsSpan(0, KeyWords).CopyTo(_key);
                block[..SeedBytes].Clear();
                _left = BlockBytes - SeedBytes;
            }

            Span<byte> next = block.Slice(BlockBytes - _left, Math.Min(_left, destination.Length));
            next.CopyTo(destination);
            next.Clear();
            _left -= next.Length;
            destination = destination[next.Length..];
        }
    }

    /// <summary>The block function (2.3.1): key of eight words, nonce of three, block counter; sixteen words of key stream.</summary>
    public static void Block(ReadOnlySpan<uint> key, ReadOnlySpan<uint> nonce, uint counter, Span<uint> stream)
    {
        // "expand 32-byte k"
        Span<uint> start = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, 0, 0, 0, 0, 0, 0, 0, 0, counter, 0, 0, 0];
        key[..KeyWords].CopyTo(start[4..]);
        nonce.CopyTo(start[13..]);
        start.CopyTo(stream);
        for (int i = 0; i < DoubleRounds; i++)
        {
            QuarterRound(stream, 0, 4, 8, 12);
            QuarterRound(stream, 1, 5, 9, 13);
            QuarterRound(stream, 2, 6, 10, 14);
            QuarterRound(stream, 3, 7, 11, 15);
            QuarterRound(stream, 0, 5, 10, 15);
            QuarterRound(stream, 1, 6, 11, 12);
            QuarterRound(stream, 2, 7, 8, 13);
            QuarterRound(stream, 3, 4, 9, 14);
        }

        for (int i = 0; i < BlockWords; i++)
        {
            stream[i] += start[i];
        }
    }

    private static void QuarterRound(Span<uint> state, int a, int b, int c, int d)
    {
        state[a] += state[b];
        state[d] = BitOperations.RotateLeft(state[d] ^ state[a], 16);
        state[c] += state[d];
        state[b] = BitOperations.RotateLeft(state[b] ^ state[c], 12);
        state[a] += state[b];
        state[d] = BitOperations.RotateLeft(state[d] ^ state[a], 8);
        state[c] += state[d];
        state[b] = BitOperations.RotateLeft(state[b] ^ state[c], 7);
    }
}
