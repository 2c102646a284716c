// The firmware's memory map, in the form that PVH and Multiboot2 share, and to which a device tree's is brought: entries of 24 bytes (start, length, type), in any order.

using System;
using System.Buffers.Binary;
using Pride.Machine;

namespace Pride.Kernel.Firmware;

/// <summary>The ranges of physical memory that the firmware lists.</summary>
[RunsOnce]
internal readonly ref struct MemoryMap(ReadOnlySpan<byte> entries)
{
    /// <summary>Bytes of an entry.</summary>
    public const int EntryBytes = 24;

    /// <summary>More ranges than any firmware lists; what has more is not a map.</summary>
    public const int MaximumEntries = 4096;

    private const int LengthOffset = 8;
    private const int TypeOffset = 16;
    private const uint Ram = 1;

    private readonly ReadOnlySpan<byte> _entries = entries;

    public int Count => _entries.Length / EntryBytes;

    /// <summary>The first address from <paramref name="start"/> on that is not free main memory, or <paramref name="end"/>. Where ranges overlap, what is not free wins.</summary>
    public ulong FirstMissing(ulong start, ulong end)
    {
        ulong present = FirstGap(start, end, ramOnly: true);
        for (int i = 0; i < Count; i++)
        {
            (ulong from, ulong to) = Range(i);
            if (!IsRam(i) && from < present && to > start)
            {
                present = from > start ? from : start;
            }
        }

        return present;
    }

    /// <summary>Whether the firmware lists all of a run of memory, as whatever it may be.</summary>
    public bool Lists(ulong address, ulong bytes) => bytes <= ulong.MaxValue - address && FirstGap(address, address + bytes, ramOnly: false) == address + bytes;

    // Each turn goes on where a range ends; there are no more turns than ranges.
    private ulong FirstGap(ulong start, ulong end, bool ramOnly)
    {
        ulong covered = start;
        bool grows = true;
        while (grows && covered < end)
        {
            grows = false;
            for (int i = 0; i < Count; i++)
            {
                (ulong from, ulong to) = Range(i);
                if (from <= covered && covered < to && (!ramOnly || IsRam(i)))
                {
                    covered = to;
                    grows = true;
                }
            }
        }

        return covered < end ? covered : end;
    }

    private (ulong From, ulong To) Range(int index)
    {
        ReadOnlySpan<byte> entry = _entries.Slice(index * EntryBytes, EntryBytes);
        ulong from = BinaryPrimitives.ReadUInt64LittleEndian(entry);
        ulong bytes = BinaryPrimitives.ReadUInt64LittleEndian(entry[LengthOffset..]);
        return (from, bytes > ulong.MaxValue - from ? ulong.MaxValue : from + bytes);
    }

    private bool IsRam(int index) => BinaryPrimitives.ReadUInt32LittleEndian(_entries[((index * EntryBytes) + TypeOffset)..]) == Ram;
}
