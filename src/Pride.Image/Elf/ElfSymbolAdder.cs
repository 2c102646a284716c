// Adds zeroed variables with symbols to a linked program: Microkit's tool patches libmicrokit's variables by name and stops where one is missing, but
// a linker drops those that a program does not use.
//
// The last writable segment gets longer by the variables (in memory, not in the file); symbol and string table move to the end of the file.
// Microkit's tool maps a page of its own, the IPC buffer, where a symbol behind the whole program says, up to release 2.2.

using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Pride.Description;

namespace Pride.Image.Elf;

/// <summary>Adds variables.</summary>
public static class ElfSymbolAdder
{
    private const int SymbolSize = 24;
    private const int SectionHeaderSize = 64;
    private const uint SymbolTable = 2;
    private const ulong Alignment = 64;
    private const byte GlobalObject = (1 << 4) | 1;

    /// <summary>SHN_ABS: the symbol belongs to no section.</summary>
    private const ushort Absolute = 0xfff1;

    private const int MemorySizeAt = 40;
    private const int OffsetAt = 24;
    private const int SizeAt = 32;

    /// <summary>A copy of <paramref name="elf"/> with those of <paramref name="variables"/> that it lacks.</summary>
    /// <param name="elf">The program.</param>
    /// <param name="variables">Names and sizes in bytes.</param>
    /// <param name="page">A symbol for the first page behind the program; null: none.</param>
    /// <exception cref="InvalidDataException">It has no writable segment, or no symbol table.</exception>
    public static ElfFile Add(ElfFile elf, IReadOnlyList<(string Name, ulong Size)> variables, string? page = null)
    {
        (string Name, ulong Size)[] missing = [.. variables.Where(v => elf.FindSymbol(v.Name) is null)];
        if (missing.Length == 0 && page is null)
        {
            return elf.Copy();
        }

        ElfSegment data = elf.Segments.LastOrDefault(s => s.Flags.HasFlag(ElfSegmentFlags.Write))
            ?? throw new InvalidDataException($"{elf.Name}: it has no writable segment to add variables to");
        int table = elf.Sections.Select((s, i) => s.Type == SymbolTable ? i : -1).Max();
        if (table < 0)
        {
            throw new InvalidDataException($"{elf.Name}: it has no symbol table to add variables to");
        }

        ElfSection symbols = elf.Sections[table];
        ElfSection strings = elf.Sections[(int)symbols.Link];
        MemoryStream newSymbols = new();
        newSymbols.Write(elf.AllBytes.Slice((int)symbols.FileOffset, (int)symbols.Size));
        MemoryStream newStrings = new();
        newStrings.Write(elf.AllBytes.Slice((int)strings.FileOffset, (int)strings.Size));
        ulong address = (data.End + Alignment - 1) & ~(Alignment - 1);
        foreach ((string name, ulong size) in missing)
        {
            Name(name, DataSection(elf, data), address, size);
            address += (size + 7) & ~7UL;
        }

        if (page is not null)
        {
            ulong end = Math.Max(address, elf.Segments.Max(s => s.End));
            Name(page, Absolute, (end + Limits.PageSize - 1) & ~(Limits.PageSize - 1), Limits.PageSize);
        }

        byte[] bytes = [.. elf.AllBytes, .. new byte[(8 - (elf.AllBytes.Length & 7)) & 7], .. newSymbols.ToArray(), .. newStrings.ToArray()];
        ulong symbolsAt = (ulong)(bytes.Length - newStrings.Length - newSymbols.Length);
        Move(bytes, table, symbolsAt, (ulong)newSymbols.Length);
        Move(bytes, (int)symbols.Link, symbolsAt + (ulong)newSymbols.Length, (ulong)newStrings.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan((int)data.HeaderOffset + MemorySizeAt), address - data.Address);
        return new ElfFile(bytes, elf.Name);

        void Name(string name, ushort section, ulong at, ulong size)
        {
            newSymbols.Write(Symbol((uint)newStrings.Length, section, at, size));
            newStrings.Write(Encoding.UTF8.GetBytes(name));
            newStrings.WriteByte(0);
        }
    }

    private static byte[] Symbol(uint name, ushort section, ulong address, ulong size)
    {
        byte[] symbol = new byte[SymbolSize];
        BinaryPrimitives.WriteUInt32LittleEndian(symbol, name);
        symbol[4] = GlobalObject;
        BinaryPrimitives.WriteUInt16LittleEndian(symbol.AsSpan(6), section);
        BinaryPrimitives.WriteUInt64LittleEndian(symbol.AsSpan(8), address);
        BinaryPrimitives.WriteUInt64LittleEndian(symbol.AsSpan(16), size);
        return symbol;
    }

    // Any section of the segment: a symbol must name one that is there.
    private static ushort DataSection(ElfFile elf, ElfSegment data)
    {
        int index = elf.Sections.Select((s, i) => (s, i)).Where(p => p.s.Address >= data.Address && p.s.Address < data.End).Select(p => p.i).LastOrDefault();
        return (ushort)Math.Max(index, 1);
    }

    private static void Move(byte[] bytes, int section, ulong offset, ulong size)
    {
        ulong headers = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(40));
        Span<byte> header = bytes.AsSpan((int)headers + (section * SectionHeaderSize), SectionHeaderSize);
        BinaryPrimitives.WriteUInt64LittleEndian(header[OffsetAt..], offset);
        BinaryPrimitives.WriteUInt64LittleEndian(header[SizeAt..], size);
    }
}
