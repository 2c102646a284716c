// From a cap pointer to a cap.
//
// A PD's cap space has Microkit 2.3's shape: a root of 64 slots (bits 63..58 of a pointer); slot 0 of it is the PD's
// table of 512 slots behind a guard of 49 zero bits. So the pointers 0..511 are the PD's table, and shared caps
// (<cspace>) stand at slot << 58. There is no other depth, hence no loop. An empty slot is found: it holds the null cap.

using Pride.Abi;
using Pride.Kernel.Objects;

namespace Pride.Kernel;

/// <summary>Why a lookup found nothing.</summary>
public struct LookupError
{
    /// <summary>A <see cref="LookupFailure"/>.</summary>
    public ulong Failure;
    public ulong BitsLeft;
    public ulong GuardFound;
    public ulong GuardBits;
}

public static unsafe partial class Kernel<TMachine>
{
    private const int RootShift = 58;

    /// <summary>Bits of a pointer below the root's.</summary>
    private const ulong BitsBelowRoot = 58;

    /// <summary>Zero bits between the root's and the table's.</summary>
    private const ulong TableGuardBits = 49;

    /// <summary>The slot that <paramref name="pointer"/> names; null: none (see <see cref="DescribeMiss"/>).</summary>
    private static Cap* Lookup(CoreState* core, Tcb* tcb, ulong pointer) =>
        pointer < tcb->CapCount ? tcb->Caps + pointer : LookupElsewhere(core, tcb, pointer);

    private static Cap* LookupElsewhere(CoreState* core, Tcb* tcb, ulong pointer)
    {
        ulong root = pointer >> RootShift;
        if (root != 0)
        {
            return tcb->RootCaps != null ? tcb->RootCaps + root : &core->EmptyCap;
        }

        // The builder leaves out the empty slots at a table's end.
        return pointer < KernelLayout.CapTableSlots ? &core->EmptyCap : null;
    }

    /// <summary>Why <see cref="Lookup"/> found no slot: the bits below the root did not match the table's guard, which is all zeroes.</summary>
    private static LookupError DescribeMiss(Cap* found) => found == null
        ? new LookupError { Failure = LookupFailure.GuardMismatch, BitsLeft = BitsBelowRoot, GuardBits = TableGuardBits }
        : new LookupError { Failure = LookupFailure.MissingCapability };

    /// <summary>The object behind a cap, whose type the caller has checked.</summary>
    private static void* Object(Cap* cap) => TMachine.Pointer(cap->PointerBits);
}
