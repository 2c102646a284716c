// Writing numbers and bytes into spans: what a response head is made with.

using System;

namespace Pride.Http;

/// <summary>Numbers as UTF-8.</summary>
public static class Utf8
{
    /// <summary>Writes the number at the END of <paramref name="destination"/> (20 bytes hold any); returns where it starts.</summary>
    public static int FormatNumber(long value, Span<byte> destination)
    {
        ulong rest = value < 0 ? 0 - (ulong)value : (ulong)value;
        int at = destination.Length;
        do
        {
            ulong quotient = rest / 10;
            destination[--at] = (byte)('0' + (rest - (quotient * 10)));
            rest = quotient;
        }
        while (rest != 0);

        if (value < 0)
        {
            destination[--at] = (byte)'-';
        }

        return at;
    }

    /// <summary>Writes the number in hexadecimal at the END of <paramref name="destination"/> (16 bytes hold any); returns where it starts.</summary>
    public static int FormatHex(ulong value, Span<byte> destination)
    {
        int at = destination.Length;
        do
        {
            destination[--at] = "0123456789abcdef"u8[(int)(value & 0xf)];
            value >>= 4;
        }
        while (value != 0);

        return at;
    }
}

/// <summary>Appends to a span that is known to be large enough.</summary>
internal ref struct SpanWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    public int Length { get; private set; }

    public void Write(scoped ReadOnlySpan<byte> data)
    {
        data.CopyTo(_destination[Length..]);
        Length += data.Length;
    }

    public void Write(long value)
    {
        Span<byte> digits = stackalloc byte[20];
        Write(digits[Utf8.FormatNumber(value, digits)..]);
    }

    public void WriteHex(ulong value)
    {
        Span<byte> digits = stackalloc byte[16];
        Write(digits[Utf8.FormatHex(value, digits)..]);
    }
}
