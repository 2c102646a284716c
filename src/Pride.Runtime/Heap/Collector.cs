// When the managed heap collects, and from which roots.
//
// Between events the stack is empty: statics and what they reach (pending async frames included) are all the roots, and
// they are exact. Within an event, when the heap is full, the PD's own stack and its callee-saved registers
// are scanned conservatively on top. Static roots are two tables that the compiler emits.

using System;
using System.Runtime.CompilerServices;
using Pride.Machine;

namespace Pride.Runtime.Heap;

/// <summary>Collections of the PD's own heap.</summary>
public static unsafe class Collector
{
    /// <summary>The <see cref="StressPause"/> of a heap that is made to be stressed and is not.</summary>
    public const int NoStress = int.MaxValue;

    private static int s_stressPause;

    /// <summary>Collections that had to scan the stack.</summary>
    public static uint ConservativeCollections { get; private set; }

    /// <summary>
    /// Allocations that a stressed heap lets pass between two collections: none, unless a program that keeps much asks for it, which would
    /// not end otherwise, or none is wanted (<see cref="NoStress"/>).
    /// </summary>
    public static int StressPause { get; set; }

    /// <summary>Collects when enough was allocated. Call only between events, when no frame on the stack holds a reference that counts.</summary>
    public static void CollectBetweenEvents()
    {
        if (Allocator.Heap.IsCollectionDue)
        {
            CollectExactly();
            Finalizers.Run();
        }
    }

    /// <summary>Collects with statics as the only roots.</summary>
    public static void CollectExactly()
    {
        ref ManagedHeap heap = ref Allocator.Heap;
        heap.BeginCollection();
        MarkStatics(ref heap);
        Finish(ref heap);
    }

    /// <summary>Collects with the statics and every word of the stack as roots.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void CollectWithinEvent()
    {
        SpillRegisters();
        nuint here = 0;
        CollectFrom(&here);
        GC.KeepAlive(null);
    }

    /// <summary>What a stressed heap does at each allocation.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void CollectForStress()
    {
        if (s_stressPause > 0)
        {
            s_stressPause--;
            return;
        }

        CollectWithinEvent();
        s_stressPause = StressPause;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void CollectFrom(nuint* stackPointer)
    {
        ref ManagedHeap heap = ref Allocator.Heap;
        heap.BeginCollection();
        MarkStatics(ref heap);
        nuint* top = (nuint*)Startup.StackTop;
        for (nuint* word = stackPointer; word < top; word++)
        {
            heap.MarkWord(*word);
        }

        Finish(ref heap);
        ConservativeCollections++;
    }

    private static void Finish(ref ManagedHeap heap)
    {
        HandleTable.MarkStrong(ref heap);
        heap.CompleteMarking();
        HandleTable.MarkDependentsOfKept(ref heap);
        HandleTable.ClearWeak(ref heap);
        Finalizers.QueueUnreached(ref heap);
        heap.CompleteMarking();
        HandleTable.MarkDependentsOfKept(ref heap);
        HandleTable.ClearDead(ref heap);
        heap.FinishCollection();
    }

    private static void MarkStatics(ref ManagedHeap heap)
    {
        byte*** slots = (byte***)StaticRoots.Slots;
        for (nuint i = 0; i < StaticRoots.SlotCount; i++)
        {
            heap.MarkReference(*slots[i]);
        }

        byte** objects = (byte**)StaticRoots.Objects;
        for (nuint i = 0; i < StaticRoots.ObjectCount; i++)
        {
            heap.MarkFieldsOf(objects[i]);
        }
    }

    // Naming every callee-saved register as overwritten makes the compiler store their values in this method's caller's
    // frames or in its own, above the word where the scan starts.
    [InlineAssembly(Architecture.AArch64, "", "~{x19},~{x20},~{x21},~{x22},~{x23},~{x24},~{x25},~{x26},~{x27},~{x28},~{memory}")]
    [InlineAssembly(Architecture.RiscV64, "", "~{s1},~{s2},~{s3},~{s4},~{s5},~{s6},~{s7},~{s8},~{s9},~{s10},~{s11},~{memory}")]
    [InlineAssembly(Architecture.X64, "", "~{rbx},~{r12},~{r13},~{r14},~{r15},~{memory}")]
    private static void SpillRegisters()
    {
    }
}
