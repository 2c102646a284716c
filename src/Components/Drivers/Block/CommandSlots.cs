// Commands in flight by slot, for devices whose slots fit a word: which are with the device, and which have come back.

using System.Numerics;

namespace Pride.Drivers.Block;

/// <summary>At most 64 slots.</summary>
internal struct CommandSlots
{
    private ulong _done;
    private ulong _failed;
    private uint _strays;

    /// <summary>Slots whose commands the device has.</summary>
    public ulong Started { get; private set; }

    /// <summary>Whether an answer waits.</summary>
    public readonly bool HasDone => _done != 0 || _strays != 0;

    /// <summary>The device has the commands of <paramref name="slots"/>.</summary>
    public void Start(ulong slots) => Started |= slots;

    /// <summary>The device says that it is done with <paramref name="slots"/>. What it does not have is counted as a stray answer.</summary>
    public void Finish(ulong slots, bool isOk)
    {
        ulong mine = slots & Started;
        Started &= ~mine;
        _done |= mine;
        _failed = isOk ? _failed & ~mine : _failed | mine;
        if (slots != mine)
        {
            _strays++;
        }
    }

    /// <summary>The device answers what is no slot.</summary>
    public void FinishNothing() => _strays++;

    /// <summary>The next answer; <paramref name="noSlot"/> for a stray one.</summary>
    public bool TryTake(uint noSlot, out uint slot, out bool isOk)
    {
        isOk = false;
        if (_done == 0)
        {
            slot = noSlot;
            return _strays != 0 && _strays-- != 0;
        }

        slot = (uint)BitOperations.TrailingZeroCount(_done);
        _done &= _done - 1;
        isOk = ((_failed >> (int)slot) & 1) == 0;
        return true;
    }
}
