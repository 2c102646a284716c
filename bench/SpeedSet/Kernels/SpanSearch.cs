// Searching 8 MiB of bytes and 4 Mi characters: IndexOf, IndexOfAny, Count, SequenceEqual.

using System;

namespace SpeedSet;

/// <summary>MemoryExtensions.</summary>
internal static class SpanSearch
{
    private const int Bytes = 8 * 1024 * 1024;
    private const int Characters = 4 * 1024 * 1024;

    private static readonly byte[] s_bytes = new byte[Bytes];
    private static readonly byte[] s_copy = new byte[Bytes];
    private static readonly char[] s_characters = new char[Characters];

    public static void Main()
    {
        for (int i = 0; i < Bytes; i++)
        {
            s_bytes[i] = (byte)('a' + (i % 25));
        }

        for (int i = 4096; i < Bytes; i += 4096)
        {
            s_bytes[i] = (byte)'\n';
        }

        s_bytes.CopyTo(s_copy, 0);
        for (int i = 0; i < Characters; i++)
        {
            s_characters[i] = (char)s_bytes[i];
        }

        Rounds.Run(nameof(SpanSearch), Round);
    }

    private static long Round()
    {
        long sum = 0;
        ReadOnlySpan<byte> rest = s_bytes;
        while (rest.IndexOf((byte)'\n') is >= 0 and int at)
        {
            sum += at;
            rest = rest[(at + 1)..];
        }

        ReadOnlySpan<char> text = s_characters;
        while (text.IndexOfAny('\n', '\r', ';') is >= 0 and int at)
        {
            sum += at;
            text = text[(at + 1)..];
        }

        sum += s_bytes.AsSpan().Count((byte)'q');
        sum += s_bytes.AsSpan().SequenceEqual(s_copy) ? 1 : 0;
        sum += s_bytes.AsSpan().IndexOf("xyz\n"u8);
        return sum + s_characters.AsSpan().LastIndexOf('\n');
    }
}
