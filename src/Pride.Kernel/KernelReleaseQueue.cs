// The release queue: threads that could run but for their budget, in the order in which it comes back.

using Pride.Kernel.Objects;

namespace Pride.Kernel;

public static unsafe partial class Kernel<TMachine>
{
    /// <summary>Puts a thread without budget into the release queue, ordered by the time of its next refill.</summary>
    private static void Postpone(CoreState* core, SchedulingContext* context)
    {
        Tcb* tcb = context->Tcb;
        Check(tcb != null && tcb->QueuedIn == RunQueue.None, "a context that is postponed has a thread that stands in no queue");
        ulong time = HeadRefill(context)->Time;
        Tcb* previous = null;
        Tcb* next = core->ReleaseHead;
        LoopRounds rounds = default;
        while (next != null && HeadRefill(next->SchedulingContext)->Time <= time)
        {
            TMachine.PassLoop(LoopLimit.Threads, ref rounds);
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
        LoopRounds rounds = default;
        while (core->ReleaseHead != null && HeadRefill(core->ReleaseHead->SchedulingContext)->Time <= core->Now)
        {
            TMachine.PassLoop(LoopLimit.Threads, ref rounds);
            Tcb* tcb = core->ReleaseHead;
            RemoveFromRelease(core, tcb);
            PossibleSwitchTo(core, tcb);
        }
    }
}
