// Names: UTF-8 in the protocol, UTF-16 in long names, an OEM code page in short ones (fatgen103, "Long File Name
// Implementation" and "Short Directory Entries").

using System;
using System.Buffers;
using System.Text;

namespace Pride.FileSystems.Fat;

/// <summary>Conversions between the encodings of names.</summary>
internal static class FatNames
{
    /// <summary>UTF-16 units of a long name.</summary>
    public const int MaximumLength = 255;

    /// <summary>Bytes of a short name: eight and three, without a dot.</summary>
    public const int ShortLength = 11;

    private const int ShortBaseLength = 8;

    // DIR_NTRes: the base name, or the extension, is to be shown in lower case.
    private const int LowerCaseBase = 0x08;
    private const int LowerCaseExtension = 0x10;

    // The upper half of code page 850, which mkfs.fat and mtools use.
    private const string UpperHalf =
        "\u00c7\u00fc\u00e9\u00e2\u00e4\u00e0\u00e5\u00e7\u00ea\u00eb\u00e8\u00ef\u00ee\u00ec\u00c4\u00c5\u00c9\u00e6\u00c6\u00f4\u00f6\u00f2"
        + "\u00fb\u00f9\u00ff\u00d6\u00dc\u00f8\u00a3\u00d8\u00d7\u0192\u00e1\u00ed\u00f3\u00fa\u00f1\u00d1\u00aa\u00ba\u00bf\u00ae\u00ac\u00bd"
        + "\u00bc\u00a1\u00ab\u00bb\u2591\u2592\u2593\u2502\u2524\u00c1\u00c2\u00c0\u00a9\u2563\u2551\u2557\u255d\u00a2\u00a5\u2510\u2514\u2534"
        + "\u252c\u251c\u2500\u253c\u00e3\u00c3\u255a\u2554\u2569\u2566\u2560\u2550\u256c\u00a4\u00f0\u00d0\u00ca\u00cb\u00c8\u0131\u00cd\u00ce"
        + "\u00cf\u2518\u250c\u2588\u2584\u00a6\u00cc\u2580\u00d3\u00df\u00d4\u00d2\u00f5\u00d5\u00b5\u00fe\u00de\u00da\u00db\u00d9\u00fd\u00dd"
        + "\u00af\u00b4\u00ad\u00b1\u2017\u00be\u00b6\u00a7\u00f7\u00b8\u00b0\u00a8\u00b7\u00b9\u00b3\u00b2\u25a0\u00a0";

    /// <summary>Writes the 8.3 name with its dot; returns its length.</summary>
    public static int DecodeShort(ReadOnlySpan<byte> raw, byte flags, Span<char> name)
    {
        int length = DecodePart(raw[..ShortBaseLength], (flags & LowerCaseBase) != 0, isFirst: true, name);
        int extension = DecodePart(raw[ShortBaseLength..ShortLength], (flags & LowerCaseExtension) != 0, isFirst: false, name[(length + 1)..]);
        if (extension == 0)
        {
            return length;
        }

        name[length] = '.';
        return length + 1 + extension;
    }

    /// <summary>
    /// Converts one component of a path to UTF-16 in upper case. Returns its length, or 0 when it is no possible name: not UTF-8, too
    /// long, or with a character that no name has.
    /// </summary>
    public static int ToUpperUtf16(ReadOnlySpan<byte> utf8, Span<char> upper)
    {
        int length = 0;
        while (!utf8.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(utf8, out Rune rune, out int consumed) != OperationStatus.Done
                || IsForbidden(rune.Value)
                || length + rune.Utf16SequenceLength > MaximumLength)
            {
                return 0;
            }

            length += rune.EncodeToUtf16(upper[length..]);
            upper[length - 1] = CaseFolding.ToUpper(upper[length - 1]);
            utf8 = utf8[consumed..];
        }

        return length;
    }

    /// <summary>Converts a name to UTF-8; half a surrogate pair becomes U+FFFD. Returns its length, or -1 when it does not fit.</summary>
    public static int ToUtf8(ReadOnlySpan<char> name, Span<byte> utf8)
    {
        int length = 0;
        while (!name.IsEmpty)
        {
            // On malformed input the decoder gives U+FFFD and says how much to skip.
            Rune.DecodeFromUtf16(name, out Rune rune, out int consumed);
            if (length + rune.Utf8SequenceLength > utf8.Length)
            {
                return -1;
            }

            length += rune.EncodeToUtf8(utf8[length..]);
            name = name[consumed..];
        }

        return length;
    }

    // The characters that a long name may not have, and control characters.
    private static bool IsForbidden(int character) =>
        character is < 0x20 or 0x7f or '"' or '*' or '/' or ':' or '<' or '>' or '?' or '\\' or '|';

    private static int DecodePart(ReadOnlySpan<byte> raw, bool lowerCase, bool isFirst, Span<char> name)
    {
        int length = raw.Length;
        while (length > 0 && raw[length - 1] == ' ')
        {
            length--;
        }

        for (int i = 0; i < length; i++)
        {
            // 0xe5 as the first byte marks a deleted entry, so a name that begins with it has 0x05 there.
            byte value = isFirst && i == 0 && raw[0] == 0x05 ? (byte)0xe5 : raw[i];
            char unit = value < 0x80 ? (char)value : UpperHalf[value - 0x80];
            name[i] = lowerCase && unit is >= 'A' and <= 'Z' ? (char)(unit + ('a' - 'A')) : unit;
        }

        return length;
    }
}
