// The side table of the managed heap: one entry for each block of 8 KiB. Mark and allocation bits lie here, not in
// the objects, so that a collection touches few cache lines and read-only objects need no bits.

using System.Runtime.InteropServices;

namespace Pride.Runtime.Heap;

/// <summary>What a block of the heap holds.</summary>
internal enum HeapBlockKind : byte
{
    Free = 0,

    /// <summary>Slots of one size class.</summary>
    Small = 1,

    /// <summary>The first block of one large object.</summary>
    LargeFirst = 2,

    /// <summary>A further block of a large object.</summary>
    LargeRest = 3,
}

/// <summary>One block. 144 bytes: 1.8 % of the memory that it describes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct HeapBlock
{
    /// <summary>A block has at most 8192 / 16 slots.</summary>
    public const int BitWords = 8;

    public HeapBlockKind Kind;

    /// <summary>Small: index of the size class.</summary>
    public byte SizeClass;

    /// <summary>Small: the slots of the block.</summary>
    public ushort SlotCount;

    /// <summary>LargeFirst: blocks of the object. LargeRest: distance back to the first block.</summary>
    public uint Extent;

    /// <summary>Small: next block of the class that has free slots, or -1.</summary>
    public int NextPartial;

    private readonly uint _padding;

    /// <summary>Slots handed out, precise once the bump runs are retired.</summary>
    public fixed ulong Allocated[BitWords];

    /// <summary>Slots that the current collection has reached. Large objects use bit 0.</summary>
    public fixed ulong Marked[BitWords];
}

/// <summary>Where the next objects of one size class go: a run of free, zeroed slots.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SizeClassState
{
    /// <summary>The next free slot of the run.</summary>
    public byte* Next;

    /// <summary>The end of the run.</summary>
    public byte* Limit;

    /// <summary>Bytes of a slot.</summary>
    public uint SlotSize;

    /// <summary>ceil(2^32 / SlotSize): offset * Reciprocal >> 32 is offset / SlotSize for every offset in a block.</summary>
    public uint Reciprocal;

    /// <summary>The block of the run, or -1.</summary>
    public int CurrentBlock;

    /// <summary>Where the search for the next run in that block goes on.</summary>
    public int NextSlot;

    /// <summary>First of the other blocks that have free slots, or -1.</summary>
    public int FirstPartial;

    private readonly uint _padding;
}
