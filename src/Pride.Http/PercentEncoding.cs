// Writing paths into URLs.

using System;

namespace Pride.Http;

/// <summary>Percent-encoding (RFC 3986, section 2).</summary>
internal static class PercentEncoding
{
    /// <summary>The most that one byte becomes.</summary>
    public const int MaximumExpansion = 3;

    /// <summary>Writes a path: unreserved characters and '/' stand for themselves, all else is encoded.</summary>
    public static void WritePath(ref SpanWriter writer, ReadOnlySpan<byte> path)
    {
        Span<byte> encoded = stackalloc byte[MaximumExpansion];
        foreach (byte octet in path)
        {
            uint letter = (uint)((octet | 0x20) - 'a');
            if (letter < 26 || Bytes.IsDigit(octet) || octet is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~' or (byte)'/')
            {
                encoded[0] = octet;
                writer.Write(encoded[..1]);
                continue;
            }

            encoded[0] = (byte)'%';
            encoded[1] = "0123456789ABCDEF"u8[octet >> 4];
            encoded[2] = "0123456789ABCDEF"u8[octet & 0xf];
            writer.Write(encoded);
        }
    }
}
