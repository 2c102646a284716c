// Lines with numbers.

using System;
using Pride.Runtime;

namespace Limits.Domains;

/// <summary>Prints.</summary>
internal static class Say
{
    /// <summary>Prints a line with a number in it.</summary>
    public static void Number(ReadOnlySpan<byte> before, ulong value, ReadOnlySpan<byte> after)
    {
        Span<byte> digits = stackalloc byte[20];
        int at = digits.Length;
        do
        {
            digits[--at] = (byte)('0' + (value % 10));
            value /= 10;
        }
        while (value != 0);
        DebugConsole.Write(before);
        DebugConsole.Write(digits[at..]);
        DebugConsole.WriteLine(after);
    }
}
