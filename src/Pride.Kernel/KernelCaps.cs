// From a cap pointer to a cap.
//
// A PD's cap space has Microkit 2.3's shape: a root of 64 slots (bits 63..58 of a pointer); slot 0 of it is the PD's
// table of 512 slots behind a guard of 49 zero bits. So the pointers 0..511 are the PD's table, and shared caps
// (<cspace>) stand at slot << 58. There is no other depth, hence no loop. An empty slot is found: it holds the null cap.

using Pride.Abi;
using Pride.Kernel.Objects;

namespace Pride.Kernel;

/// <summary>What a lookup found, or why it found nothing.</summary>
public struct LookupResult
{
    /// <summary>The cap (null cap for an empty slot).</summary>
    public Cap Cap;

    /// <summary>0, or a <see cref="LookupFailure"/>.</summary>
    public ulong Failure;
    public ulong BitsLeft;
    public ulong GuardFound;
    public ulong GuardBits;

    /// <summary>The failure that stands for "a cap, but not one that fits".</summary>
    public static LookupResult Missing => new() { Failure = LookupFailure.MissingCapability };
}

public static unsafe partial class Kernel<TMachine>
{
    private const int RootShift = 58;

    /// <summary>Bits of a pointer below the root's.</summary>
    private const ulong BitsBelowRoot = 58;

    /// <summary>Zero bits between the root's and the table's.</summary>
    private const ulong TableGuardBits = 49;

    private static LookupResult Lookup(Tcb* tcb, ulong pointer)
    {
        LookupResult result = default;
        if (pointer < tcb->CapCount)
        {
            result.Cap = tcb->Caps[pointer];
            return result;
        }

        ulong root = pointer >> RootShift;
        if (root != 0)
        {
            if (tcb->RootCaps != null)
            {
                result.Cap = tcb->RootCaps[root];
            }
        }
        else if (pointer >= KernelLayout.CapTableSlots)
        {
            result.Failure = LookupFailure.GuardMismatch;
            result.BitsLeft = BitsBelowRoot;
            result.GuardBits = TableGuardBits;
        }

        return result;
    }

    /// <summary>The object behind a cap, whose type the caller has checked.</summary>
    private static void* Object(in Cap cap) => TMachine.Pointer(cap.PointerBits);
}
