// As much of the ELF-64 format as the compiler needs to look at its own output (System V ABI, chapter 4).

using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace Pride.Compiler.Link;

/// <summary>A section header.</summary>
internal sealed record ElfSection(string Name, ulong Address, long FileOffset, long Size, uint Type);

/// <summary>A symbol.</summary>
internal sealed record ElfSymbol(string Name, ulong Address, long Size);

/// <summary>Sections and symbols of an ELF-64 little-endian file.</summary>
internal sealed class ElfFile
{
    private const int SectionHeaderSize = 64;
    private const int SymbolSize = 24;

    private readonly byte[] _bytes;
    private readonly List<ElfSection> _sections = [];

    private ElfFile(byte[] bytes)
    {
        _bytes = bytes;
        if (bytes.Length < 64 || bytes[0] != 0x7f || bytes[1] != 'E' || bytes[4] != 2)
        {
            throw new InvalidDataException("not an ELF-64 file");
        }

        long table = (long)U64(0x28);
        int count = U16(0x3c);
        long names = (long)U64((int)table + (U16(0x3e) * SectionHeaderSize) + 0x18);
        for (int i = 0; i < count; i++)
        {
            int at = (int)table + (i * SectionHeaderSize);
            _sections.Add(new ElfSection(Text(names + U32(at)), U64(at + 0x10), (long)U64(at + 0x18), (long)U64(at + 0x20), U32(at + 4)));
        }
    }

    public ulong Entry => U64(0x18);

    public IReadOnlyList<ElfSection> Sections => _sections;

    public static ElfFile Read(string path) => new(File.ReadAllBytes(path));

    public static ElfFile Parse(byte[] bytes) => new(bytes);

    public ElfSection? Section(string name) => _sections.Find(s => s.Name == name);

    public IEnumerable<ElfSymbol> Symbols()
    {
        if (Section(".symtab") is not { } table || Section(".strtab") is not { } strings)
        {
            yield break;
        }

        for (long at = table.FileOffset; at < table.FileOffset + table.Size; at += SymbolSize)
        {
            yield return new ElfSymbol(Text(strings.FileOffset + U32((int)at)), U64((int)at + 8), (long)U64((int)at + 16));
        }
    }

    /// <summary>The 20 bytes of the build id as hexadecimal digits; empty without one.</summary>
    public string BuildId()
    {
        if (Section(".note.gnu.build-id") is not { } note)
        {
            return "";
        }

        int nameSize = (int)U32((int)note.FileOffset);
        int size = (int)U32((int)note.FileOffset + 4);
        int start = (int)note.FileOffset + 12 + ((nameSize + 3) & -4);
        return Convert.ToHexStringLower(_bytes.AsSpan(start, size));
    }

    private ushort U16(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(offset));

    private uint U32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(offset));

    private ulong U64(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(offset));

    private string Text(long offset)
    {
        int end = Array.IndexOf(_bytes, (byte)0, (int)offset);
        return Encoding.UTF8.GetString(_bytes, (int)offset, end - (int)offset);
    }
}
