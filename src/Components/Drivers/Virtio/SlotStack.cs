// The free slots of a ring, last in first out: the slot used last is the one still in the cache.

namespace Pride.Drivers.Virtio;

/// <summary>Slot numbers 0..count-1, each free or in flight.</summary>
public sealed class SlotStack
{
    private readonly ushort[] _free;
    private readonly bool[] _inFlight;
    private int _count;

    public SlotStack(int count)
    {
        _free = new ushort[count];
        _inFlight = new bool[count];
        for (int i = count - 1; i >= 0; i--)
        {
            _free[_count++] = (ushort)i;
        }
    }

    public int FreeCount => _count;

    public int InFlightCount => _free.Length - _count;

    /// <summary>Takes a slot; <see cref="FreeCount"/> must not be 0.</summary>
    public ushort Take()
    {
        ushort slot = _free[--_count];
        _inFlight[slot] = true;
        return slot;
    }

    /// <summary>Gives a slot back; false when it is none that is in flight, as a device may claim.</summary>
    public bool TryPut(uint slot)
    {
        if (slot >= (uint)_inFlight.Length || !_inFlight[slot])
        {
            return false;
        }

        _inFlight[slot] = false;
        _free[_count++] = (ushort)slot;
        return true;
    }
}
