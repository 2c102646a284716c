// Allocation: a bump through a run of free slots; else the next run of the block, the next block of the class that has
// free slots, a free block. The memory of a run is zeroed when it is taken.

using System.Numerics;
using System.Runtime.CompilerServices;

namespace Pride.Runtime.Heap;

public unsafe partial struct ManagedHeap
{
    /// <summary>
    /// Zeroed memory for an object of <paramref name="size"/> bytes, aligned to 16 bytes; null when no slot or run of blocks is
    /// free: collect and try again.
    /// </summary>
    public byte* Allocate(nuint size)
    {
        byte* memory = Bump(size);
        return memory != null ? memory : AllocateSlowly(size);
    }

    /// <summary>The same from the run of its size class; null also when that is used up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Bump(nuint size)
    {
        if (size <= SizeClasses.MaximumSmall && _classes != null)
        {
            SizeClassState* state = _classes + SizeClasses.Of(size);
            byte* slot = state->Next;
            byte* next = slot + state->SlotSize;
            if (next <= state->Limit)
            {
                state->Next = next;
                return slot;
            }
        }

        return null;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* AllocateSlowly(nuint size)
    {
        if (_blockCount == 0)
        {
            return null;
        }

        if (size > SizeClasses.MaximumSmall)
        {
            return AllocateLarge(size);
        }

        int sizeClass = SizeClasses.Of(size);
        SizeClassState* state = _classes + sizeClass;
        while (!TakeNextRun(state))
        {
            if (!TakeNextBlock(state, sizeClass))
            {
                return null;
            }
        }

        byte* slot = state->Next;
        state->Next += state->SlotSize;
        return slot;
    }

    // The next run of clear bits in the current block becomes the bump run, wholly marked as allocated.
    private bool TakeNextRun(SizeClassState* state)
    {
        if (state->CurrentBlock < 0)
        {
            return false;
        }

        HeapBlock* block = _blocks + state->CurrentBlock;
        int first = NextBit(block->Allocated, state->NextSlot, block->SlotCount, isSet: false);
        if (first == block->SlotCount)
        {
            state->CurrentBlock = -1;
            state->Next = state->Limit = null;
            return false;
        }

        int end = NextBit(block->Allocated, first, block->SlotCount, isSet: true);
        for (int slot = first; slot < end; slot++)
        {
            block->Allocated[slot >> 6] |= 1UL << slot;
        }

        byte* start = BlockStart(state->CurrentBlock);
        state->Next = start + ((nuint)first * state->SlotSize);
        state->Limit = start + ((nuint)end * state->SlotSize);
        state->NextSlot = end;
        nuint bytes = (nuint)(state->Limit - state->Next);
        MemoryOperations.Clear((byte*)state->Next, bytes);
        Count(bytes);
        return true;
    }

    private bool TakeNextBlock(SizeClassState* state, int sizeClass)
    {
        int index = state->FirstPartial;
        if (index >= 0)
        {
            state->FirstPartial = _blocks[index].NextPartial;
        }
        else
        {
            index = TakeFreeBlocks(1);
            if (index < 0)
            {
                return false;
            }

            HeapBlock* block = _blocks + index;
            *block = default;
            block->Kind = HeapBlockKind.Small;
            block->SizeClass = (byte)sizeClass;
            block->SlotCount = (ushort)(BlockSize / state->SlotSize);
        }

        state->CurrentBlock = index;
        state->NextSlot = 0;
        return true;
    }

    private byte* AllocateLarge(nuint size)
    {
        if (size > Capacity)
        {
            return null;
        }

        int count = (int)((size + BlockSize - 1) >> BlockShift);
        int first = TakeFreeBlocks(count);
        if (first < 0)
        {
            return null;
        }

        _blocks[first] = new HeapBlock { Kind = HeapBlockKind.LargeFirst, Extent = (uint)count };
        _blocks[first].Allocated[0] = 1;
        for (int i = 1; i < count; i++)
        {
            _blocks[first + i] = new HeapBlock { Kind = HeapBlockKind.LargeRest, Extent = (uint)i };
        }

        byte* memory = BlockStart(first);
        nuint bytes = (nuint)count << BlockShift;
        MemoryOperations.Clear((byte*)memory, bytes);
        Count(bytes);
        return memory;
    }

    // First fit: the first run of `count` free blocks, or -1. Low addresses fill first, which keeps long runs together.
    private int TakeFreeBlocks(int count)
    {
        if (count > _freeBlocks)
        {
            return -1;
        }

        int run = 0;
        bool isFirstFree = true;
        for (int i = _firstMaybeFree; i < _blockCount; i++)
        {
            if (_blocks[i].Kind != HeapBlockKind.Free)
            {
                run = 0;
                continue;
            }

            if (isFirstFree)
            {
                isFirstFree = false;
                _firstMaybeFree = i;
            }

            if (++run == count)
            {
                _freeBlocks -= count;
                _usedEnd = i < _usedEnd ? _usedEnd : i + 1;
                return i - count + 1;
            }
        }

        return -1;
    }

    private void Count(nuint bytes)
    {
        _sinceCollection += bytes;
        _totalBytes += bytes;
    }

    // The first slot at or after `from` whose bit is as asked, or `limit`.
    private static int NextBit(ulong* bits, int from, int limit, bool isSet)
    {
        while (from < limit)
        {
            ulong word = isSet ? bits[from >> 6] : ~bits[from >> 6];
            word >>= from;
            if (word != 0)
            {
                int found = from + BitOperations.TrailingZeroCount(word);
                return found < limit ? found : limit;
            }

            from = (from | 63) + 1;
        }

        return limit;
    }
}
