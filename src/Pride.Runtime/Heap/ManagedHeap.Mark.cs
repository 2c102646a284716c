// Collection: BeginCollection, then a call for each root, then FinishCollection.
//
// Exact roots are references (MarkReference). Words of the stack are conservative roots (MarkWord): whatever
// points into an allocated slot, or just behind it, keeps the object. The mark stack has a fixed size;
// when it overflows, marked objects are walked again until nothing new is found.

using System.Numerics;
using Pride.Runtime.ObjectModel;

namespace Pride.Runtime.Heap;

public unsafe partial struct ManagedHeap
{
    /// <summary>Makes the allocation bits precise and clears the marks.</summary>
    public void BeginCollection()
    {
        for (int i = 0; i < SizeClasses.Count && _classes != null; i++)
        {
            Retire(_classes + i);
        }

        for (int i = 0; i < _usedEnd; i++)
        {
            for (int word = 0; word < HeapBlock.BitWords; word++)
            {
                _blocks[i].Marked[word] = 0;
            }
        }

        _markDepth = 0;
        _markOverflowed = false;
    }

    /// <summary>Keeps <paramref name="target"/> (null and objects in static data are fine) and all that it reaches.</summary>
    public void MarkReference(byte* target)
    {
        if (target >= _start && target < _end)
        {
            MarkSlot(target);
        }
    }

    /// <summary>Keeps the object that <paramref name="word"/> may point into or just behind, if there is one.</summary>
    public void MarkWord(nuint word)
    {
        byte* address = (byte*)word;
        if (address >= _start && address < _end)
        {
            MarkSlot(address);
        }

        // One past the end of an object is the start of the next slot.
        if ((word & (SizeClasses.Granule - 1)) == 0 && address > _start && address <= _end)
        {
            MarkSlot(address - 1);
        }
    }

    /// <summary>Marks every reference field of an object outside the heap: mutable static data is a root.</summary>
    public void MarkFieldsOf(byte* value) => Scan(value);

    /// <summary>Follows what is marked to the end. More may be marked afterwards, and this called again.</summary>
    public void CompleteMarking()
    {
        Drain();
        while (_markOverflowed)
        {
            _markOverflowed = false;
            RescanMarked();
        }
    }

    /// <summary>Whether an object survives this collection: reached so far, or not of this heap (null included).</summary>
    public readonly bool IsKept(byte* value)
    {
        if (value < _start || value >= _end)
        {
            return true;
        }

        int index = (int)((nuint)(value - _start) >> BlockShift);
        HeapBlock* block = _blocks + index;
        int slot = block->Kind == HeapBlockKind.Small ? (int)((nuint)(value - BlockStart(index)) / _classes[block->SizeClass].SlotSize) : 0;
        return (block->Marked[slot >> 6] & (1UL << slot)) != 0;
    }

    /// <summary>Follows what is marked to the end, frees what was not reached, and sets when the next collection is due.</summary>
    public void FinishCollection()
    {
        CompleteMarking();
        Sweep();
        _collections++;
        _sinceCollection = 0;
        _dueBytes = DueBytes();
    }

    // The slots of the run that were not used are given back.
    private void Retire(SizeClassState* state)
    {
        if (state->CurrentBlock >= 0 && state->Next < state->Limit)
        {
            HeapBlock* block = _blocks + state->CurrentBlock;
            byte* start = BlockStart(state->CurrentBlock);
            int end = (int)((nuint)(state->Limit - start) / state->SlotSize);
            for (int slot = (int)((nuint)(state->Next - start) / state->SlotSize); slot < end; slot++)
            {
                block->Allocated[slot >> 6] &= ~(1UL << slot);
            }
        }

        state->CurrentBlock = -1;
        state->FirstPartial = -1;
        state->Next = state->Limit = null;
    }

    private void MarkSlot(byte* address)
    {
        int index = (int)((nuint)(address - _start) >> BlockShift);
        HeapBlock* block = _blocks + index;
        int slot = 0;
        byte* start = BlockStart(index);
        if (block->Kind == HeapBlockKind.Small)
        {
            SizeClassState* state = _classes + block->SizeClass;
            slot = (int)(((ulong)(uint)(address - start) * state->Reciprocal) >> 32);
            if (slot >= block->SlotCount)
            {
                return;
            }

            start += (nuint)slot * state->SlotSize;
        }
        else if (block->Kind == HeapBlockKind.LargeRest)
        {
            start = BlockStart(index - (int)block->Extent);
            block -= block->Extent;
        }
        else if (block->Kind == HeapBlockKind.Free)
        {
            return;
        }

        ulong bit = 1UL << slot;
        if ((block->Allocated[slot >> 6] & bit) == 0 || (block->Marked[slot >> 6] & bit) != 0)
        {
            return;
        }

        block->Marked[slot >> 6] |= bit;
        Push(start);
    }

    private void Push(byte* value)
    {
        MethodTable* type = *(MethodTable**)value;
        if (type == null || !type->HasReferences)
        {
            return;
        }

        if (_markDepth == _markCapacity)
        {
            _markOverflowed = true;
            return;
        }

        _markStack[_markDepth++] = value;
    }

    private void Drain()
    {
        while (_markDepth > 0)
        {
            Scan(_markStack[--_markDepth]);
        }
    }

    private void Scan(byte* value)
    {
        MethodTable* type = *(MethodTable**)value;
        if (type->Has(MethodTableFlags.ArrayOfReferences))
        {
            uint length = *(uint*)(value + ObjectLayout.ArrayLengthOffset);
            byte** elements = (byte**)(value + type->BaseSize);
            for (uint i = 0; i < length; i++)
            {
                MarkReference(elements[i]);
            }
        }
        else if (type->ReferenceMap == null)
        {
            return;
        }
        else if (type->ComponentSize == 0)
        {
            ScanFields(value, type->ReferenceMap);
        }
        else
        {
            uint length = *(uint*)(value + ObjectLayout.ArrayLengthOffset);
            byte* element = value + type->BaseSize;
            for (uint i = 0; i < length; i++, element += type->ComponentSize)
            {
                ScanFields(element, type->ReferenceMap);
            }
        }
    }

    private void ScanFields(byte* start, uint* map)
    {
        uint count = map[0];
        for (uint i = 1; i <= count; i++)
        {
            MarkReference(*(byte**)(start + map[i]));
        }
    }

    private void RescanMarked()
    {
        for (int index = 0; index < _usedEnd; index++)
        {
            HeapBlock* block = _blocks + index;
            if (block->Kind is not (HeapBlockKind.Small or HeapBlockKind.LargeFirst))
            {
                continue;
            }

            nuint slotSize = block->Kind == HeapBlockKind.Small ? _classes[block->SizeClass].SlotSize : 0;
            for (int word = 0; word < HeapBlock.BitWords; word++)
            {
                for (ulong bits = block->Marked[word]; bits != 0; bits &= bits - 1)
                {
                    int slot = (word << 6) + BitOperations.TrailingZeroCount(bits);
                    Push(BlockStart(index) + ((nuint)slot * slotSize));
                    Drain();
                }
            }
        }
    }

    private void Sweep()
    {
        _liveBytes = 0;
        _firstMaybeFree = 0;
        _freeBlocks = _blockCount - _usedEnd;
        for (int index = _usedEnd - 1; index >= 0; index--)
        {
            HeapBlock* block = _blocks + index;
            switch (block->Kind)
            {
                case HeapBlockKind.Free:
                    _freeBlocks++;
                    break;
                case HeapBlockKind.Small:
                    SweepSmall(block, index);
                    break;
                case HeapBlockKind.LargeFirst when block->Marked[0] == 0:
                    FreeLarge(index);
                    break;
                case HeapBlockKind.LargeFirst:
                    _liveBytes += (nuint)block->Extent << BlockShift;
                    break;
                default:
                    break;
            }
        }

        while (_usedEnd > 0 && _blocks[_usedEnd - 1].Kind == HeapBlockKind.Free)
        {
            _usedEnd--;
        }
    }

    private void SweepSmall(HeapBlock* block, int index)
    {
        int live = 0;
        for (int word = 0; word < HeapBlock.BitWords; word++)
        {
            ulong marks = block->Marked[word];
            block->Allocated[word] = marks;
            live += BitOperations.PopCount(marks);
        }

        SizeClassState* state = _classes + block->SizeClass;
        _liveBytes += (nuint)live * state->SlotSize;
        if (live == 0)
        {
            block->Kind = HeapBlockKind.Free;
            _freeBlocks++;
        }
        else if (live < block->SlotCount)
        {
            block->NextPartial = state->FirstPartial;
            state->FirstPartial = index;
        }
    }

    private void FreeLarge(int first)
    {
        int count = (int)_blocks[first].Extent;
        for (int i = 0; i < count; i++)
        {
            _blocks[first + i].Kind = HeapBlockKind.Free;
        }

        _freeBlocks += count;
    }
}
