// The file that PVH boot loaders (QEMU's -kernel, Xen) and Multiboot2 ones (GRUB) take: an ELF file with one segment, the whole image, a note that
// names the 32-bit entry point (Xen, docs/misc/pvh.pandoc; xen/include/public/elfnote.h), and a Multiboot2 header (specification 2.0, 3.1).

using System;
using System.Buffers.Binary;
using Pride.Image.Elf;

namespace Pride.Image;

/// <summary>Wraps an image.</summary>
internal static class PvhFile
{
    // ELF: gABI, chapters 4 and 5.
    private const int HeaderBytes = 64;
    private const int ProgramHeaderBytes = 56;
    private const int ProgramHeaders = 2;
    private const ushort Executable = 2;
    private const uint SegmentLoad = 1;
    private const uint SegmentNote = 4;
    private const uint AllRights = 7;
    private const int NoteAt = HeaderBytes + (ProgramHeaders * ProgramHeaderBytes);

    /// <summary>XEN_ELFNOTE_PHYS32_ENTRY.</summary>
    private const uint EntryNote = 18;
    private const int NoteBytes = 12 + 4 + 8;

    // In the first 32 KiB, on a multiple of 8: magic number, i386, length, checksum; one tag, which ends them. The rest the ELF file says.
    private const int MultibootAt = (NoteAt + NoteBytes + 7) & ~7;
    private const uint MultibootMagic = 0xE852_50D6;
    private const uint MultibootBytes = 24;
    private const uint EndTagBytes = 8;

    /// <summary>Where the image starts in the file: a page, as its alignment in memory asks.</summary>
    private const int ImageAt = 0x1000;

    /// <summary>The file for <paramref name="image"/>, to be loaded at <paramref name="loadAddress"/> and entered at <paramref name="entry"/> (physical).</summary>
    public static byte[] Wrap(ReadOnlySpan<byte> image, ulong loadAddress, ulong entry)
    {
        byte[] file = new byte[ImageAt + image.Length];
        WriteHeader(file, entry);
        WriteSegment(file.AsSpan(HeaderBytes), SegmentLoad, AllRights, ImageAt, loadAddress, (ulong)image.Length, ImageAt);
        WriteSegment(file.AsSpan(HeaderBytes + ProgramHeaderBytes), SegmentNote, 0, NoteAt, 0, NoteBytes, sizeof(uint));
        WriteNote(file.AsSpan(NoteAt), entry);
        WriteMultiboot(file.AsSpan(MultibootAt));
        image.CopyTo(file.AsSpan(ImageAt));
        return file;
    }

    private static void WriteHeader(Span<byte> header, ulong entry)
    {
        "\x7f"u8.CopyTo(header);
        "ELF"u8.CopyTo(header[1..]);
        header[4] = 2; // 64-bit
        header[5] = 1; // little endian
        header[6] = 1; // version
        BinaryPrimitives.WriteUInt16LittleEndian(header[16..], Executable);
        BinaryPrimitives.WriteUInt16LittleEndian(header[18..], ElfMachine.X64);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], entry);
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], HeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(header[52..], HeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(header[54..], ProgramHeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(header[56..], ProgramHeaders);
    }

    private static void WriteSegment(Span<byte> header, uint type, uint flags, ulong offset, ulong address, ulong bytes, ulong alignment)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, type);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], flags);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], offset);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], address);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], address);
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], bytes);
        BinaryPrimitives.WriteUInt64LittleEndian(header[40..], bytes);
        BinaryPrimitives.WriteUInt64LittleEndian(header[48..], alignment);
    }

    private static void WriteMultiboot(Span<byte> header)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, MultibootMagic);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], MultibootBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], unchecked(0 - (MultibootMagic + MultibootBytes)));
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], EndTagBytes);
    }

    private static void WriteNote(Span<byte> note, ulong entry)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(note, 4); // bytes of the name, with its zero
        BinaryPrimitives.WriteUInt32LittleEndian(note[4..], sizeof(ulong));
        BinaryPrimitives.WriteUInt32LittleEndian(note[8..], EntryNote);
        "Xen"u8.CopyTo(note[12..]);
        BinaryPrimitives.WriteUInt64LittleEndian(note[16..], entry);
    }
}
