// What a file system needs of a block device. In a PD it is sDDF's block client; in tests it is an image in memory.

using System;

namespace Pride.FileSystems;

/// <summary>A device that moves blocks of 4096 bytes between a medium and a data region, and answers later.</summary>
public interface IBlockDevice
{
    /// <summary>The region that blocks are read to.</summary>
    Span<byte> Data { get; }

    /// <summary>Size of the medium in blocks; 0 while it is not known.</summary>
    ulong Capacity { get; }

    /// <summary>
    /// Asks for <paramref name="count"/> blocks from <paramref name="block"/> to come to <paramref name="offset"/> in the data region; the
    /// answer carries <paramref name="id"/>. False when nothing more can be asked now.
    /// </summary>
    bool TryRead(ulong block, ushort count, ulong offset, uint id);
}
