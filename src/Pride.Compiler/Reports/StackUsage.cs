// The frame of every compiled function, from the file that clang's -fstack-usage writes: "file:line:function<tab>bytes<tab>kind".
//
// Kind is static, or dynamic when the frame grows by a stackalloc whose size is known only at run time.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace Pride.Compiler.Reports;

/// <summary>One function's frame.</summary>
/// <param name="Bytes">What the function takes for itself, return address and saved registers included.</param>
/// <param name="IsDynamic">A stackalloc adds to it.</param>
internal readonly record struct FunctionFrame(int Bytes, bool IsDynamic);

/// <summary>Reader of stack usage files.</summary>
internal static class StackUsage
{
    /// <summary>Frames by symbol. A function that is not there was inlined into its callers, or removed.</summary>
    public static Dictionary<string, FunctionFrame> Read(string path)
    {
        Dictionary<string, FunctionFrame> frames = [];
        foreach (string line in File.ReadLines(path))
        {
            string[] columns = line.Split('\t');
            if (columns.Length == 3 && int.TryParse(columns[1], NumberStyles.None, CultureInfo.InvariantCulture, out int bytes))
            {
                string name = FunctionOf(columns[0]);
                frames.TryGetValue(name, out FunctionFrame known);
                bool isDynamic = columns[2].StartsWith("dynamic", StringComparison.Ordinal);
                frames[name] = new FunctionFrame(int.Max(known.Bytes, bytes), known.IsDynamic || isDynamic);
            }
        }

        return frames;
    }

    // The place has a line number when the function has debug information. LLVM appends ".specialized.N" to copies that it makes.
    private static string FunctionOf(string placed)
    {
        int colon = placed.IndexOf(':', StringComparison.Ordinal);
        int digits = colon + 1;
        while (digits < placed.Length && char.IsAsciiDigit(placed[digits]))
        {
            digits++;
        }

        string name = placed[((digits > colon + 1 && digits < placed.Length && placed[digits] == ':' ? digits : colon) + 1)..];
        int copy = name.IndexOf(".specialized.", StringComparison.Ordinal);
        return copy < 0 ? name : name[..copy];
    }
}
