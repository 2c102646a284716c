// A heap over host memory with hand-made types, for the heap's tests: nodes with two references, arrays of references,
// arrays of structs with one reference, byte arrays.

using System;
using System.Runtime.InteropServices;
using Pride.Runtime.Heap;
using Pride.Runtime.ObjectModel;

namespace Pride.Runtime.Tests;

internal sealed unsafe class HeapModel : IDisposable
{
    public const int StampOffset = 8;
    public const int LeftOffset = 16;
    public const int RightOffset = 24;

    private readonly byte* _memory;
    private readonly byte* _types;
    private ManagedHeap _heap;

    public HeapModel(int size)
    {
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)size, 4096);
        NativeMemory.Fill(_memory, (nuint)size, 0xA5);
        _heap.Initialise(_memory, (nuint)size);

        _types = (byte*)NativeMemory.AllocZeroed(4096);
        MethodTable* types = (MethodTable*)_types;
        uint* maps = (uint*)(types + 4);
        (maps[0], maps[1], maps[2]) = (2, LeftOffset, RightOffset);
        (maps[3], maps[4]) = (1, 8);
        NodeType = types;
        *NodeType = new MethodTable { BaseSize = 32, ReferenceMap = maps };
        ReferencesType = types + 1;
        *ReferencesType = new MethodTable { BaseSize = 16, ComponentSize = 8, Flags = MethodTableFlags.Array | MethodTableFlags.ArrayOfReferences, Rank = 1 };
        PairsType = types + 2;
        *PairsType = new MethodTable { BaseSize = 16, ComponentSize = 16, Flags = MethodTableFlags.Array, Rank = 1, ReferenceMap = maps + 3 };
        BytesType = types + 3;
        *BytesType = new MethodTable { BaseSize = 16, ComponentSize = 1, Flags = MethodTableFlags.Array, Rank = 1 };
    }

    public ref ManagedHeap Heap => ref _heap;

    public MethodTable* NodeType { get; }

    public MethodTable* ReferencesType { get; }

    public MethodTable* PairsType { get; }

    public MethodTable* BytesType { get; }

    public byte* NewNode(ulong stamp, byte* left = null, byte* right = null)
    {
        byte* node = _heap.Allocate(NodeType->BaseSize);
        if (node == null)
        {
            return null;
        }

        CheckZero(node, NodeType->BaseSize);
        *(MethodTable**)node = NodeType;
        *(ulong*)(node + StampOffset) = stamp;
        *(byte**)(node + LeftOffset) = left;
        *(byte**)(node + RightOffset) = right;
        return node;
    }

    public byte* NewArray(MethodTable* type, uint length)
    {
        nuint size = type->SizeOf(length);
        byte* array = _heap.Allocate(size);
        if (array == null)
        {
            return null;
        }

        CheckZero(array, size);
        *(MethodTable**)array = type;
        *(uint*)(array + ObjectLayout.ArrayLengthOffset) = length;
        return array;
    }

    /// <summary>Exact collection with these roots.</summary>
    public void Collect(params ReadOnlySpan<nint> roots)
    {
        _heap.BeginCollection();
        foreach (nint root in roots)
        {
            _heap.MarkReference((byte*)root);
        }

        _heap.FinishCollection();
    }

    /// <summary>Collection with these words of a stack as roots.</summary>
    public void CollectConservatively(params ReadOnlySpan<nint> words)
    {
        _heap.BeginCollection();
        foreach (nint word in words)
        {
            _heap.MarkWord((nuint)word);
        }

        _heap.FinishCollection();
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        NativeMemory.Free(_types);
    }

    private static void CheckZero(byte* memory, nuint size)
    {
        if (new ReadOnlySpan<byte>(memory, (int)size).ContainsAnyExcept((byte)0))
        {
            throw new InvalidOperationException("allocated memory is not zero");
        }
    }
}
