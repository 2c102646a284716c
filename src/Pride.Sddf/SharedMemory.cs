// How queue code touches memory that another PD writes at the same time.
//
// Every access to a shared index, flag or entry goes through this seam and nothing else does, so that tests
// can put a model of a weakly ordered machine under the very code that guests run, and explore its interleavings.
//
// Each order is needed, and the tests fail without any of them. The producer's index is stored with release, after the entry that it announces; the
// consumer loads it with acquire, before the entry, or it would read what the slot held before. The consumer's index is stored with release, after the entry
// was read, or the producer would overwrite what is still being read. The full fences are the signalling protocol's (SignalFlag.cs).

using System.Threading;
using Pride.Machine;

namespace Pride.Sddf;

/// <summary>Accesses to shared memory and the order they keep.</summary>
public unsafe interface ISharedMemory
{
    /// <summary>A load that later accesses are not moved before.</summary>
    static abstract ushort LoadAcquire(ushort* address);

    /// <summary>A load that later accesses are not moved before.</summary>
    static abstract uint LoadAcquire(uint* address);

    /// <summary>A store that earlier accesses are not moved after.</summary>
    static abstract void StoreRelease(ushort* address, ushort value);

    /// <summary>A store that earlier accesses are not moved after.</summary>
    static abstract void StoreRelease(uint* address, uint value);

    /// <summary>A whole entry, in pieces of any size: the indices say whose it is.</summary>
    static abstract T LoadEntry<T>(T* address)
        where T : unmanaged;

    /// <summary>A whole entry, in pieces of any size: the indices say whose it is.</summary>
    static abstract void StoreEntry<T>(T* address, in T value)
        where T : unmanaged;

    /// <summary>Nothing crosses it, not even an earlier store and a later load.</summary>
    static abstract void FullFence();
}

/// <summary>Cached memory shared by PDs, on one core or several.</summary>
public readonly unsafe struct CoherentMemory : ISharedMemory
{
    public static ushort LoadAcquire(ushort* address) => Volatile.Read(ref *address);

    public static uint LoadAcquire(uint* address) => Volatile.Read(ref *address);

    public static void StoreRelease(ushort* address, ushort value)
    {
        Volatile.Write(ref *address, value);
        CrashPoint.Pass();
    }

    public static void StoreRelease(uint* address, uint value)
    {
        Volatile.Write(ref *address, value);
        CrashPoint.Pass();
    }

    public static T LoadEntry<T>(T* address)
        where T : unmanaged => *address;

    public static void StoreEntry<T>(T* address, in T value)
        where T : unmanaged => *address = value;

    public static void FullFence() => Machine.Barrier.Full();
}
