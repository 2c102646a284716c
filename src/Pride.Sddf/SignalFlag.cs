// sDDF's signalling protocol: a flag by which one side of a queue asks the other to notify it.
//
// The waiting side clears the flag ("not signalled yet") and then looks at the queue once more; the other side changes
// the queue and then looks at the flag. Each is a store followed by a load of something else, the one order that even
// x86 does not keep, so each has a full fence between: at least one of the two sees the other, and no wake-up is lost.

namespace Pride.Sddf;

/// <summary>The flag, 32 bits in shared memory: 0 asks for a signal, anything else says one is on its way or not wanted.</summary>
public readonly unsafe struct SignalFlag<TMemory>(nuint address)
    where TMemory : struct, ISharedMemory
{
    private const uint Requested = 0;
    private const uint Signalled = 1;

    private readonly uint* _flag = (uint*)address;

    /// <summary>The waiting side: ask for a signal. The caller must look at the queue again afterwards.</summary>
    public void Request()
    {
        TMemory.StoreRelease(_flag, Requested);
        TMemory.FullFence();
    }

    /// <summary>The waiting side: no signal is wanted after all.</summary>
    public void Cancel() => TMemory.StoreRelease(_flag, Signalled);

    /// <summary>The other side, after it has changed the queue: true when it must notify now (the flag is then taken).</summary>
    public bool Take()
    {
        TMemory.FullFence();
        if (TMemory.LoadAcquire(_flag) != Requested)
        {
            return false;
        }

        TMemory.StoreRelease(_flag, Signalled);
        return true;
    }
}
