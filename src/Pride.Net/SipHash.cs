// SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed 64-bit hash that an attacker without the key cannot predict.
//
// It makes initial sequence numbers (RFC 6528), the first ephemeral port to try (RFC 6056 algorithm 3) and the order of hash
// tables, whose keys come from the network.

using System;
using System.Buffers.Binary;
using System.Numerics;

namespace Pride.Net;

/// <summary>A 128-bit secret and the hash under it. Inputs here are one or two 64-bit words.</summary>
public readonly struct SipHash(ulong key0, ulong key1)
{
    /// <summary>A secret from <paramref name="entropy"/>.</summary>
    public static SipHash Create(IEntropySource entropy)
    {
        Span<byte> key = stackalloc byte[16];
        entropy.Fill(key);
        return new SipHash(BinaryPrimitives.ReadUInt64LittleEndian(key), BinaryPrimitives.ReadUInt64LittleEndian(key[8..]));
    }

    /// <summary>The hash of the two words as 16 bytes, little-endian.</summary>
    public ulong Hash(ulong first, ulong second)
    {
        ulong v0 = key0 ^ 0x736f6d6570736575;
        ulong v1 = key1 ^ 0x646f72616e646f6d;
        ulong v2 = key0 ^ 0x6c7967656e657261;
        ulong v3 = key1 ^ 0x7465646279746573;
        Absorb(first, ref v0, ref v1, ref v2, ref v3);
        Absorb(second, ref v0, ref v1, ref v2, ref v3);

        // The last block is the length in its top byte, after the bytes left over: none here.
        Absorb(16UL << 56, ref v0, ref v1, ref v2, ref v3);
        v2 ^= 0xFF;
        for (int i = 0; i < 4; i++)
        {
            Round(ref v0, ref v1, ref v2, ref v3);
        }

        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static void Absorb(ulong word, ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v3 ^= word;
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= word;
    }

    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v0 += v1;
        v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
        v0 = BitOperations.RotateLeft(v0, 32);
        v2 += v3;
        v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
        v2 = BitOperations.RotateLeft(v2, 32);
    }
}
