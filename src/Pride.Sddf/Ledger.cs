// What a component holds for others, in memory that is its own and outlives a restart.
//
// A parent that restarts a PD makes its data, heap and stack as they were at boot; regions stay as they are. So an item that was
// taken from a neighbour and not yet handed on is written here, and the next life finds it. Each item is in one place at any
// instruction, because there is an order to keep:
//
//   take:  Peek at the queue, Hold, Advance the queue. A life that finds an item both held and at the queue's head advances the queue.
//   give:  Reserve room in the queue, Giving (at which position of the queue), Put, Release. A life that finds an item in Giving looks at
//          the queue: at that position still, the item was not put; past it, it was (Settle).
//
// The ledger belongs to one PD, but a PD that crashes may have written over it. So every held item carries a check of its
// content and place, and what does not fit is dropped and counted; what is left is still to be checked for sense by its
// owner, as input. A dropped item is lost to whom it was held for, and nobody else sees anything of it.

using System;
using System.Threading;
using Pride.Machine;

namespace Pride.Sddf;

/// <summary>What a ledger holds: a struct of plain numbers.</summary>
public interface ILedgerItem
{
    /// <summary>A number into which every field goes. Its low 30 bits count.</summary>
    uint Fold { get; }
}

/// <summary>How the fields of an item become one number.</summary>
public static class LedgerFold
{
    // 2^64 divided by the golden ratio: multiplied by it, each bit changes about half of those above it.
    private const ulong Multiplier = 0x9e37_79b9_7f4a_7c15;

    // The upper 30 bits of a product are the ones that all bits of the word have changed.
    private const int UpperBits = 34;

    public static uint Of(ulong word) => (uint)(Mix(word) >> UpperBits);

    public static uint Of(ulong first, ulong second, ulong third = 0, ulong fourth = 0) =>
        Of(Mix(Mix(Mix(first) ^ second) ^ third) ^ fourth);

    // The upper half would otherwise change nothing below it.
    private static ulong Mix(ulong word) => (word ^ (word >> 32)) * Multiplier;
}

/// <summary>A table of held items. The slots it gives are small numbers, and can number other things too (a ring's descriptors).</summary>
public sealed unsafe class Ledger<T>
    where T : unmanaged, ILedgerItem
{
    // Bits 0..1 of a slot's mark say what it is; bits 2..31 are the check, bits 32..63 the position that an item is given at.
    private const uint Free = 0;
    private const uint Held = 1;
    private const uint Given = 2;
    private const uint StateMask = 3;
    private const int CheckShift = 2;
    private const int PositionShift = 32;

    // "LEDG", and the size of a slot: another layout is no ledger.
    private const ulong Magic = 0x4c454447_0000_0000;

    private readonly Header* _header;
    private readonly Slot* _slots;
    private readonly ushort[] _free;
    private readonly uint _limit;
    private int _freeCount;

    /// <summary>Opens the ledger: zeroed memory is that of a first life.</summary>
    /// <param name="region">Memory that nobody else writes.</param>
    /// <param name="limit">Slots to give out; there are never more than the region has room for.</param>
    /// <exception cref="InvalidOperationException">The region is missing, or has no room for a slot.</exception>
    public Ledger(Region region, uint limit = ushort.MaxValue)
    {
        if (region.Address == 0 || region.Size < BytesFor(1))
        {
            throw new InvalidOperationException("no ledger: the component needs a region of its own for what it holds for others");
        }

        _header = (Header*)region.Address;
        _slots = (Slot*)(_header + 1);
        _limit = (uint)Math.Min(Math.Min((region.Size - (ulong)sizeof(Header)) / (ulong)sizeof(Slot), limit), ushort.MaxValue);
        _free = new ushort[_limit];
        BeginLife(region);
        for (uint slot = _limit; slot-- > 0;)
        {
            Check(slot);
        }
    }

    /// <summary>How often the component was restarted: 0 in its first life.</summary>
    public uint Life { get; private set; }

    /// <summary>Slots that a life before has left and that make no sense.</summary>
    public uint Dropped { get; private set; }

    /// <summary>Slots in all.</summary>
    public uint Limit => _limit;

    public int FreeCount => _freeCount;

    public int HeldCount => _free.Length - _freeCount;

    /// <summary>The item in a slot that is held.</summary>
    public ref readonly T this[uint slot] => ref _slots[Checked(slot)].Item;

    /// <summary>Bytes that a ledger of <paramref name="slots"/> takes.</summary>
    public static ulong BytesFor(uint slots) => (ulong)sizeof(Header) + (slots * (ulong)sizeof(Slot));

    /// <summary>Writes an item down; <see cref="FreeCount"/> must not be 0.</summary>
    public ushort Hold(in T item)
    {
        ushort slot = _free[--_freeCount];
        _slots[slot].Item = item;
        CrashPoint.Pass();
        _slots[slot].Mark = MarkOf(slot, in item);
        CrashPoint.Pass();
        return slot;
    }

    /// <summary>False for a number that is no slot or whose slot holds nothing, as a device or a neighbour may claim.</summary>
    public bool IsHeld(uint slot) => slot < _limit && ((uint)_slots[slot].Mark & StateMask) == Held;

    /// <summary>The held item is about to be put at <paramref name="position"/> of the queue that it is for.</summary>
    public void Giving(uint slot, uint position)
    {
        ulong mark = _slots[Checked(slot)].Mark;
        _slots[slot].Mark = ((ulong)position << PositionShift) | ((uint)mark ^ (Held | Given));
        CrashPoint.Pass();
    }

    /// <summary>The item is no longer held.</summary>
    public void Release(uint slot)
    {
        // Not before the queue's index, which is stored with release as well.
        Volatile.Write(ref _slots[Checked(slot)].Mark, Free);
        CrashPoint.Pass();
        _free[_freeCount++] = (ushort)slot;
    }

    /// <summary>What a life before has left makes no sense to the owner.</summary>
    public void Drop(uint slot)
    {
        Dropped++;
        Release(slot);
    }

    /// <summary>At the start of a life: true when the item was about to be given, and at which position. To be settled before anything is put there.</summary>
    public bool IsGiving(uint slot, out uint position)
    {
        position = (uint)(_slots[Checked(slot)].Mark >> PositionShift);
        return ((uint)_slots[slot].Mark & StateMask) == Given;
    }

    /// <summary>Decides over an item that <see cref="IsGiving"/>: whether it was put, as the queue's position tells.</summary>
    public void Settle(uint slot, uint queuePosition)
    {
        if (IsGiving(slot, out uint position) && position == queuePosition)
        {
            _slots[slot].Mark = MarkOf(slot, in _slots[slot].Item);
            CrashPoint.Pass();
        }
        else
        {
            Release(slot);
        }
    }

    /// <summary>Settles every item, when all are given to one queue.</summary>
    public void SettleAll(uint queuePosition)
    {
        for (uint slot = 0; slot < _limit; slot++)
        {
            if (IsGiving(slot, out _))
            {
                Settle(slot, queuePosition);
            }
        }
    }

    private static ulong MarkOf(uint slot, in T item) => (~(item.Fold + slot) << CheckShift) | Held;

    // An owner that asks for a slot out of range has a bug: it must not write elsewhere.
    private uint Checked(uint slot)
    {
        if (slot >= _limit)
        {
            ThrowNoSlot();
        }

        return slot;
    }

    private static void ThrowNoSlot() => throw new InvalidOperationException("the ledger has no such slot");

    private void BeginLife(Region region)
    {
        ulong layout = Magic | (uint)sizeof(Slot);
        uint life = (uint)_header->Life;
        bool isLedger = _header->Layout == layout && (uint)(_header->Life >> PositionShift) == ~life;
        if (isLedger)
        {
            Life = life + 1;
        }
        else
        {
            // Memory never used is zeros; anything else was a ledger that has been written over.
            Dropped = _header->Layout == 0 && _header->Life == 0 ? 0u : 1;
            new Span<byte>(_slots, (int)(region.Size - (ulong)sizeof(Header))).Clear();
            CrashPoint.Pass();
        }

        _header->Life = ((ulong)~Life << PositionShift) | Life;
        CrashPoint.Pass();
        _header->Layout = layout;
        CrashPoint.Pass();
    }

    private void Check(uint slot)
    {
        ulong mark = _slots[slot].Mark;
        ulong held = MarkOf(slot, in _slots[slot].Item);
        bool isHeld = mark == held || ((uint)mark ^ (Held | Given)) == (uint)held;
        if (isHeld)
        {
            return;
        }

        if (mark == Free)
        {
            _free[_freeCount++] = (ushort)slot;
        }
        else
        {
            Drop(slot);
        }
    }

    /// <summary>16 bytes; the life's complement stands above it.</summary>
    private struct Header
    {
        public ulong Layout;
        public ulong Life;
    }

    private struct Slot
    {
        public T Item;
        public ulong Mark;
    }
}
