// Finalizers: objects whose class has one are listed when they are made. A collection that does not reach such an object
// keeps it once more and puts it into the queue; its finalizer runs later on the PD's own thread: between events, in the
// event loop, or when somebody waits for it (GC.WaitForPendingFinalizers).
//
// Rules: nothing here allocates while a collection runs. The list is an array of words, which the collector does not
// look into; the queue is an array of objects, which is a root.

using System;
using System.Runtime.CompilerServices;
using Pride.Runtime.ObjectModel;

namespace Pride.Runtime.Heap;

/// <summary>Objects with finalizers, alive and dead.</summary>
internal static unsafe class Finalizers
{
    private const int FirstCapacity = 16;

    private static nint[] s_listed = [];
    private static int s_listedCount;
    private static object?[] s_queue = [];
    private static int s_queued;

    /// <summary>Its finalizer will run once when <paramref name="value"/> is no longer reached.</summary>
    public static void Register(object value)
    {
        if (s_listedCount == s_listed.Length)
        {
            Grow();
        }

        s_listed[s_listedCount++] = (nint)ObjectLayout.AddressOf(value);
    }

    /// <summary>Its finalizer will not run. The newest objects are found first.</summary>
    public static void Suppress(object value)
    {
        nint address = (nint)ObjectLayout.AddressOf(value);
        for (int i = s_listedCount - 1; i >= 0; i--)
        {
            if (s_listed[i] == address)
            {
                s_listed[i] = s_listed[--s_listedCount];
                return;
            }
        }
    }

    /// <summary>Within a collection, when all else is marked: queues and keeps what was not reached.</summary>
    public static void QueueUnreached(ref ManagedHeap heap)
    {
        for (int i = s_listedCount - 1; i >= 0; i--)
        {
            byte* value = (byte*)s_listed[i];
            if (heap.IsKept(value))
            {
                continue;
            }

            heap.MarkReference(value);
            if (s_queued < s_queue.Length)
            {
                ((nint*)(ObjectLayout.AddressOf(s_queue) + ObjectLayout.ArrayDataOffset))[s_queued++] = (nint)value;
                s_listed[i] = s_listed[--s_listedCount];
            }
        }
    }

    /// <summary>Runs what is queued. An exception that leaves a finalizer ends the program, as under CoreCLR.</summary>
    public static void Run()
    {
        while (s_queued > 0)
        {
            object value = s_queue[--s_queued]!;
            s_queue[s_queued] = null;
            Finalize(value);
        }
    }

    private static void Grow()
    {
        int capacity = Math.Max(FirstCapacity, s_listed.Length * 2);
        nint[] listed = new nint[capacity];
        object?[] queue = new object?[capacity + s_queue.Length];
        s_listed.AsSpan(0, s_listedCount).CopyTo(listed);
        s_queue.AsSpan(0, s_queued).CopyTo(queue);
        s_listed = listed;
        s_queue = queue;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Finalize")]
    private static extern void Finalize(object value);
}
