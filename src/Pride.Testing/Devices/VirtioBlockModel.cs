// A virtio block device for tests, over an array of bytes.

using System;
using System.Buffers.Binary;
using System.Collections.Generic;

namespace Pride.Testing.Devices;

/// <summary>virtio-blk.</summary>
public sealed class VirtioBlockModel(TestSystem system, byte[] medium, ulong features = VirtioModel.FeatureEventIndex | VirtioBlockModel.FeatureFlush, uint queueSize = 256)
    : VirtioModel(system, 2, 1, features, queueSize), IDiskModel
{
    /// <summary>VIRTIO_BLK_F_RO.</summary>
    public const ulong FeatureReadOnly = 1 << 5;

    /// <summary>VIRTIO_BLK_F_FLUSH.</summary>
    public const ulong FeatureFlush = 1 << 9;

    private const int SectorSize = 512;

    /// <summary>True: requests stay with the device until <see cref="Work"/>.</summary>
    public bool HoldsRequests { get; set; }

    /// <summary>The next requests fail with an I/O error.</summary>
    public int FailNext { get; set; }

    /// <summary>Flush requests seen.</summary>
    public int Flushes { get; private set; }

    /// <summary>Does everything that waits; at most <paramref name="limit"/> requests.</summary>
    public void Work(int limit = int.MaxValue)
    {
        while (limit-- > 0 && TakeChain(0, out ushort head) is { } chain)
        {
            uint written = Execute(chain);
            PutUsed(0, head, written);
        }
    }

    protected override ulong ReadConfiguration(int offset, int width)
    {
        byte[] configuration = new byte[64];
        BinaryPrimitives.WriteUInt64LittleEndian(configuration, (ulong)(medium.Length / SectorSize));
        ReadOnlySpan<byte> field = configuration.AsSpan(offset);
        return width switch { 1 => field[0], 2 => BinaryPrimitives.ReadUInt16LittleEndian(field), _ => BinaryPrimitives.ReadUInt32LittleEndian(field) };
    }

    protected override void Ring(int queue)
    {
        if (!HoldsRequests)
        {
            Work();
        }
    }

    private uint Execute(List<Buffer> chain)
    {
        Span<byte> header = Memory(chain[0]);
        uint type = BinaryPrimitives.ReadUInt32LittleEndian(header);
        long at = (long)BinaryPrimitives.ReadUInt64LittleEndian(header[8..]) * SectorSize;
        Span<byte> status = Memory(chain[^1]);
        uint written = 1;
        status[0] = 0;
        if (FailNext > 0)
        {
            FailNext--;
            status[0] = 1;
            return written;
        }

        Flushes += type == 4 ? 1 : 0;
        foreach (Buffer buffer in chain[1..^1])
        {
            if (buffer.IsWritable != (type == 0))
            {
                throw new TestSystemException("virtio-blk: data buffer of the wrong direction");
            }

            Span<byte> data = Memory(buffer);
            Span<byte> place = medium.AsSpan((int)at, data.Length);
            if (type == 0)
            {
                place.CopyTo(data);
                written += (uint)data.Length;
            }
            else
            {
                data.CopyTo(place);
            }

            at += data.Length;
        }

        return written;
    }
}
