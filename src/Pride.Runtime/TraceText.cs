// Writes a trace into a string whose length is not yet known: once without memory, which counts, and once into it. StringBuilder and number
// formatting would be more code than all else in a small image.

using System;

namespace Pride.Runtime;

/// <summary>Counts, or writes.</summary>
internal unsafe struct TraceText(char* units)
{
    private const int HexadecimalDigits = 16;

    /// <summary>Units written so far.</summary>
    public int Length { get; private set; }

    public void Write(ReadOnlySpan<char> text)
    {
        foreach (char unit in text)
        {
            Put(unit);
        }
    }

    /// <summary>ASCII up to a zero.</summary>
    public void Write(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < name.Length && name[i] != 0; i++)
        {
            Put((char)name[i]);
        }
    }

    public void WriteHexadecimal(ulong value)
    {
        for (int i = HexadecimalDigits - 1; i >= 0; i--)
        {
            Put("0123456789abcdef"[(int)(value >> (4 * i)) & 15]);
        }
    }

    private void Put(char unit)
    {
        if (units != null)
        {
            units[Length] = unit;
        }

        Length++;
    }
}
