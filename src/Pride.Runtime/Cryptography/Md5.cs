// MD5 (RFC 1321). Not safe against anybody who wants two messages of one hash; ETags, old protocols and checksums still ask for it.

using System;
using System.Buffers.Binary;
using System.Numerics;

namespace Pride.Runtime.Cryptography;

/// <summary>MD5.</summary>
internal sealed class Md5 : BlockHash
{
    private const int Block = 64;
    private const int WordMask = (Block / sizeof(uint)) - 1;
    private const int Steps = 64;
    private const int StepsPerRound = 16;

    private readonly uint[] _state = new uint[4];

    public Md5()
        : base(Block, sizeof(ulong)) => ResetState();

    private Md5(Md5 original)
        : base(original) => original._state.CopyTo(_state, 0);

    public override int HashBytes => 16;

    private static ReadOnlySpan<uint> Initial => [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];

    // Section 3.4: the rotations of each round, used in turn.
    private static ReadOnlySpan<byte> Rotations => [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];

    // Section 3.4: the integer part of 2^32 * abs(sin(i)), i = 1 to 64.
    private static ReadOnlySpan<uint> Sines =>
    [
        0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
        0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
        0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
        0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
        0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
        0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
        0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
        0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
    ];

    public override BlockHash Clone() => new Md5(this);

    protected override void ResetState() => Initial.CopyTo(_state);

    protected override void EndLastBlock(Span<byte> block, ulong messageBytes) =>
        BinaryPrimitives.WriteUInt64LittleEndian(block[^sizeof(ulong)..], messageBytes << 3);

    protected override void WriteState(Span<byte> hash)
    {
        for (int i = 0; i < _state.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(hash[(i * sizeof(uint))..], _state[i]);
        }
    }

    protected override void Compress(ReadOnlySpan<byte> block)
    {
        uint a = _state[0], b = _state[1], c = _state[2], d = _state[3];
        for (int i = 0; i < Steps; i++)
        {
            int round = i / StepsPerRound;
            (uint mixed, int word) = round switch
            {
                0 => ((b & c) | (~b & d), i),
                1 => ((b & d) | (c & ~d), (5 * i) + 1),
                2 => (b ^ c ^ d, (3 * i) + 5),
                _ => (c ^ (b | ~d), 7 * i),
            };
            uint input = BinaryPrimitives.ReadUInt32LittleEndian(block[((word & WordMask) * sizeof(uint))..]);
            uint next = b + BitOperations.RotateLeft(a + mixed + input + Sines[i], Rotations[(4 * round) + (i & 3)]);
            (a, b, c, d) = (d, next, b, c);
        }

        _state[0] += a;
        _state[1] += b;
        _state[2] += c;
        _state[3] += d;
    }
}
