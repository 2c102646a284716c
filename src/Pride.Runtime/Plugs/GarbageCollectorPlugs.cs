// System.GC over the PD's own heap.

using System;
using Pride.Machine;
using Pride.Runtime.Heap;
using Pride.Runtime.ObjectModel;

namespace Pride.Runtime.Plugs;

[Plug(typeof(GC))]
internal static class GarbageCollectorPlugs
{
    public static void Collect() => Collector.CollectWithinEvent();

    public static void Collect(int generation) => Collector.CollectWithinEvent();

    public static int CollectionCount(int generation) => (int)Allocator.Heap.Collections;

    [PlugMethod("get_MaxGeneration")]
    public static int MaxGeneration() => 0;

    public static int GetGeneration(object obj) => 0;

    public static long GetTotalMemory(bool forceFullCollection)
    {
        if (forceFullCollection)
        {
            Collector.CollectWithinEvent();
        }

        return (long)(Allocator.Heap.LiveBytes + Allocator.Heap.BytesSinceCollection);
    }

    public static long GetTotalAllocatedBytes(bool precise) => (long)Allocator.Heap.TotalBytes;

    public static long GetAllocatedBytesForCurrentThread() => (long)Allocator.Heap.TotalBytes;

    public static void SuppressFinalize(object obj)
    {
        ArgumentNullException.ThrowIfNull(obj);
        if (HasFinalizer(obj))
        {
            Finalizers.Suppress(obj);
        }
    }

    public static void ReRegisterForFinalize(object obj)
    {
        ArgumentNullException.ThrowIfNull(obj);
        if (HasFinalizer(obj))
        {
            Finalizers.Register(obj);
        }
    }

    public static void WaitForPendingFinalizers() => Finalizers.Run();

    [NotAPlug]
    private static unsafe bool HasFinalizer(object value) => ObjectLayout.MethodTableOf(value)->Has(MethodTableFlags.Finalizer);

    public static void AddMemoryPressure(long bytesAllocated)
    {
    }

    public static void RemoveMemoryPressure(long bytesAllocated)
    {
    }

    // Objects never move: every array is pinned.
    public static T[] AllocateUninitializedArray<T>(int length, bool pinned) => new T[length];

    public static T[] AllocateArray<T>(int length, bool pinned) => new T[length];
}
