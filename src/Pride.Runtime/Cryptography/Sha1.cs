// SHA-1 (FIPS 180-4, section 6.1.2). No longer safe for signatures; protocols such as WebSocket still ask for it.

using System;
using System.Buffers.Binary;
using System.Numerics;

namespace Pride.Runtime.Cryptography;

/// <summary>SHA-1.</summary>
internal sealed class Sha1 : BlockHash
{
    private const int Block = 64;
    private const int Rounds = 80;
    private const int RoundsPerPhase = 20;

    private readonly uint[] _state = new uint[5];

    public Sha1()
        : base(Block, sizeof(ulong)) => ResetState();

    private Sha1(Sha1 original)
        : base(original) => original._state.CopyTo(_state, 0);

    public override int HashBytes => 20;

    private static ReadOnlySpan<uint> Initial => [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];

    public override BlockHash Clone() => new Sha1(this);

    protected override void ResetState() => Initial.CopyTo(_state);

    protected override void WriteState(Span<byte> hash)
    {
        for (int i = 0; i < _state.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(hash[(i * sizeof(uint))..], _state[i]);
        }
    }

    protected override void Compress(ReadOnlySpan<byte> block)
    {
        Span<uint> w = stackalloc uint[Rounds];
        for (int i = 0; i < Block / sizeof(uint); i++)
        {
            w[i] = BinaryPrimitives.ReadUInt32BigEndian(block[(i * sizeof(uint))..]);
        }

        for (int i = Block / sizeof(uint); i < Rounds; i++)
        {
            w[i] = BitOperations.RotateLeft(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
        }

        uint a = _state[0], b = _state[1], c = _state[2], d = _state[3], e = _state[4];
        for (int i = 0; i < Rounds; i++)
        {
            (uint f, uint k) = (i / RoundsPerPhase) switch
            {
                0 => ((b & c) | (~b & d), 0x5a827999u),
                1 => (b ^ c ^ d, 0x6ed9eba1u),
                2 => ((b & c) | (b & d) | (c & d), 0x8f1bbcdcu),
                _ => (b ^ c ^ d, 0xca62c1d6u),
            };
            uint next = BitOperations.RotateLeft(a, 5) + f + e + k + w[i];
            (a, b, c, d, e) = (next, a, BitOperations.RotateLeft(b, 30), c, d);
        }

        _state[0] += a;
        _state[1] += b;
        _state[2] += c;
        _state[3] += d;
        _state[4] += e;
    }
}
