// What `new`, boxing and array creation become. The compiler calls these methods by name; the profile decides
// at compile time between the collected heap and the bump heap of drivers.

using System;
using System.Runtime.CompilerServices;
using Pride.Runtime.Heap;
using Pride.Runtime.ObjectModel;

namespace Pride.Runtime;

/// <summary>Allocation of objects. Memory is zeroed and carries its type pointer when these return.</summary>
public static unsafe class Allocator
{
    private static ManagedHeap s_heap;
    private static BumpHeap s_bump;

    /// <summary>The collected heap of a managed image.</summary>
    public static ref ManagedHeap Heap => ref s_heap;

    /// <summary>The heap of a driver image.</summary>
    public static ref BumpHeap DriverHeap => ref s_bump;

    /// <summary>Makes the region the image's heap. Called once per start, before anything allocates.</summary>
    public static void Initialise(byte* memory, nuint size)
    {
        if (CompilerFacts.IsManaged)
        {
            s_heap.Initialise(memory, size);
        }
        else
        {
            s_bump.Initialise(memory, size);
        }
    }

    /// <summary>
    /// An instance of a class, or a box, of type <paramref name="type"/>; null when it throws. Not inlined: the compiler tells LLVM what it
    /// does, so that calls whose object nothing needs in the end go away.
    /// </summary>
    /// <exception cref="OutOfMemoryException">The heap is full of live objects.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static byte* NewObject(MethodTable* type)
    {
        byte* memory = Allocate(type->BaseSize);
        *(MethodTable**)memory = type;
        return memory;
    }

    /// <summary>An instance of a class that has a finalizer.</summary>
    /// <exception cref="OutOfMemoryException">The heap is full of live objects.</exception>
    public static byte* NewFinalizable(MethodTable* type)
    {
        byte* memory = NewObject(type);
        Finalizers.Register(ObjectLayout.ObjectAt(memory));
        return memory;
    }

    /// <summary>A one-dimensional array. Not inlined: the compiler tells LLVM that lengths never change.</summary>
    /// <exception cref="OverflowException">The length is negative or over the limit.</exception>
    /// <exception cref="OutOfMemoryException">The heap has no room for it.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static byte* NewArray(MethodTable* arrayType, nint length)
    {
        if ((nuint)length > ObjectLayout.MaximumLength)
        {
            if (length is < 0 or > int.MaxValue)
            {
                Throw.Overflow();
            }

            Throw.OutOfMemory();
        }

        byte* memory = Allocate(arrayType->SizeOf((uint)length));
        *(MethodTable**)memory = arrayType;
        *(uint*)(memory + ObjectLayout.ArrayLengthOffset) = (uint)length;
        return memory;
    }

    /// <summary>An array of <paramref name="rank"/> dimensions with lower bounds 0.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static byte* NewMultiArray(MethodTable* arrayType, int* lengths, int rank)
    {
        ulong total = 1;
        for (int i = 0; i < rank; i++)
        {
            if (lengths[i] < 0)
            {
                Throw.Overflow();
            }

            total *= (ulong)lengths[i];
            if (total > ObjectLayout.MaximumLength)
            {
                Throw.Overflow();
            }
        }

        byte* memory = NewArray(arrayType, (nint)total);
        for (int i = 0; i < rank; i++)
        {
            ((int*)(memory + ObjectLayout.ArrayDataOffset))[i] = lengths[i];
        }

        return memory;
    }

    /// <summary>A string of zero units, which its maker then fills.</summary>
    public static byte* NewString(int length)
    {
        MethodTable* type = CompilerFacts.MethodTableOf<string>();
        if ((uint)length > ObjectLayout.MaximumLength / 2)
        {
            Throw.OutOfMemory();
        }

        // The terminating zero unit is one more element.
        byte* memory = Allocate(type->SizeOf((uint)length + 1));
        *(MethodTable**)memory = type;
        *(int*)(memory + ObjectLayout.StringLengthOffset) = length;
        return memory;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Allocate(nuint size)
    {
        if (CompilerFacts.IsManaged)
        {
            if (CompilerFacts.IsHeapStressed)
            {
                Collector.CollectForStress();
            }

            byte* memory = s_heap.Bump(size);
            return memory != null ? memory : AllocateOrCollect(size);
        }

        byte* fixedMemory = s_bump.Allocate(size);
        if (fixedMemory == null)
        {
            Throw.OutOfMemory();
        }

        return fixedMemory;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte* AllocateOrCollect(nuint size)
    {
        byte* memory = s_heap.Allocate(size);
        if (memory == null)
        {
            Collector.CollectWithinEvent();
            memory = s_heap.Allocate(size);
            if (memory == null)
            {
                Throw.OutOfMemory();
            }
        }

        return memory;
    }
}
