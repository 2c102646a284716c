// Writes small ELF files for the tests: segments, symbols and a build id, as a linker would.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Pride.Image.Elf;

namespace Pride.Image.Tests;

internal sealed class ElfWriter
{
    private readonly List<(ulong Address, byte[] Bytes, ulong MemorySize, ElfSegmentFlags Flags)> _segments = [];
    private readonly List<(string Name, ulong Address, ulong Size, byte Binding)> _symbols = [];

    public ulong Entry { get; set; }

    public byte[] BuildId { get; set; } = [];

    /// <summary>The instruction set: AArch64 (183) unless another is asked for.</summary>
    public ushort Machine { get; init; } = 183;

    public ElfWriter Segment(ulong address, byte[] bytes, ElfSegmentFlags flags, ulong? memorySize = null)
    {
        _segments.Add((address, bytes, memorySize ?? (ulong)bytes.Length, flags));
        return this;
    }

    public ElfWriter Symbol(string name, ulong address, ulong size)
    {
        _symbols.Add((name, address, size, 1));
        return this;
    }

    public ElfWriter WeakSymbol(string name, ulong address, ulong size, bool weak = true)
    {
        _symbols.Add((name, address, size, weak ? (byte)2 : (byte)1));
        return this;
    }

    public ElfFile Build(string name = "test.elf") => new(ToBytes(), name);

    /// <summary>Header, program headers, segments, note, symbols, strings, section headers.</summary>
    public byte[] ToBytes()
    {
        MemoryStream body = new();
        BinaryWriter w = new(body);
        w.Write(new byte[64 + (56 * _segments.Count)]);
        List<ulong> offsets = [];
        foreach (var segment in _segments)
        {
            offsets.Add((ulong)body.Position);
            w.Write(segment.Bytes);
        }

        ulong noteAt = (ulong)body.Position;
        w.Write(4);
        w.Write(BuildId.Length);
        w.Write(3);
        w.Write("GNU\0"u8);
        w.Write(BuildId);
        ulong noteSize = (ulong)body.Position - noteAt;
        StringBuilder strings = new("\0");
        ulong symbolsAt = (ulong)body.Position;
        w.Write(new byte[24]);
        foreach (var symbol in _symbols)
        {
            w.Write(strings.Length);
            w.Write((byte)((symbol.Binding << 4) | 1));
            w.Write((byte)0);
            w.Write((ushort)1);
            w.Write(symbol.Address);
            w.Write(symbol.Size);
            strings.Append(symbol.Name).Append('\0');
        }

        ulong stringsAt = (ulong)body.Position;
        byte[] stringBytes = Encoding.UTF8.GetBytes(strings.ToString());
        w.Write(stringBytes);
        ulong sectionsAt = (ulong)body.Position;
        w.Write(new byte[64]);
        WriteSection(w, 7, noteAt, noteSize, 0, 0);
        WriteSection(w, 2, symbolsAt, stringsAt - symbolsAt, 3, 24);
        WriteSection(w, 3, stringsAt, (ulong)stringBytes.Length, 0, 0);
        WriteHeaders(w, offsets, sectionsAt);
        return body.ToArray();
    }

    private static void WriteSection(BinaryWriter w, uint type, ulong offset, ulong size, uint link, ulong entrySize)
    {
        w.Write(0u);
        w.Write(type);
        w.Write(0ul);
        w.Write(0ul);
        w.Write(offset);
        w.Write(size);
        w.Write(link);
        w.Write(0u);
        w.Write(1ul);
        w.Write(entrySize);
    }

    private void WriteHeaders(BinaryWriter w, List<ulong> offsets, ulong sectionsAt)
    {
        w.Seek(0, SeekOrigin.Begin);
        w.Write([0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        w.Write((ushort)2);
        w.Write(Machine);
        w.Write(1u);
        w.Write(Entry);
        w.Write(64ul);
        w.Write(sectionsAt);
        w.Write(0u);
        w.Write((ushort)64);
        w.Write((ushort)56);
        w.Write((ushort)_segments.Count);
        w.Write((ushort)64);
        w.Write((ushort)4);
        w.Write((ushort)3);
        foreach (var (segment, offset) in _segments.Zip(offsets))
        {
            w.Write(1u);
            w.Write((uint)segment.Flags);
            w.Write(offset);
            w.Write(segment.Address);
            w.Write(segment.Address);
            w.Write((ulong)segment.Bytes.Length);
            w.Write(segment.MemorySize);
            w.Write(4096ul);
        }
    }
}
