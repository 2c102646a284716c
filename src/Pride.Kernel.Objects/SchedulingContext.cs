// A scheduling context: the right to so much CPU time in each period (seL4 MCS, sporadic server).
//
// The refills follow the struct directly in memory: a ring of RefillMaximum entries. A refill is an amount
// that may be used from a time on. A context whose budget equals its period is round robin: it is never out of budget,
// its budget is only a time slice.

using System.Runtime.InteropServices;

namespace Pride.Kernel.Objects;

/// <summary>A piece of budget. 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Refill
{
    /// <summary>Counter value from which <see cref="Amount"/> may be used.</summary>
    public ulong Time;

    /// <summary>Counter ticks.</summary>
    public ulong Amount;
}

/// <summary>A scheduling context. Size: 128 bytes and then <see cref="RefillMaximum"/> refills (see <see cref="SizeFor"/>).</summary>
[StructLayout(LayoutKind.Sequential, Size = HeaderSize)]
public unsafe struct SchedulingContext
{
    public const int HeaderSize = 128;

    /// <summary>The fewest refills: one in use and one to come (seL4, MIN_REFILLS).</summary>
    public const uint MinimumRefills = 2;

    /// <summary>What Microkit 2.3 leaves room for (a context of 256 bytes: 8 extra refills).</summary>
    public const uint DefaultRefills = 10;

    /// <summary>Builder: the thread that starts on it, or null. The TCB points back (<see cref="Tcb.SchedulingContext"/>).</summary>
    public Tcb* Tcb;

    /// <summary>The head of the call stack: the reply object of the last call that this context was donated along.</summary>
    public Reply* Reply;

    /// <summary>Builder: null. The notification it is bound to: its passive server is lent the context when it wakes by a signal.</summary>
    public Notification* Notification;

    /// <summary>Builder: microseconds of CPU time in each period (Microkit's default 1000). Boot converts it to <see cref="Budget"/>.</summary>
    public ulong BudgetMicroseconds;

    /// <summary>Builder: microseconds (Microkit's default: the budget, which means round robin).</summary>
    public ulong PeriodMicroseconds;

    /// <summary>Builder: capacity of the ring, at least <see cref="MinimumRefills"/>.</summary>
    public uint RefillMaximum;

    /// <summary>Builder: core on which its time counts.</summary>
    public uint Core;

    /// <summary>Counter ticks; set by boot.</summary>
    public ulong Budget;

    /// <summary>Counter ticks; set by boot. 0 for round robin, as in seL4.</summary>
    public ulong Period;

    /// <summary>Index of the refill in use.</summary>
    public uint RefillHead;

    /// <summary>Refills in the ring, 1..<see cref="RefillMaximum"/> (0: not configured).</summary>
    public uint RefillCount;

    /// <summary>Counter ticks used since they were last asked for (seL4_SchedContext_Consumed).</summary>
    public ulong Consumed;

    /// <summary>Builder: what a timeout fault's message carries to tell which context ran out.</summary>
    public ulong Badge;

    /// <summary>Builder: 1 for a sporadic server: replenishments follow use. 0 (Microkit): constant bandwidth, unused head refills are kept.</summary>
    public uint Sporadic;

    /// <summary>Builder: index of this context, for reports.</summary>
    public uint Index;

    /// <summary>Bytes of a context with <paramref name="refills"/> refills, rounded up to <see cref="KernelLayout.ObjectAlignment"/>.</summary>
    public static ulong SizeFor(uint refills) =>
        (HeaderSize + ((ulong)refills * 16) + KernelLayout.ObjectAlignment - 1) & ~(ulong)(KernelLayout.ObjectAlignment - 1);
}
