// The header that boot loaders and QEMU know an arm64 kernel by (Linux, Documentation/arch/arm64/booting.rst).
//
// The kernel's entry code holds the header with its branch and magic; only the size is known here.

using System;
using System.Buffers.Binary;
using System.IO;

namespace Pride.Image;

/// <summary>The 64 bytes at the start of the image.</summary>
internal static class LinuxImageHeader
{
    private const int TextOffsetAt = 8;
    private const int ImageSizeAt = 16;
    private const int MagicAt = 56;
    private const uint Magic = 0x644d5241;

    /// <summary>Writes the effective size (bytes from the start) and checks the rest.</summary>
    /// <exception cref="InvalidDataException">The kernel does not start with the header.</exception>
    public static void Finish(Span<byte> image, ulong size)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(image[MagicAt..]) != Magic)
        {
            throw new InvalidDataException("the kernel does not start with the arm64 Image header");
        }

        if (BinaryPrimitives.ReadUInt64LittleEndian(image[TextOffsetAt..]) != 0)
        {
            throw new InvalidDataException("the kernel's Image header asks for a text offset; the layout expects 0");
        }

        BinaryPrimitives.WriteUInt64LittleEndian(image[ImageSizeAt..], size);
    }
}
