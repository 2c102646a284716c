// The domain schedule: a fixed list of turns, each of which belongs to one domain. Threads of other domains do not run meanwhile,
// whatever their priority. The builder lets calls stay inside a domain; signals and faults cross, and are seen in the receiver's next turn.
//
// Ready queues hold the current domain's threads alone. Threads of others that could run are parked, in one list; a change of turn
// moves threads between the two, which is bounded by KernelLayout.MaximumTcbs.

using Pride.Kernel.Objects;

namespace Pride.Kernel;

public static unsafe partial class Kernel<TMachine>
{
    private static void StartDomains(CoreState* core)
    {
        BootInfo* boot = core->Boot;
        core->DomainEnd = ulong.MaxValue;
        if (boot->DomainSlots != 0)
        {
            core->Domain = (uint)boot->DomainSchedule->Domain;
            core->DomainEnd = core->Now + MicrosecondsToTicks(boot->DomainSchedule->Microseconds);
        }

        FindNextEvent(core);
    }

    /// <summary>The first refill that somebody waits for, or the end of the domain's turn.</summary>
    private static void FindNextEvent(CoreState* core)
    {
        ulong time = core->ReleaseHead == null ? ulong.MaxValue : HeadRefill(core->ReleaseHead->SchedulingContext)->Time;
        core->NextEvent = time < core->DomainEnd ? time : core->DomainEnd;
    }

    /// <summary>When the domain's turn is over, the next one's begins. Turns that were missed altogether (a machine that was halted) are not made up.</summary>
    private static void AdvanceDomain(CoreState* core)
    {
        if (core->Now < core->DomainEnd)
        {
            return;
        }

        RequireSchedule(core);
        BootInfo* boot = core->Boot;
        core->DomainSlot = core->DomainSlot + 1 < boot->DomainSlots ? core->DomainSlot + 1 : 0;
        DomainSlot* slot = boot->DomainSchedule + core->DomainSlot;
        ulong length = MicrosecondsToTicks(slot->Microseconds);
        core->DomainEnd = core->DomainEnd + length > core->Now ? core->DomainEnd + length : core->Now + length;
        core->MustSetTimer = 1;
        FindNextEvent(core);
        if (core->Domain != (uint)slot->Domain)
        {
            ChangeDomain(core, (uint)slot->Domain);
        }
    }

    private static void ChangeDomain(CoreState* core, uint domain)
    {
        core->Domain = domain;
        LoopRounds rounds = default;
        while (core->ReadyHighest != NobodyReady)
        {
            TMachine.PassLoop(LoopLimit.DomainThreads, ref rounds);
            Tcb* tcb = (Tcb*)core->ReadyHead[core->ReadyHighest];
            Dequeue(core, tcb);
            Park(core, tcb);
        }

        Tcb* next;
        LoopRounds parked = default;
        for (Tcb* tcb = core->ParkedHead; tcb != null; tcb = next)
        {
            TMachine.PassLoop(LoopLimit.DomainThreads, ref parked);
            next = tcb->RunNext;
            if (tcb->Domain == domain)
            {
                Unpark(core, tcb);
                Enqueue(core, tcb, true);
            }
        }
    }

    private static void Park(CoreState* core, Tcb* tcb)
    {
        tcb->QueuedIn = RunQueue.Parked;
        tcb->RunPrevious = core->ParkedTail;
        if (core->ParkedTail != null)
        {
            core->ParkedTail->RunNext = tcb;
        }
        else
        {
            core->ParkedHead = tcb;
        }

        core->ParkedTail = tcb;
    }

    private static void Unpark(CoreState* core, Tcb* tcb)
    {
        if (tcb->RunPrevious != null)
        {
            tcb->RunPrevious->RunNext = tcb->RunNext;
        }
        else
        {
            core->ParkedHead = tcb->RunNext;
        }

        if (tcb->RunNext != null)
        {
            tcb->RunNext->RunPrevious = tcb->RunPrevious;
        }
        else
        {
            core->ParkedTail = tcb->RunPrevious;
        }

        tcb->RunNext = null;
        tcb->RunPrevious = null;
        tcb->QueuedIn = RunQueue.None;
    }
}
