// SHA-256 written out, over the test vectors of FIPS 180-4.
using System;
using System.Buffers.Binary;
using System.Numerics;
namespace Programs;

public static class Sha256
{
    private static readonly uint[] s_constants = Constants();
    private static uint[] Constants()
    {
        uint[] k = new uint[64];
        int found = 0;
        for (int n = 2; found < 64; n++)
        {
            bool prime = true;
            for (int d = 2; d * d <= n; d++) { if (n % d == 0) { prime = false; break; } }
            if (prime) { k[found++] = Fraction(n); }
        }
        return k;
    }
    // The first 32 bits of the fractional part of the cube root of n, by integer search.
    private static uint Fraction(int n)
    {
        UInt128 target = (UInt128)(uint)n << 96;
        ulong low = 0, high = 8UL << 32;
        while (high - low > 1) { ulong middle = (low + high) / 2; if ((UInt128)middle * middle * middle <= target) { low = middle; } else { high = middle; } }
        return (uint)low;
    }
    private static string Hash(ReadOnlySpan<byte> message)
    {
        uint[] h = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
        byte[] padded = new byte[(message.Length + 9 + 63) / 64 * 64];
        message.CopyTo(padded);
        padded[message.Length] = 0x80;
        BinaryPrimitives.WriteUInt64BigEndian(padded.AsSpan(padded.Length - 8), (ulong)message.Length * 8);
        Span<uint> w = stackalloc uint[64];
        for (int block = 0; block < padded.Length; block += 64)
        {
            for (int i = 0; i < 16; i++) { w[i] = BinaryPrimitives.ReadUInt32BigEndian(padded.AsSpan(block + (i * 4))); }
            for (int i = 16; i < 64; i++)
            {
                uint s0 = BitOperations.RotateRight(w[i - 15], 7) ^ BitOperations.RotateRight(w[i - 15], 18) ^ (w[i - 15] >> 3);
                uint s1 = BitOperations.RotateRight(w[i - 2], 17) ^ BitOperations.RotateRight(w[i - 2], 19) ^ (w[i - 2] >> 10);
                w[i] = w[i - 16] + s0 + w[i - 7] + s1;
            }
            (uint a, uint b, uint c, uint d, uint e, uint f, uint g, uint x) = (h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7]);
            for (int i = 0; i < 64; i++)
            {
                uint t1 = x + (BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25)) + ((e & f) ^ (~e & g)) + s_constants[i] + w[i];
                uint t2 = (BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
                (x, g, f, e, d, c, b, a) = (g, f, e, d + t1, c, b, a, t1 + t2);
            }
            h[0] += a; h[1] += b; h[2] += c; h[3] += d; h[4] += e; h[5] += f; h[6] += g; h[7] += x;
        }
        byte[] digest = new byte[32];
        for (int i = 0; i < 8; i++) { BinaryPrimitives.WriteUInt32BigEndian(digest.AsSpan(i * 4), h[i]); }
        return Convert.ToHexStringLower(digest);
    }
    public static void Main()
    {
        Console.WriteLine(Hash(""u8));
        Console.WriteLine(Hash("abc"u8));
        Console.WriteLine(Hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"u8));
        byte[] million = new byte[1_000_000];
        Array.Fill(million, (byte)'a');
        Console.WriteLine(Hash(million));
    }
}
