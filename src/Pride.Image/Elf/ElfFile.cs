// Reads an ELF file (64-bit, little endian, ELF specification "gABI" chapters 4 and 5) and patches bytes of it in memory.
//
// Every offset and count comes from a file, so every one is checked before it is used: a damaged file ends in an
// InvalidDataException that names the damage. Nothing here knows what the program is.

using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;

namespace Pride.Image.Elf;

/// <summary>One loadable segment. Addresses and sizes in bytes.</summary>
/// <param name="Address">Virtual address of its first byte.</param>
/// <param name="FileOffset">Where its bytes stand in the file.</param>
/// <param name="FileSize">Bytes in the file.</param>
/// <param name="MemorySize">Bytes in memory; those beyond <paramref name="FileSize"/> are zero.</param>
/// <param name="Flags">Rights.</param>
/// <param name="HeaderOffset">Where its program header stands in the file.</param>
public sealed record ElfSegment(ulong Address, ulong FileOffset, ulong FileSize, ulong MemorySize, ElfSegmentFlags Flags, ulong HeaderOffset)
{
    public ulong End => Address + MemorySize;
}

/// <summary>p_flags.</summary>
[Flags]
public enum ElfSegmentFlags : uint
{
    None = 0,
    Execute = 1,
    Write = 2,
    Read = 4,
}

/// <summary>A named address.</summary>
public readonly record struct ElfSymbol(string Name, ulong Address, ulong Size)
{
    /// <summary>Another definition may take its place when it is linked (STB_WEAK).</summary>
    public bool IsWeak { get; init; }
}

/// <summary>A section.</summary>
public readonly record struct ElfSection(string Name, uint Type, ulong Address, ulong FileOffset, ulong Size, uint Link, ulong EntrySize);

/// <summary>An ELF file in memory.</summary>
public sealed class ElfFile
{
    private const int HeaderSize = 64;
    private const int ProgramHeaderSize = 56;
    private const int SectionHeaderSize = 64;
    private const int SymbolSize = 24;
    private const uint SegmentLoad = 1;
    private const uint SectionSymbols = 2;
    private const uint SectionNoBits = 8;
    private const uint SectionNote = 7;
    private const uint NoteBuildId = 3;
    private const int FileOffsetAt = 8;
    private const int FileSizeAt = 32;
    private const int SectionHeadersAt = 40;
    private const int SectionOffsetAt = 24;
    private const int BindingShift = 4;
    private const int WeakBinding = 2;

    private readonly List<ElfSegment> _segments;
    private readonly List<ElfSection> _sections;
    private byte[] _bytes;
    private readonly Dictionary<string, ElfSymbol> _symbols = [];

    /// <summary>Reads <paramref name="bytes"/>, which this object owns from now on.</summary>
    /// <exception cref="InvalidDataException">It is not a sound ELF file of this kind.</exception>
    public ElfFile(byte[] bytes, string name)
    {
        _bytes = bytes;
        Name = name;
        ReadOnlySpan<byte> ident = Slice(0, HeaderSize, "the file header");
        if (!ident.StartsWith("\x7f"u8 + "ELF"u8) || ident[4] != 2 || ident[5] != 1)
        {
            throw Bad("it is not a 64-bit little-endian ELF file");
        }

        Machine = BinaryPrimitives.ReadUInt16LittleEndian(ident[18..]);
        Entry = BinaryPrimitives.ReadUInt64LittleEndian(ident[24..]);
        _segments = ReadSegments(ident);
        _sections = ReadSections(ident);
        ReadSymbols();
        BuildId = FindBuildId();
    }

    /// <summary>File name, for messages.</summary>
    public string Name { get; }

    /// <summary>e_machine (<see cref="ElfMachine"/>).</summary>
    public ushort Machine { get; }

    /// <summary>Address of the first instruction.</summary>
    public ulong Entry { get; }

    /// <summary>Loadable segments by ascending address.</summary>
    public IReadOnlyList<ElfSegment> Segments => _segments;

    public IReadOnlyList<ElfSection> Sections => _sections;

    /// <summary>The GNU build id, empty when the file has none.</summary>
    public ReadOnlyMemory<byte> BuildId { get; }

    /// <summary>Every named symbol.</summary>
    public IEnumerable<ElfSymbol> Symbols => _symbols.Values;

    public static ElfFile Load(string path) => new(File.ReadAllBytes(path), path);

    /// <summary>The symbol called <paramref name="name"/>, or null.</summary>
    public ElfSymbol? FindSymbol(string name) => _symbols.TryGetValue(name, out ElfSymbol symbol) ? symbol : null;

    /// <summary>The bytes of <paramref name="segment"/> that the file has, patches included.</summary>
    public ReadOnlySpan<byte> BytesOf(ElfSegment segment) => _bytes.AsSpan((int)segment.FileOffset, (int)segment.FileSize);

    /// <summary>The file with its patches.</summary>
    public ReadOnlySpan<byte> AllBytes => _bytes;

    /// <summary>A copy that can be patched without changing this one.</summary>
    public ElfFile Copy() => new([.. _bytes], Name);

    /// <summary>The section called <paramref name="name"/>, or null.</summary>
    public ElfSection? FindSection(string name) => Sections.Where(s => s.Name == name).Select(s => (ElfSection?)s).FirstOrDefault();

    /// <summary>Reads what is loaded at <paramref name="address"/>, zeros included; null when no segment holds all of it.</summary>
    public byte[]? Read(ulong address, int length)
    {
        if (_segments.FirstOrDefault(s => Holds(s, s.MemorySize, address, length)) is not { } segment)
        {
            return null;
        }

        byte[] value = new byte[length];
        ulong from = address - segment.Address;
        if (from < segment.FileSize)
        {
            int present = (int)Math.Min((ulong)length, segment.FileSize - from);
            _bytes.AsSpan((int)(segment.FileOffset + from), present).CopyTo(value);
        }

        return value;
    }

    /// <summary>Writes <paramref name="value"/> over the bytes that are loaded at <paramref name="address"/>.</summary>
    /// <exception cref="InvalidDataException">They are not all file bytes of one segment (zeroed data cannot be patched: see <see cref="PatchZeroed"/>).</exception>
    public void Patch(ulong address, ReadOnlySpan<byte> value)
    {
        foreach (ElfSegment segment in _segments)
        {
            if (Holds(segment, segment.FileSize, address, value.Length))
            {
                value.CopyTo(_bytes.AsSpan((int)(segment.FileOffset + address - segment.Address)));
                return;
            }
        }

        throw Bad($"the {value.Length} bytes at 0x{address:x} are in no segment's file bytes, so they cannot be patched");
    }

    /// <summary>As <see cref="Patch"/>; data that the file leaves out because it is zero becomes file bytes first, as far as it must.</summary>
    /// <exception cref="InvalidDataException">No segment holds these bytes.</exception>
    public void PatchZeroed(ulong address, ReadOnlySpan<byte> value)
    {
        int length = value.Length;
        int index = _segments.FindIndex(s => Holds(s, s.MemorySize, address, length));
        if (index < 0)
        {
            throw Bad($"the {value.Length} bytes at 0x{address:x} are in no segment, so they cannot be patched");
        }

        ElfSegment segment = _segments[index];
        ulong needed = address - segment.Address + (ulong)value.Length;
        if (needed > segment.FileSize)
        {
            _segments[index] = Grow(segment, needed);
        }

        Patch(address, value);
    }

    private static bool Holds(ElfSegment segment, ulong size, ulong address, int length) =>
        address >= segment.Address && address - segment.Address <= size && size - (address - segment.Address) >= (ulong)length;

    // The segment moves to the end of the file, at an offset that is congruent to its address, as loaders want it.
    private ElfSegment Grow(ElfSegment segment, ulong fileSize)
    {
        const ulong Page = 4096;
        ulong offset = (((ulong)_bytes.Length + Page - 1) & ~(Page - 1)) + (segment.Address & (Page - 1));
        byte[] grown = new byte[checked((int)(offset + fileSize))];
        _bytes.CopyTo(grown, 0);
        BytesOf(segment).CopyTo(grown.AsSpan((int)offset));
        _bytes = grown;
        Span<byte> header = _bytes.AsSpan((int)segment.HeaderOffset, ProgramHeaderSize);
        BinaryPrimitives.WriteUInt64LittleEndian(header[FileOffsetAt..], offset);
        BinaryPrimitives.WriteUInt64LittleEndian(header[FileSizeAt..], fileSize);
        MoveSections(segment, offset);
        return segment with { FileOffset = offset, FileSize = fileSize };
    }

    // Tools that go by sections, such as debuggers and objcopy, must find the bytes that are loaded.
    private void MoveSections(ElfSegment segment, ulong offset)
    {
        ulong headers = BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(SectionHeadersAt));
        for (int i = 0; i < _sections.Count; i++)
        {
            ElfSection section = _sections[i];
            if (section.Type == SectionNoBits || section.Address < segment.Address || section.Address - segment.Address >= segment.FileSize)
            {
                continue;
            }

            _sections[i] = section with { FileOffset = offset + (section.Address - segment.Address) };
            Span<byte> header = _bytes.AsSpan((int)headers + (i * SectionHeaderSize), SectionHeaderSize);
            BinaryPrimitives.WriteUInt64LittleEndian(header[SectionOffsetAt..], _sections[i].FileOffset);
        }
    }

    private InvalidDataException Bad(string what) => new($"{Name}: {what}");

    private ReadOnlySpan<byte> Slice(ulong offset, ulong length, string what) =>
        offset <= (ulong)_bytes.Length && length <= (ulong)_bytes.Length - offset
            ? _bytes.AsSpan((int)offset, (int)length)
            : throw Bad($"{what} lies outside the file");

    private List<ElfSegment> ReadSegments(ReadOnlySpan<byte> ident)
    {
        ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(ident[32..]);
        int entrySize = BinaryPrimitives.ReadUInt16LittleEndian(ident[54..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(ident[56..]);
        if (count > 0 && entrySize != ProgramHeaderSize)
        {
            throw Bad($"program headers have {entrySize} bytes instead of {ProgramHeaderSize}");
        }

        List<ElfSegment> segments = [];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> h = Slice(offset + (ulong)(i * ProgramHeaderSize), ProgramHeaderSize, "a program header");
            if (BinaryPrimitives.ReadUInt32LittleEndian(h) != SegmentLoad)
            {
                continue;
            }

            ElfSegment segment = new(
                BinaryPrimitives.ReadUInt64LittleEndian(h[16..]),
                BinaryPrimitives.ReadUInt64LittleEndian(h[8..]),
                BinaryPrimitives.ReadUInt64LittleEndian(h[32..]),
                BinaryPrimitives.ReadUInt64LittleEndian(h[40..]),
                (ElfSegmentFlags)BinaryPrimitives.ReadUInt32LittleEndian(h[4..]),
                offset + (ulong)(i * ProgramHeaderSize));
            _ = Slice(segment.FileOffset, segment.FileSize, "a segment");
            if (segment.FileSize > segment.MemorySize || segment.Address > ulong.MaxValue - segment.MemorySize)
            {
                throw Bad($"the segment at 0x{segment.Address:x} has impossible sizes");
            }

            if (segment.MemorySize > 0)
            {
                segments.Add(segment);
            }
        }

        segments.Sort((a, b) => a.Address.CompareTo(b.Address));
        return segments;
    }

    private List<ElfSection> ReadSections(ReadOnlySpan<byte> ident)
    {
        ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(ident[40..]);
        int entrySize = BinaryPrimitives.ReadUInt16LittleEndian(ident[58..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(ident[60..]);
        int nameTable = BinaryPrimitives.ReadUInt16LittleEndian(ident[62..]);
        if (count > 0 && (entrySize != SectionHeaderSize || nameTable >= count))
        {
            throw Bad("its section headers are damaged");
        }

        List<(uint Name, ElfSection Section)> raw = [];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> h = Slice(offset + (ulong)(i * SectionHeaderSize), SectionHeaderSize, "a section header");
            ElfSection section = new(
                string.Empty,
                BinaryPrimitives.ReadUInt32LittleEndian(h[4..]),
                BinaryPrimitives.ReadUInt64LittleEndian(h[16..]),
                BinaryPrimitives.ReadUInt64LittleEndian(h[24..]),
                BinaryPrimitives.ReadUInt64LittleEndian(h[32..]),
                BinaryPrimitives.ReadUInt32LittleEndian(h[40..]),
                BinaryPrimitives.ReadUInt64LittleEndian(h[56..]));
            raw.Add((BinaryPrimitives.ReadUInt32LittleEndian(h), section));
        }

        return raw.ConvertAll(r => r.Section with { Name = StringAt(raw[nameTable].Section, r.Name) });
    }

    private void ReadSymbols()
    {
        foreach (ElfSection table in Sections.Where(s => s.Type == SectionSymbols))
        {
            if (table.Link >= Sections.Count || table.EntrySize != SymbolSize)
            {
                throw Bad("its symbol table is damaged");
            }

            ReadOnlySpan<byte> bytes = Slice(table.FileOffset, table.Size, "the symbol table");
            for (int at = 0; at + SymbolSize <= bytes.Length; at += SymbolSize)
            {
                ReadOnlySpan<byte> s = bytes.Slice(at, SymbolSize);
                uint nameOffset = BinaryPrimitives.ReadUInt32LittleEndian(s);
                ushort section = BinaryPrimitives.ReadUInt16LittleEndian(s[6..]);
                if (nameOffset == 0 || section == 0)
                {
                    continue;
                }

                string name = StringAt(Sections[(int)table.Link], nameOffset);
                _symbols[name] = new(
                    name, BinaryPrimitives.ReadUInt64LittleEndian(s[8..]), BinaryPrimitives.ReadUInt64LittleEndian(s[16..]))
                {
                    IsWeak = s[4] >> BindingShift == WeakBinding,
                };
            }
        }
    }

    private string StringAt(ElfSection table, uint offset)
    {
        ReadOnlySpan<byte> bytes = table.Type == SectionNoBits ? default : Slice(table.FileOffset, table.Size, "a string table");
        if (offset >= bytes.Length)
        {
            throw Bad("a name lies outside its string table");
        }

        bytes = bytes[(int)offset..];
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    // A note: name size, description size, type (4 bytes each), then name and description, each padded to 4 bytes.
    private ReadOnlyMemory<byte> FindBuildId()
    {
        const int NoteHeader = 12;
        foreach (ElfSection section in Sections.Where(s => s.Type == SectionNote))
        {
            ReadOnlySpan<byte> note = Slice(section.FileOffset, section.Size, "a note");
            while (note.Length >= NoteHeader)
            {
                uint[] words = MemoryMarshal.Cast<byte, uint>(note[..NoteHeader]).ToArray();
                ulong name = (words[0] + 3UL) & ~3UL;
                ulong length = (words[1] + 3UL) & ~3UL;
                if (NoteHeader + name + length > (ulong)note.Length)
                {
                    break;
                }

                if (words[2] == NoteBuildId && note.Slice(NoteHeader, (int)words[0]).StartsWith("GNU"u8))
                {
                    return note.Slice(NoteHeader + (int)name, (int)words[1]).ToArray();
                }

                note = note[(NoteHeader + (int)name + (int)length)..];
            }
        }

        return default;
    }
}
