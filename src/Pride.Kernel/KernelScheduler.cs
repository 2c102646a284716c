// Who runs: ready queues by priority, the queue of those who wait for budget, and the switch itself.
//
// A thread is schedulable when it is Running, has a configured scheduling context, and does not wait for budget.
// The current thread stands in no queue while it runs; a schedulable thread that does not run stands in the ready queue of its
// priority, or is the core's Candidate. This is seL4's scheme: the candidate saves a queue operation on the common path.

using System.Numerics;
using System.Runtime.CompilerServices;
using Pride.Kernel.Objects;

namespace Pride.Kernel;

public static unsafe partial class Kernel<TMachine>
{
    /// <summary><see cref="CoreState.ReadyHighest"/> while no thread is ready.</summary>
    private const int NobodyReady = -1;

    private static bool IsSchedulable(Tcb* tcb) =>
        tcb->State == ThreadState.Running
        && tcb->SchedulingContext != null
        && tcb->SchedulingContext->RefillCount != 0
        && tcb->QueuedIn != RunQueue.Release;

    /// <summary>Sets a thread's state; when the current thread can no longer run, another will be chosen.</summary>
    private static void SetState(CoreState* core, Tcb* tcb, ThreadState state)
    {
        tcb->State = state;
        ScheduleIfStopped(core, tcb);
    }

    private static void ScheduleIfStopped(CoreState* core, Tcb* tcb)
    {
        if (tcb == core->Current && core->Candidate == null && !IsSchedulable(tcb))
        {
            core->MustSchedule = 1;
        }
    }

    /// <summary>The thread has become able to run: it runs next if its priority is the highest.</summary>
    private static void PossibleSwitchTo(CoreState* core, Tcb* tcb)
    {
        if (tcb->SchedulingContext == null || tcb->QueuedIn == RunQueue.Release)
        {
            return;
        }

        if (tcb->Domain != core->Domain)
        {
            Enqueue(core, tcb, false);
        }
        else if (core->MustSchedule != 0 || core->Candidate != null)
        {
            RequireSchedule(core);
            Enqueue(core, tcb, false);
        }
        else
        {
            core->Candidate = tcb;
        }
    }

    /// <summary>Lets the ready queues decide.</summary>
    private static void RequireSchedule(CoreState* core)
    {
        Tcb* candidate = core->Candidate;
        core->Candidate = null;
        core->MustSchedule = 1;
        if (candidate != null && IsSchedulable(candidate))
        {
            Enqueue(core, candidate, false);
        }
    }

    /// <summary>Puts a schedulable thread into its ready queue, first or last; does nothing when it is there already.</summary>
    private static void Enqueue(CoreState* core, Tcb* tcb, bool atEnd)
    {
        Check(IsSchedulable(tcb), "only schedulable threads are queued");
        if (tcb->QueuedIn != RunQueue.None)
        {
            return;
        }

        if (tcb->Domain != core->Domain)
        {
            Park(core, tcb);
            return;
        }

        uint priority = tcb->Priority;
        core->ReadyHighest = (int)priority > core->ReadyHighest ? (int)priority : core->ReadyHighest;
        EnqueueReady(core, tcb, priority, atEnd);
    }

    /// <summary>Puts a thread that stands in no queue into the ready queue of its priority.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void EnqueueReady(CoreState* core, Tcb* tcb, uint priority, bool atEnd)
    {
        Tcb* head = (Tcb*)core->ReadyHead[priority];
        tcb->QueuedIn = RunQueue.Ready;
        if (head == null)
        {
            core->ReadyHead[priority] = (ulong)tcb;
            core->ReadyTail[priority] = (ulong)tcb;
            core->ReadyBits[priority >> 6] |= 1UL << (int)(priority & 63);
            core->ReadyTop |= 1UL << (int)(priority >> 6);
        }
        else if (atEnd)
        {
            Tcb* tail = (Tcb*)core->ReadyTail[priority];
            tail->RunNext = tcb;
            tcb->RunPrevious = tail;
            core->ReadyTail[priority] = (ulong)tcb;
        }
        else
        {
            head->RunPrevious = tcb;
            tcb->RunNext = head;
            core->ReadyHead[priority] = (ulong)tcb;
        }
    }

    /// <summary>Takes a thread out of its ready queue, if it stands in one.</summary>
    private static void Dequeue(CoreState* core, Tcb* tcb)
    {
        if (tcb->QueuedIn != RunQueue.Ready)
        {
            if (tcb->QueuedIn == RunQueue.Parked)
            {
                Unpark(core, tcb);
            }

            return;
        }

        uint priority = tcb->Priority;
        Tcb* next = tcb->RunNext;
        Tcb* previous = tcb->RunPrevious;
        if (previous != null)
        {
            previous->RunNext = next;
        }
        else
        {
            core->ReadyHead[priority] = (ulong)next;
        }

        if (next != null)
        {
            next->RunPrevious = previous;
        }
        else
        {
            core->ReadyTail[priority] = (ulong)previous;
        }

        tcb->RunNext = null;
        tcb->RunPrevious = null;
        tcb->QueuedIn = RunQueue.None;
        if (core->ReadyHead[priority] == 0)
        {
            LeavePriority(core, priority);
            if ((int)priority == core->ReadyHighest)
            {
                FindHighest(core);
            }
        }
    }

    /// <summary>Takes out <paramref name="tcb"/>, who is first in the highest ready queue, that of <paramref name="priority"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TakeMostUrgent(CoreState* core, Tcb* tcb, uint priority)
    {
        Tcb* next = tcb->RunNext;
        tcb->QueuedIn = RunQueue.None;
        core->ReadyHead[priority] = (ulong)next;
        if (next != null)
        {
            next->RunPrevious = null;
            tcb->RunNext = null;
        }
        else
        {
            core->ReadyTail[priority] = 0;
            LeavePriority(core, priority);
            FindHighest(core);
        }
    }

    /// <summary>Nobody of this priority is ready any more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LeavePriority(CoreState* core, uint priority)
    {
        ulong bits = core->ReadyBits[priority >> 6] & ~(1UL << (int)(priority & 63));
        core->ReadyBits[priority >> 6] = bits;
        if (bits == 0)
        {
            core->ReadyTop &= ~(1UL << (int)(priority >> 6));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FindHighest(CoreState* core)
    {
        int word = BitOperations.Log2(core->ReadyTop);
        core->ReadyHighest = core->ReadyTop == 0 ? NobodyReady : (word << 6) + BitOperations.Log2(core->ReadyBits[word]);
    }

    /// <summary>Puts a thread without budget into the release queue, ordered by the time of its next refill.</summary>
    private static void Postpone(CoreState* core, SchedulingContext* context)
    {
        Tcb* tcb = context->Tcb;
        Check(tcb != null && tcb->QueuedIn == RunQueue.None, "a context that is postponed has a thread that stands in no queue");
        ulong time = HeadRefill(context)->Time;
        Tcb* previous = null;
        Tcb* next = core->ReleaseHead;
        while (next != null && HeadRefill(next->SchedulingContext)->Time <= time)
        {
            previous = next;
            next = next->RunNext;
        }

        tcb->RunPrevious = previous;
        tcb->RunNext = next;
        tcb->QueuedIn = RunQueue.Release;
        if (next != null)
        {
            next->RunPrevious = tcb;
        }

        if (previous != null)
        {
            previous->RunNext = tcb;
        }
        else
        {
            core->ReleaseHead = tcb;
            FindNextEvent(core);
        }

        core->MustSetTimer = 1;
    }

    /// <summary>Takes a thread out of the release queue, if it stands in it.</summary>
    private static void RemoveFromRelease(CoreState* core, Tcb* tcb)
    {
        if (tcb->QueuedIn != RunQueue.Release)
        {
            return;
        }

        if (tcb->RunPrevious != null)
        {
            tcb->RunPrevious->RunNext = tcb->RunNext;
        }
        else
        {
            core->ReleaseHead = tcb->RunNext;
            FindNextEvent(core);
            core->MustSetTimer = 1;
        }

        if (tcb->RunNext != null)
        {
            tcb->RunNext->RunPrevious = tcb->RunPrevious;
        }

        tcb->RunNext = null;
        tcb->RunPrevious = null;
        tcb->QueuedIn = RunQueue.None;
    }

    /// <summary>Wakes those whose budget has come.</summary>
    private static void Awaken(CoreState* core)
    {
        while (core->ReleaseHead != null && HeadRefill(core->ReleaseHead->SchedulingContext)->Time <= core->Now)
        {
            Tcb* tcb = core->ReleaseHead;
            RemoveFromRelease(core, tcb);
            PossibleSwitchTo(core, tcb);
        }
    }

    /// <summary>Decides who runs and switches to it.</summary>
    private static void Schedule(CoreState* core)
    {
        AdvanceDomain(core);
        Awaken(core);
        if (core->MustSchedule != 0 || core->Candidate != null)
        {
            Choose(core);
            core->MustSchedule = 0;
            core->Candidate = null;
        }

        SwitchContext(core);
        if (core->MustSetTimer != 0)
        {
            core->MustSetTimer = 0;
            SetNextInterrupt(core);
        }
    }

    private static void Choose(CoreState* core)
    {
        Tcb* current = core->Current;
        bool canGoOn = core->IsIdle == 0 && IsSchedulable(current);
        if (canGoOn)
        {
            // At the end of its domain's turn it is parked.
            Enqueue(core, current, false);
        }

        Tcb* candidate = core->MustSchedule != 0 ? null : core->Candidate;
        if (candidate != null)
        {
            if (canGoOn && candidate->Priority == current->Priority)
            {
                // Equals take turns by time slice, so the current thread goes on.
                Enqueue(core, candidate, true);
            }
            else if ((int)candidate->Priority >= core->ReadyHighest)
            {
                SwitchTo(core, candidate);
                return;
            }
            else
            {
                Enqueue(core, candidate, false);
            }
        }

        if (core->ReadyHighest == NobodyReady)
        {
            BookTime(core);
            core->IsIdle = 1;
            return;
        }

        Tcb* next = (Tcb*)core->ReadyHead[core->ReadyHighest];
        TakeMostUrgent(core, next, (uint)core->ReadyHighest);
        SwitchTo(core, next);
    }

    /// <summary>Makes the machine <paramref name="next"/>'s: address space, thread pointers, floating point; books the time of who ran before.</summary>
    private static void SwitchTo(CoreState* core, Tcb* next)
    {
        Check(IsSchedulable(next) && next->QueuedIn == RunQueue.None, "who runs is schedulable and in no queue");
        Tcb* previous = core->Current;
        BookTime(core);
        core->IsIdle = 0;
        if (previous == next)
        {
            return;
        }

        core->Current = next;
        next->Statistics->Activations++;
        TMachine.SwitchThreadPointer(previous, next);
        TMachine.SwitchAddressSpace(next->AddressSpace);
        SwitchFeatures(core, next);
    }

    /// <summary>Gives <paramref name="next"/> what it may use: the spare timer; the floating-point registers, or nobody gets them.</summary>
    private static void SwitchFeatures(CoreState* core, Tcb* next)
    {
        // Written always: that is cheaper than to find out whether it changes.
        TMachine.OpenTimer((next->Flags & TcbFlags.PhysicalTimer) != 0);
        if ((next->Flags & TcbFlags.FpuDisabled) != 0)
        {
            if (core->FpuEnabled != 0)
            {
                core->FpuEnabled = 0;
                TMachine.DisableFpu();
            }

            return;
        }

        if (core->FpuEnabled == 0)
        {
            core->FpuEnabled = 1;
            TMachine.EnableFpu();
        }

        if (core->FpuOwner != next)
        {
            if (core->FpuOwner != null)
            {
                TMachine.SaveFpu(core->FpuOwner->Fpu);
            }

            TMachine.LoadFpu(next->Fpu);
            core->FpuOwner = next;
        }
    }

    /// <summary>Books the time since the last booking on who ran: the current thread, or idling.</summary>
    private static void BookTime(CoreState* core)
    {
        ulong ticks = core->Now - core->BookedUntil;
        core->BookedUntil = core->Now;
        if (core->IsIdle != 0)
        {
            // The one figure that cores share.
            System.Threading.Interlocked.Add(ref core->Boot->Statistics->IdleTicks, ticks);
        }
        else
        {
            core->Current->Statistics->CpuTicks += ticks;
        }
    }
}
