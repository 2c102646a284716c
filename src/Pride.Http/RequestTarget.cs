// From the target of a request line to the one canonical path that is looked up (RFC 3986 and RFC 9112, section 3.2).
//
// Rules: percent-encoding is decoded exactly once, BEFORE dot segments are resolved, so no encoding of ".." is seen later than here.
// A canonical path begins with '/', has no empty, "." or ".." segment, is valid UTF-8 (RFC 3629: no overlong forms, no surrogates), and holds
// no control character, backslash or encoded slash. What would climb above the root is refused, never clamped silently.

using System;

namespace Pride.Http;

/// <summary>What became of a target.</summary>
internal enum TargetResult
{
    /// <summary>A canonical path.</summary>
    Path,

    /// <summary>"*": the server as a whole.</summary>
    Server,

    /// <summary>Well-formed, but no resource can have this name: 404.</summary>
    NoSuchName,

    /// <summary>Not a target, or one that tries to leave the root: 400.</summary>
    Bad,
}

/// <summary>Decodes targets.</summary>
internal static class RequestTarget
{
    /// <summary>Longest canonical path in bytes; a name longer than this exists nowhere.</summary>
    public const int MaximumPathBytes = 1024;

    /// <summary>
    /// Writes the canonical path of <paramref name="target"/> into <paramref name="path"/> (<see cref="MaximumPathBytes"/> bytes long); <paramref name="query"/> is what
    /// follows the question mark, as it came.
    /// </summary>
    public static TargetResult Decode(ReadOnlySpan<byte> target, Span<byte> path, out int pathLength, out ReadOnlySpan<byte> query)
    {
        pathLength = 0;
        query = default;
        if (target.Length == 1 && target[0] == '*')
        {
            return TargetResult.Server;
        }

        if (target[0] != '/' && !TrySkipAuthority(ref target))
        {
            return TargetResult.Bad;
        }

        int mark = target.IndexOf((byte)'?');
        if (mark >= 0)
        {
            query = target[(mark + 1)..];
            target = target[..mark];
            if (!IsQuery(query))
            {
                return TargetResult.Bad;
            }
        }

        return DecodePath(target, path, out pathLength);
    }

    // Absolute form, as sent to proxies, which every server must take too: "http://host/path".
    private static bool TrySkipAuthority(ref ReadOnlySpan<byte> target)
    {
        int schemeEnd = target.IndexOf("://"u8);
        if (schemeEnd < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> scheme = target[..schemeEnd];
        if (!Bytes.EqualsIgnoreCase(scheme, "http"u8) && !Bytes.EqualsIgnoreCase(scheme, "https"u8))
        {
            return false;
        }

        ReadOnlySpan<byte> rest = target[(schemeEnd + 3)..];
        int authorityEnd = rest.IndexOfAny((byte)'/', (byte)'?');
        if (authorityEnd == 0 || rest.IsEmpty)
        {
            return false;
        }

        target = authorityEnd < 0 ? default : rest[authorityEnd..];
        return true;
    }

    private static bool IsQuery(ReadOnlySpan<byte> query)
    {
        foreach (byte octet in query)
        {
            if (octet <= ' ' || octet >= 0x7f || octet == '#')
            {
                return false;
            }
        }

        return true;
    }

    private static TargetResult DecodePath(ReadOnlySpan<byte> source, Span<byte> path, out int length)
    {
        length = 0;
        path[length++] = (byte)'/';
        TargetResult result = TargetResult.Path;
        bool hasHighBytes = false;
        int segmentStart = length;
        for (int i = source.IsEmpty || source[0] != '/' ? 0 : 1; i < source.Length; i++)
        {
            byte octet = source[i];
            if (octet == '/')
            {
                if (!EndSegment(path, ref length, segmentStart, isLast: false, ref result))
                {
                    return TargetResult.Bad;
                }

                segmentStart = length;
                continue;
            }

            if (octet == '%')
            {
                if (!TryDecodeOctet(source, i, out octet))
                {
                    return TargetResult.Bad;
                }

                i += 2;
                if (octet == '/')
                {
                    // A name with a slash in it cannot exist; reading it as a separator would give one file many names.
                    result = TargetResult.NoSuchName;
                }
            }
            else if (octet >= 0x80 || octet == '#')
            {
                return TargetResult.Bad;
            }

            if (octet < ' ' || octet == 0x7f || octet == '\\' || length >= path.Length)
            {
                return length >= path.Length ? TargetResult.NoSuchName : TargetResult.Bad;
            }

            hasHighBytes |= octet >= 0x80;
            path[length++] = octet;
        }

        if (!EndSegment(path, ref length, segmentStart, isLast: true, ref result))
        {
            return TargetResult.Bad;
        }

        return hasHighBytes && !IsUtf8(path[..length]) ? TargetResult.Bad : result;
    }

    private static bool TryDecodeOctet(ReadOnlySpan<byte> source, int at, out byte octet)
    {
        octet = 0;
        if (at + 2 >= source.Length)
        {
            return false;
        }

        int high = Bytes.HexValue(source[at + 1]);
        int low = Bytes.HexValue(source[at + 2]);
        octet = (byte)((high << 4) | (low & 0xf));
        return high >= 0 && low >= 0;
    }

    // Decides about the segment that begins at `start` and ends at `length`. False: it climbs above the root.
    private static bool EndSegment(Span<byte> path, ref int length, int start, bool isLast, ref TargetResult result)
    {
        ReadOnlySpan<byte> segment = path[start..length];
        if (segment.IsEmpty || (segment.Length == 1 && segment[0] == '.'))
        {
            length = start;
            return true;
        }

        if (segment.Length == 2 && segment[0] == '.' && segment[1] == '.')
        {
            return TryClimb(path, ref length, start);
        }

        if (segment[^1] is (byte)'.' or (byte)' ')
        {
            // FAT drops dots and blanks at the end of a name: such a name would be another name for some file, or for "..".
            result = TargetResult.NoSuchName;
        }

        if (!isLast)
        {
            if (length >= path.Length)
            {
                result = TargetResult.NoSuchName;
                length = start;
                return true;
            }

            path[length++] = (byte)'/';
        }

        return true;
    }

    private static bool TryClimb(Span<byte> path, ref int length, int start)
    {
        if (start == 1)
        {
            return false;
        }

        // path[start - 1] is the slash that ends the segment to be dropped.
        length = path[..(start - 1)].LastIndexOf((byte)'/') + 1;
        return true;
    }

    /// <summary>Is it UTF-8 as RFC 3629 has it: shortest forms alone, no surrogates, nothing above U+10FFFF?</summary>
    public static bool IsUtf8(ReadOnlySpan<byte> text)
    {
        int i = 0;
        while (i < text.Length)
        {
            byte lead = text[i];
            if (lead < 0x80)
            {
                i++;
                continue;
            }

            int length = lead switch { >= 0xc2 and < 0xe0 => 2, >= 0xe0 and < 0xf0 => 3, >= 0xf0 and < 0xf5 => 4, _ => 0 };
            if (length == 0 || i + length > text.Length)
            {
                return false;
            }

            byte second = text[i + 1];
            bool isBad = (lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f)
                || (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f);
            for (int k = 1; k < length; k++)
            {
                isBad |= (text[i + k] & 0xc0) != 0x80;
            }

            if (isBad)
            {
                return false;
            }

            i += length;
        }

        return true;
    }
}
