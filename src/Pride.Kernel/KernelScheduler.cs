// Who runs.
//
// A thread is schedulable when it is Running, has a configured scheduling context, and does not wait for budget.
// The current thread stands in no queue while it runs; a schedulable thread that does not run stands in the ready queue of its
// priority (KernelReadyQueue.cs), or is the core's Candidate. This is seL4's scheme: the candidate saves a queue operation on the common path.
// Those without budget stand in the release queue (KernelReleaseQueue.cs); the switch itself is in KernelSwitch.cs.

using Pride.Kernel.Objects;

namespace Pride.Kernel;

public static unsafe partial class Kernel<TMachine>
{
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
            if (TMachine.HasVcpus)
            {
                TMachine.LeaveGuest(core);
            }

            return;
        }

        Tcb* next = (Tcb*)core->ReadyHead[core->ReadyHighest];
        TakeMostUrgent(core, next, (uint)core->ReadyHighest);
        SwitchTo(core, next);
    }
}
