// A piece of initialised data: bytes with pointers in them. Objects made at compile time, static fields and tables.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Pride.Compiler.Emit;

/// <summary>A pointer inside data: to a symbol, or into another blob.</summary>
internal readonly record struct DataPointer(string? Symbol, Blob? Target, int Offset)
{
    public static DataPointer To(string symbol) => new(symbol, null, 0);
}

/// <summary>Bytes and the pointers among them.</summary>
internal sealed class Blob(int size, int alignment, PointerTable pointers)
{
    public Blob(int size, int alignment)
        : this(size, alignment, new PointerTable())
    {
    }

    public byte[] Bytes { get; } = new byte[size];

    public int Alignment { get; } = alignment;

    public PointerTable Pointers { get; } = pointers;

    /// <summary>The global's name, with its '@'; given when something refers to the blob.</summary>
    public string? Symbol { get; set; }

    /// <summary>Never written: goes to read-only memory.</summary>
    public bool IsReadOnly { get; set; }

    public void Write32(int offset, uint value) => BitConverter.TryWriteBytes(Bytes.AsSpan(offset), value);

    public void Write64(int offset, ulong value) => BitConverter.TryWriteBytes(Bytes.AsSpan(offset), value);

    public void WritePointer(int offset, string? symbol)
    {
        if (symbol is null or "null")
        {
            Pointers.Remove(offset);
        }
        else
        {
            Pointers.Set(offset, DataPointer.To(symbol));
        }
    }

    /// <summary>"type value" of an LLVM constant. <paramref name="name"/> gives the symbol of another blob.</summary>
    public string Constant(Func<Blob, string> name)
    {
        if (Pointers.Count == 0)
        {
            return Array.TrueForAll(Bytes, b => b == 0) ? $"[{Bytes.Length} x i8] zeroinitializer" : ByteText(0, Bytes.Length);
        }

        List<string> parts = [];
        int position = 0;
        for (int i = 0; i < Pointers.Count; i++)
        {
            int offset = Pointers.Offsets[i];
            DataPointer pointer = Pointers.Values[i];
            if (offset > position)
            {
                parts.Add(ByteText(position, offset - position));
            }

            string symbol = pointer.Symbol ?? name(pointer.Target!);
            parts.Add(pointer.Offset == 0
                ? $"ptr {symbol}"
                : string.Create(CultureInfo.InvariantCulture, $"ptr getelementptr (i8, ptr {symbol}, i64 {pointer.Offset})"));
            position = offset + Target.PointerSize;
        }

        if (position < Bytes.Length)
        {
            parts.Add(ByteText(position, Bytes.Length - position));
        }

        List<string> types = parts.ConvertAll(TypeOf);
        return $"<{{ {string.Join(", ", types)} }}> <{{ {string.Join(", ", parts)} }}>";
    }

    private static string TypeOf(string part) => part.StartsWith("ptr", StringComparison.Ordinal) ? "ptr" : part[..(part.IndexOf(']', StringComparison.Ordinal) + 1)];

    private const string HexDigits = "0123456789ABCDEF";

    private string ByteText(int offset, int count)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"[{count} x i8] c\"");
        for (int i = offset; i < offset + count; i++)
        {
            byte value = Bytes[i];
            if (value is >= 0x20 and < 0x7f and not (byte)'"' and not (byte)'\\')
            {
                text.Append((char)value);
            }
            else
            {
                text.Append('\\').Append(HexDigits[value >> 4]).Append(HexDigits[value & 15]);
            }
        }

        return text.Append('"').ToString();
    }
}
