// A file system's block device in a PD: sDDF's block client.

using System;
using Pride.Sddf;

namespace Pride.FileSystems;

/// <summary>The adapter. The PD takes the responses itself and submits once for each event.</summary>
public sealed class SddfBlockDevice(BlockClient client) : IBlockDevice
{
    public Span<byte> Data => client.Data;

    public ulong Capacity => client.IsReady ? client.Storage.Capacity : 0;

    public bool TryRead(ulong block, ushort count, ulong offset, uint id) => client.TryRead(block, count, offset, id);
}
