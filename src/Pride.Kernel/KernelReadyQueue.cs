// The ready queues: one for each priority, and bitmaps of those that are not empty.

using System.Numerics;
using System.Runtime.CompilerServices;
using Pride.Kernel.Objects;

namespace Pride.Kernel;

public static unsafe partial class Kernel<TMachine>
{
    /// <summary><see cref="CoreState.ReadyHighest"/> while no thread is ready.</summary>
    private const int NobodyReady = -1;

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
}
