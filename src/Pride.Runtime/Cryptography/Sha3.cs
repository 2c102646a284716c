// SHA-3 (FIPS 202): blocks are added to a state of 1600 bits, which Keccak-f mixes; the result is the beginning of the state.

using System;
using System.Buffers.Binary;
using System.Numerics;

namespace Pride.Runtime.Cryptography;

/// <summary>SHA3-256, SHA3-384 and SHA3-512, by the bytes of the result.</summary>
internal sealed class Sha3 : BlockHash
{
    private const int Side = 5;
    private const int Lanes = Side * Side;
    private const int StateBytes = Lanes * sizeof(ulong);

    /// <summary>Section 6.1 and B.2: the suffix 01 of the hashes, and the first bit of the padding.</summary>
    private const byte SuffixAndPadding = 0x06;

    /// <summary>Section 5.1: the last bit of the padding.</summary>
    private const byte LastPadding = 0x80;

    // Lane (x, y) is at x + 5y.
    private readonly ulong[] _state = new ulong[Lanes];

    /// <param name="hashBytes">Bytes of the result; twice as many of the state are kept from the message.</param>
    public Sha3(int hashBytes)
        : base(StateBytes - (2 * hashBytes), lengthBytes: 0) => HashBytes = hashBytes;

    private Sha3(Sha3 original)
        : base(original)
    {
        HashBytes = original.HashBytes;
        original._state.CopyTo(_state, 0);
    }

    public override int HashBytes { get; }

    protected override byte PaddingStart => SuffixAndPadding;

    // Section 3.2.5: the constants of the rounds.
    private static ReadOnlySpan<ulong> RoundConstants =>
    [
        0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b, 0x0000000080000001,
        0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
        0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
        0x000000000000800a, 0x800000008000000a, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    ];

    public override BlockHash Clone() => new Sha3(this);

    protected override void ResetState() => Array.Clear(_state);

    protected override void EndLastBlock(Span<byte> block, ulong messageBytes) => block[^1] |= LastPadding;

    protected override void WriteState(Span<byte> hash)
    {
        for (int i = 0; i < HashBytes / sizeof(ulong); i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(hash[(i * sizeof(ulong))..], _state[i]);
        }
    }

    protected override void Compress(ReadOnlySpan<byte> block)
    {
        for (int i = 0; i < block.Length / sizeof(ulong); i++)
        {
            _state[i] ^= BinaryPrimitives.ReadUInt64LittleEndian(block[(i * sizeof(ulong))..]);
        }

        foreach (ulong constant in RoundConstants)
        {
            MixColumns(_state);
            RotateAndMove(_state);
            MixRows(_state);
            _state[0] ^= constant;
        }
    }

    // Section 3.2.1, theta.
    private static void MixColumns(Span<ulong> state)
    {
        Span<ulong> parity = stackalloc ulong[Side];
        for (int x = 0; x < Side; x++)
        {
            parity[x] = state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20];
        }

        for (int x = 0; x < Side; x++)
        {
            ulong mixed = parity[(x + 4) % Side] ^ BitOperations.RotateLeft(parity[(x + 1) % Side], 1);
            for (int lane = x; lane < Lanes; lane += Side)
            {
                state[lane] ^= mixed;
            }
        }
    }

    // Sections 3.2.2 and 3.2.3, rho and pi: each lane but the first goes to the place of the next, rotated by the triangular numbers.
    private static void RotateAndMove(Span<ulong> state)
    {
        (int x, int y) = (1, 0);
        ulong moved = state[1];
        for (int i = 1; i < Lanes; i++)
        {
            (x, y) = (y, ((2 * x) + (3 * y)) % Side);
            int place = x + (Side * y);
            ulong next = state[place];
            state[place] = BitOperations.RotateLeft(moved, i * (i + 1) / 2);
            moved = next;
        }
    }

    // Section 3.2.4, chi.
    private static void MixRows(Span<ulong> state)
    {
        for (int row = 0; row < Lanes; row += Side)
        {
            Span<ulong> lanes = state.Slice(row, Side);
            ulong first = lanes[0];
            ulong second = lanes[1];
            lanes[0] ^= ~lanes[1] & lanes[2];
            lanes[1] ^= ~lanes[2] & lanes[3];
            lanes[2] ^= ~lanes[3] & lanes[4];
            lanes[3] ^= ~lanes[4] & first;
            lanes[4] ^= ~first & second;
        }
    }
}
