// The header that boot loaders and QEMU know a kernel image by (Linux, Documentation/arch/arm64/booting.rst and
// Documentation/arch/riscv/boot-image-header.rst). Both have the same places for what is checked and written here.
//
// The kernel's entry code holds the header with its branch and magic; only the size is known here.

using System;
using System.Buffers.Binary;
using System.IO;

namespace Pride.Image;

/// <summary>The 64 bytes at the start of the image, as one architecture has them.</summary>
internal sealed class LinuxImageHeader
{
    private const int TextOffsetAt = 8;
    private const int ImageSizeAt = 16;
    private const int MagicAt = 56;

    // Where both architectures' loaders put an image: so far above the start of memory.
    private const ulong OwnPlace = 0x20_0000;

    private readonly string _architecture;
    private readonly uint _magic;
    private readonly ulong _textOffset;

    private LinuxImageHeader(string architecture, uint magic, ulong textOffset)
    {
        _architecture = architecture;
        _magic = magic;
        _textOffset = textOffset;
    }

    /// <summary>"ARM\x64"; at any multiple of 2 MiB.</summary>
    public static LinuxImageHeader Arm64 { get; } = new("arm64", 0x644d5241, 0);

    /// <summary>"RSC\x05"; 2 MiB above the start of memory, where the firmware is.</summary>
    public static LinuxImageHeader RiscV64 { get; } = new("RISC-V", 0x05435352, OwnPlace);

    /// <summary>
    /// Writes the effective size (bytes from the start), checks the rest and returns the file. An image that is built <paramref name="above"/> bytes above the place
    /// where loaders put one asks for that, by its distance from the start of memory.
    /// </summary>
    /// <exception cref="InvalidDataException">The kernel does not start with the header.</exception>
    public byte[] Finish(Span<byte> image, ulong above)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(image[MagicAt..]) != _magic)
        {
            throw new InvalidDataException($"the kernel does not start with the {_architecture} Image header");
        }

        if (BinaryPrimitives.ReadUInt64LittleEndian(image[TextOffsetAt..]) != _textOffset)
        {
            throw new InvalidDataException($"the kernel's Image header asks for another text offset than 0x{_textOffset:x}");
        }

        if (above != 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(image[TextOffsetAt..], OwnPlace + above);
        }

        BinaryPrimitives.WriteUInt64LittleEndian(image[ImageSizeAt..], (ulong)image.Length);
        return image.ToArray();
    }
}
