// The collected heap of a managed PD: non-moving mark-sweep over one mapped region.
//
// Small objects live in blocks of one slot size, large objects in runs of blocks. Allocation bumps through a run of
// free slots; when it is used up the next run of clear allocation bits is taken (ManagedHeap.Allocate.cs). A collection
// marks from the roots that the caller gives (ManagedHeap.Mark.cs), then the marks become the new allocation bits.
//
// Rules: one thread; nothing here allocates from the heap it manages or throws; a refused allocation is null.

using System.Runtime.InteropServices;

namespace Pride.Runtime.Heap;

/// <summary>One heap. Zero-initialised memory is a heap without room, so that a PD without a heap region fails by name.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe partial struct ManagedHeap
{
    /// <summary>Bytes of a block.</summary>
    public const int BlockSize = 1 << BlockShift;

    private const int BlockShift = 13;

    /// <summary>Entries of the mark stack for each block; when it is full, marking goes on by walking the blocks.</summary>
    private const int MarkEntriesPerBlock = 8;

    /// <summary>Bytes allocated before a collection is worth its cost, for small heaps.</summary>
    private const nuint SmallestDueBytes = 64 * 1024;

    private byte* _start;
    private byte* _end;
    private HeapBlock* _blocks;
    private SizeClassState* _classes;
    private byte** _markStack;
    private int _blockCount;
    private int _freeBlocks;
    private int _firstMaybeFree;

    // One past the last block that holds something: a collection's work goes with what is in use, not with the capacity.
    private int _usedEnd;
    private int _markCapacity;
    private int _markDepth;
    private bool _markOverflowed;
    private nuint _sinceCollection;
    private nuint _dueBytes;
    private nuint _liveBytes;
    private ulong _totalBytes;
    private uint _collections;

    /// <summary>Bytes reached by the last collection.</summary>
    public readonly nuint LiveBytes => _liveBytes;

    /// <summary>Bytes handed out since the heap was made.</summary>
    public readonly ulong TotalBytes => _totalBytes;

    /// <summary>Bytes handed out since the last collection (whole runs of slots count when taken).</summary>
    public readonly nuint BytesSinceCollection => _sinceCollection;

    /// <summary>Collections since the heap was made.</summary>
    public readonly uint Collections => _collections;

    /// <summary>Bytes that objects can use in all.</summary>
    public readonly nuint Capacity => (nuint)_blockCount << BlockShift;

    /// <summary>Bytes in blocks that hold nothing.</summary>
    public readonly nuint FreeBlockBytes => (nuint)_freeBlocks << BlockShift;

    /// <summary>True when enough was allocated that a collection between two events pays.</summary>
    public readonly bool IsCollectionDue => _sinceCollection >= _dueBytes && _blockCount != 0;

    /// <summary>Makes the region [memory, memory + size) an empty heap; what was there before is forgotten.</summary>
    public void Initialise(byte* memory, nuint size)
    {
        this = default;
        nuint fixedBytes = (nuint)(sizeof(SizeClassState) * SizeClasses.Count);
        nuint perBlock = (nuint)(BlockSize + sizeof(HeapBlock) + (MarkEntriesPerBlock * sizeof(byte*)));
        if (memory == null || size < fixedBytes + perBlock + BlockSize)
        {
            return;
        }

        _blockCount = (int)((size - fixedBytes - BlockSize) / perBlock);
        _classes = (SizeClassState*)memory;
        _blocks = (HeapBlock*)(_classes + SizeClasses.Count);
        _markStack = (byte**)(_blocks + _blockCount);
        _markCapacity = _blockCount * MarkEntriesPerBlock;
        _start = (byte*)(((nuint)(_markStack + _markCapacity) + BlockSize - 1) & ~(nuint)(BlockSize - 1));
        _end = _start + ((nuint)_blockCount << BlockShift);
        _freeBlocks = _blockCount;
        _dueBytes = DueBytes();
        MemoryOperations.Clear((byte*)_blocks, (nuint)(sizeof(HeapBlock) * _blockCount));
        for (int i = 0; i < SizeClasses.Count; i++)
        {
            uint slotSize = SizeClasses.SizeOf(i);
            uint reciprocal = (uint)(((1UL << 32) + slotSize - 1) / slotSize);
            _classes[i] = new SizeClassState { SlotSize = slotSize, Reciprocal = reciprocal, CurrentBlock = -1, FirstPartial = -1 };
        }
    }

    /// <summary>Prints what the heap holds, for a PD that ends because it is full.</summary>
    public readonly void PrintState()
    {
        const int BytesPerKibibyte = 1024;
        DebugConsole.Write("the heap has ");
        DebugConsole.WriteDecimal(Capacity / BytesPerKibibyte);
        DebugConsole.Write(" KiB, of which ");
        DebugConsole.WriteDecimal(_liveBytes / BytesPerKibibyte);
        DebugConsole.Write(" were alive at collection ");
        DebugConsole.WriteDecimal(_collections);
        DebugConsole.Write(": its size is the `heap` of the PD in the system description\n");
    }

    private readonly byte* BlockStart(int block) => _start + ((nuint)block << BlockShift);

    // Due when as much was allocated as is alive, but before what is free runs out: a collection between events is
    // exact, one within an event is not.
    private readonly nuint DueBytes()
    {
        nuint room = (Capacity - _liveBytes) / 2;
        nuint due = _liveBytes > SmallestDueBytes ? _liveBytes : SmallestDueBytes;
        return due < room ? due : room;
    }
}
