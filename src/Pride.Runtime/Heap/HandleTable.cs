// GC handles: places outside objects that hold objects. Strong ones are roots; weak ones are cleared when nothing else keeps
// the object; a dependent one keeps its second object as long as the first is kept (ephemerons, for ConditionalWeakTable).
//
// A handle is the address of its slot; CoreLib reads the target straight from there. Slots lie in word arrays of the
// heap, which never move and which the collector does not look into.

using System;
using Pride.Runtime.ObjectModel;

namespace Pride.Runtime.Heap;

/// <summary>All handles of the image.</summary>
internal static unsafe class HandleTable
{
    /// <summary>Handles in one chunk.</summary>
    private const int ChunkHandles = 128;

    /// <summary>Words of a handle: target, second object of a dependent handle, kind.</summary>
    private const int Words = 3;
    private const int Dependent = 1;
    private const int Kind = 2;

    private static nint[]?[] s_chunks = [];
    private static int s_chunkCount;

    /// <summary>What a handle does to its target. Free slots are 0.</summary>
    public enum HandleKind
    {
        Free,
        Strong,
        Weak,

        /// <summary>Weak, and cleared only when the finalizer has run and the object was not kept by it.</summary>
        WeakTrackingResurrection,
        DependentPair,
    }

    public static nint* Allocate(object? target, HandleKind kind)
    {
        nint* slot = FindFree();
        slot[0] = (nint)ObjectLayout.AddressOf(target);
        slot[Dependent] = 0;
        slot[Kind] = (nint)kind;
        return slot;
    }

    public static void Free(nint* slot) => slot[0] = slot[Dependent] = slot[Kind] = 0;

    public static ref nint DependentOf(nint* slot) => ref slot[Dependent];

    /// <summary>Before marking is done: strong targets are roots.</summary>
    public static void MarkStrong(ref ManagedHeap heap)
    {
        for (int i = 0; i < s_chunkCount; i++)
        {
            // The chunks themselves are kept by the static array.
            foreach (nint* slot in new SlotsOf(s_chunks[i]!))
            {
                if (slot[Kind] == (nint)HandleKind.Strong)
                {
                    heap.MarkReference((byte*)slot[0]);
                }
            }
        }
    }

    /// <summary>When everything else is marked: keeps what dependent handles keep.</summary>
    public static void MarkDependentsOfKept(ref ManagedHeap heap)
    {
        while (MarkDependents(ref heap))
        {
            heap.CompleteMarking();
        }
    }

    /// <summary>Before dead objects are queued for their finalizers: clears weak handles of objects that were not reached.</summary>
    public static void ClearWeak(ref ManagedHeap heap) => Clear(ref heap, HandleKind.Weak);

    /// <summary>After that: clears all handles of objects that die.</summary>
    public static void ClearDead(ref ManagedHeap heap) => Clear(ref heap, HandleKind.DependentPair);

    private static void Clear(ref ManagedHeap heap, HandleKind last)
    {
        for (int i = 0; i < s_chunkCount; i++)
        {
            foreach (nint* slot in new SlotsOf(s_chunks[i]!))
            {
                if (slot[Kind] != (nint)HandleKind.Free && slot[Kind] <= (nint)last && !heap.IsKept((byte*)slot[0]))
                {
                    slot[0] = slot[Dependent] = 0;
                }
            }
        }
    }

    private static bool MarkDependents(ref ManagedHeap heap)
    {
        bool found = false;
        for (int i = 0; i < s_chunkCount; i++)
        {
            foreach (nint* slot in new SlotsOf(s_chunks[i]!))
            {
                if (slot[Kind] == (nint)HandleKind.DependentPair && slot[0] != 0
                    && heap.IsKept((byte*)slot[0]) && !heap.IsKept((byte*)slot[Dependent]))
                {
                    heap.MarkReference((byte*)slot[Dependent]);
                    found = true;
                }
            }
        }

        return found;
    }

    private static nint* FindFree()
    {
        for (int i = s_chunkCount - 1; i >= 0; i--)
        {
            foreach (nint* slot in new SlotsOf(s_chunks[i]!))
            {
                if (slot[Kind] == (nint)HandleKind.Free)
                {
                    return slot;
                }
            }
        }

        if (s_chunkCount == s_chunks.Length)
        {
            nint[]?[] longer = new nint[]?[Math.Max(4, s_chunkCount * 2)];
            Array.Copy(s_chunks, longer, s_chunkCount);
            s_chunks = longer;
        }

        nint[] chunk = new nint[ChunkHandles * Words];
        s_chunks[s_chunkCount++] = chunk;
        return FirstOf(chunk);
    }

    private static nint* FirstOf(nint[] chunk) => (nint*)(ObjectLayout.AddressOf(chunk) + ObjectLayout.ArrayDataOffset);

    /// <summary>Walks the slots of a chunk.</summary>
    private ref struct SlotsOf(nint[] chunk)
    {
        private int _index = -1;

        public readonly nint* Current => FirstOf(chunk) + (_index * Words);

        public readonly SlotsOf GetEnumerator() => this;

        public bool MoveNext() => ++_index < ChunkHandles;
    }
}
