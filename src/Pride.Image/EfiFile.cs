// The file that an EFI firmware starts: a PE32+ application with one section, the whole image, entered where Efi.S begins (Microsoft PE/COFF
// specification; UEFI specification 2.10, 2.1.1). The code finds itself wherever it is loaded, so there are no relocations.

using System;
using System.Buffers.Binary;

namespace Pride.Image;

/// <summary>Wraps an image.</summary>
internal static class EfiFile
{
    // The old header, whose last word says where the new one is.
    private const int NewHeaderAt = 0x80;
    private const int NewHeaderPointer = 0x3C;

    // COFF header after the signature, optional header, one section header.
    private const int CoffAt = NewHeaderAt + 4;
    private const int OptionalAt = CoffAt + 20;
    private const int OptionalBytes = 112 + (Directories * 8);
    private const int SectionAt = OptionalAt + OptionalBytes;
    private const int Directories = 16;
    private const ushort MachineX64 = 0x8664;
    private const ushort ExecutableLargeAddresses = 0x0022;
    private const ushort Pe32Plus = 0x020B;
    private const ushort EfiApplication = 10;
    private const uint CodeReadWriteExecute = 0xE000_0020;

    /// <summary>Where the image starts, in the file and when it is loaded: a page.</summary>
    private const int ImageAt = 0x1000;

    /// <summary>The file for <paramref name="image"/>, entered <paramref name="entry"/> bytes after its start.</summary>
    public static byte[] Wrap(ReadOnlySpan<byte> image, ulong entry)
    {
        byte[] file = new byte[ImageAt + image.Length];
        "MZ"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(NewHeaderPointer), NewHeaderAt);
        "PE"u8.CopyTo(file.AsSpan(NewHeaderAt));
        WriteCoff(file.AsSpan(CoffAt));
        WriteOptional(file.AsSpan(OptionalAt), (uint)image.Length, (uint)entry);
        WriteSection(file.AsSpan(SectionAt), (uint)image.Length);
        image.CopyTo(file.AsSpan(ImageAt));
        return file;
    }

    private static void WriteCoff(Span<byte> header)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(header, MachineX64);
        BinaryPrimitives.WriteUInt16LittleEndian(header[2..], 1); // sections
        BinaryPrimitives.WriteUInt16LittleEndian(header[16..], OptionalBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(header[18..], ExecutableLargeAddresses);
    }

    private static void WriteOptional(Span<byte> header, uint imageBytes, uint entry)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(header, Pe32Plus);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], imageBytes); // code
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], ImageAt + entry);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], ImageAt); // where code begins
        BinaryPrimitives.WriteUInt32LittleEndian(header[32..], ImageAt); // alignment in memory
        BinaryPrimitives.WriteUInt32LittleEndian(header[36..], ImageAt); // alignment in the file
        BinaryPrimitives.WriteUInt32LittleEndian(header[56..], ImageAt + imageBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(header[60..], ImageAt); // headers
        BinaryPrimitives.WriteUInt16LittleEndian(header[68..], EfiApplication);
        BinaryPrimitives.WriteUInt32LittleEndian(header[108..], Directories);
    }

    private static void WriteSection(Span<byte> header, uint imageBytes)
    {
        ".pride"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], imageBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], ImageAt);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], imageBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], ImageAt);
        BinaryPrimitives.WriteUInt32LittleEndian(header[36..], CodeReadWriteExecute);
    }
}
