// A reply object: the right to answer one caller, and a link in the chain along which a scheduling context was donated.

using System.Runtime.InteropServices;

namespace Pride.Kernel.Objects;

/// <summary>A reply object. 64 bytes; the builder leaves it zeroed and gives each PD that receives calls or faults one.</summary>
[StructLayout(LayoutKind.Sequential, Size = Size)]
public unsafe struct Reply
{
    public const int Size = 64;

    /// <summary>The thread that waits for the answer (BlockedOnReply), or the one that offers this object while it receives; null: free.</summary>
    public Tcb* Tcb;

    /// <summary>The call below this one on the donation stack, or null.</summary>
    public Reply* Previous;

    /// <summary>When this is the head of a donation stack: the context that was donated. Else null.</summary>
    public SchedulingContext* SchedulingContext;

    /// <summary>The call above this one, or null.</summary>
    public Reply* Next;
}
