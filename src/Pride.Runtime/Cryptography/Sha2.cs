// SHA-2 for words of either width (FIPS 180-4, section 6): SHA-256 and SHA-512 differ in word, rounds, constants and rotations alone.

using System;
using System.Numerics;

namespace Pride.Runtime.Cryptography;

/// <summary>What is one member's of the family.</summary>
/// <typeparam name="TWord">32 or 64 bits without sign.</typeparam>
internal interface ISha2<TWord>
    where TWord : unmanaged, IBinaryInteger<TWord>
{
    /// <summary>Bytes of a word.</summary>
    static abstract int WordBytes { get; }

    /// <summary>Section 4.2: a word for each round.</summary>
    static abstract ReadOnlySpan<TWord> Constants { get; }

    /// <summary>Section 5.3: the state before the first block, by the length of the result.</summary>
    static abstract ReadOnlySpan<TWord> Initial(int hashBytes);

    static abstract TWord Read(ReadOnlySpan<byte> bigEndian);

    static abstract void Write(Span<byte> bigEndian, TWord word);

    /// <summary>Section 4.1: the small sigma functions, of the message schedule.</summary>
    static abstract TWord Schedule0(TWord x);

    /// <inheritdoc cref="Schedule0"/>
    static abstract TWord Schedule1(TWord x);

    /// <summary>Section 4.1: the large sigma functions, of the rounds.</summary>
    static abstract TWord Sum0(TWord x);

    /// <inheritdoc cref="Sum0"/>
    static abstract TWord Sum1(TWord x);
}

/// <summary>One member of the family, its result perhaps cut off.</summary>
internal sealed class Sha2<TWord, TMember> : BlockHash
    where TWord : unmanaged, IBinaryInteger<TWord>
    where TMember : struct, ISha2<TWord>
{
    private const int StateWords = 8;
    private const int BlockWords = 16;

    /// <summary>The message's length stands in two words.</summary>
    private const int LengthWords = 2;

    private readonly TWord[] _state = new TWord[StateWords];

    /// <param name="hashBytes">Bytes of the result.</param>
    public Sha2(int hashBytes)
        : base(BlockWords * TMember.WordBytes, LengthWords * TMember.WordBytes)
    {
        HashBytes = hashBytes;
        ResetState();
    }

    private Sha2(Sha2<TWord, TMember> original)
        : base(original)
    {
        HashBytes = original.HashBytes;
        original._state.CopyTo(_state, 0);
    }

    public override int HashBytes { get; }

    public override BlockHash Clone() => new Sha2<TWord, TMember>(this);

    protected override void ResetState() => TMember.Initial(HashBytes).CopyTo(_state);

    protected override void WriteState(Span<byte> hash)
    {
        for (int i = 0; i < HashBytes / TMember.WordBytes; i++)
        {
            TMember.Write(hash[(i * TMember.WordBytes)..], _state[i]);
        }
    }

    protected override void Compress(ReadOnlySpan<byte> block)
    {
        ReadOnlySpan<TWord> constants = TMember.Constants;
        Span<TWord> w = stackalloc TWord[constants.Length];
        for (int i = 0; i < BlockWords; i++)
        {
            w[i] = TMember.Read(block[(i * TMember.WordBytes)..]);
        }

        for (int i = BlockWords; i < w.Length; i++)
        {
            w[i] = w[i - 16] + TMember.Schedule0(w[i - 15]) + w[i - 7] + TMember.Schedule1(w[i - 2]);
        }

        TWord a = _state[0], b = _state[1], c = _state[2], d = _state[3], e = _state[4], f = _state[5], g = _state[6], h = _state[7];
        for (int i = 0; i < w.Length; i++)
        {
            TWord first = h + TMember.Sum1(e) + ((e & f) ^ (~e & g)) + constants[i] + w[i];
            TWord second = TMember.Sum0(a) + ((a & b) ^ (a & c) ^ (b & c));
            (a, b, c, d, e, f, g, h) = (first + second, a, b, c, d + first, e, f, g);
        }

        _state[0] += a;
        _state[1] += b;
        _state[2] += c;
        _state[3] += d;
        _state[4] += e;
        _state[5] += f;
        _state[6] += g;
        _state[7] += h;
    }
}
