// Small questions about ASCII bytes, written out so that the hot path stays free of culture, tables and allocation.

using System;

namespace Pride.Http;

/// <summary>ASCII helpers.</summary>
internal static class Bytes
{
    // One bit for each code below 64, and from 64 to 127: the "tchar" of RFC 9110, section 5.6.2.
    private const ulong TokenLow = 0x03ff_6cfa_0000_0000;
    private const ulong TokenHigh = 0x57ff_ffff_c7ff_fffe;

    /// <summary>May the byte stand in a token (a method, a field name)?</summary>
    public static bool IsToken(byte value) =>
        value < 128 && (((value < 64 ? TokenLow : TokenHigh) >> (value & 63)) & 1) != 0;

    /// <summary>Is it a token, and not empty?</summary>
    public static bool IsToken(ReadOnlySpan<byte> text)
    {
        foreach (byte value in text)
        {
            if (!IsToken(value))
            {
                return false;
            }
        }

        return !text.IsEmpty;
    }

    public static bool IsDigit(byte value) => (uint)(value - '0') <= 9;

    /// <summary>The value of a hexadecimal digit, or -1.</summary>
    public static int HexValue(byte value)
    {
        if (IsDigit(value))
        {
            return value - '0';
        }

        int letter = (value | 0x20) - 'a';
        return (uint)letter < 6 ? letter + 10 : -1;
    }

    /// <summary>Equal but for the case of ASCII letters; <paramref name="lower"/> is in lower case.</summary>
    public static bool EqualsIgnoreCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower)
    {
        if (text.Length != lower.Length)
        {
            return false;
        }

        for (int i = 0; i < text.Length; i++)
        {
            if (ToLower(text[i]) != lower[i])
            {
                return false;
            }
        }

        return true;
    }

    public static byte ToLower(byte value) => (uint)(value - 'A') <= 'Z' - 'A' ? (byte)(value | 0x20) : value;

    /// <summary>Without blanks and tabs at both ends.</summary>
    public static ReadOnlySpan<byte> TrimBlanks(ReadOnlySpan<byte> text)
    {
        int start = 0;
        int end = text.Length;
        while (start < end && IsBlank(text[start]))
        {
            start++;
        }

        while (end > start && IsBlank(text[end - 1]))
        {
            end--;
        }

        return text[start..end];
    }

    public static bool IsBlank(byte value) => value is (byte)' ' or (byte)'\t';

    /// <summary>A decimal number of at most 18 digits and nothing else.</summary>
    public static bool TryParseNumber(ReadOnlySpan<byte> text, out long value)
    {
        const int MaximumDigits = 18;
        value = 0;
        if (text.IsEmpty || text.Length > MaximumDigits)
        {
            return false;
        }

        foreach (byte digit in text)
        {
            if (!IsDigit(digit))
            {
                return false;
            }

            value = (value * 10) + (digit - '0');
        }

        return true;
    }

    /// <summary>Takes the next element off a comma-separated list, without blanks; false at the end.</summary>
    public static bool NextElement(ref ReadOnlySpan<byte> list, out ReadOnlySpan<byte> element)
    {
        element = default;
        while (!list.IsEmpty)
        {
            int comma = list.IndexOf((byte)',');
            element = TrimBlanks(comma < 0 ? list : list[..comma]);
            list = comma < 0 ? default : list[(comma + 1)..];
            if (!element.IsEmpty)
            {
                return true;
            }
        }

        return false;
    }
}
