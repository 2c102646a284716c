// Time and budgets: what scheduling contexts are charged and when they get it back.
//
// The sporadic server of seL4 MCS: a context owns a ring of refills, ordered by time. The head is used first; what was
// used comes back one period after it could be used. A round-robin context (period 0) has two refills: what is left
// of its time slice and what is used; the end of the slice only sends its thread to the end of its ready queue.

using Pride.Kernel.Objects;

namespace Pride.Kernel;

public static unsafe partial class Kernel<TMachine>
{
    /// <summary>
    /// Twice the longest kernel path, in microseconds: a context that has less left is treated as empty, so that a thread which
    /// enters the kernel can always leave it (seL4: KERNEL_WCET 10 us on this class of machine).
    /// </summary>
    public const ulong MinimumBudgetMicroseconds = 20;

    private static Refill* RefillAt(SchedulingContext* context, uint index) => (Refill*)((byte*)context + SchedulingContext.HeaderSize) + index;

    private static Refill* HeadRefill(SchedulingContext* context) => RefillAt(context, context->RefillHead);

    private static Refill* TailRefill(SchedulingContext* context) => RefillAt(context, Wrap(context, context->RefillHead + context->RefillCount - 1));

    private static uint Wrap(SchedulingContext* context, uint index) => index >= context->RefillMaximum ? index - context->RefillMaximum : index;

    private static bool IsRoundRobin(SchedulingContext* context) => context->Period == 0;

    private static bool IsReady(CoreState* core, SchedulingContext* context) => HeadRefill(context)->Time <= core->Now;

    private static bool IsSufficient(CoreState* core, SchedulingContext* context) => HeadRefill(context)->Amount >= core->MinimumBudget;

    /// <summary>Reads the counter; the time since the last reading belongs to the current context.</summary>
    private static void UpdateTime(CoreState* core)
    {
        ulong now = TMachine.ReadCounter();
        core->Consumed += now - core->Now;
        core->Now = now;
    }

    /// <summary>True when the current context can pay for what it used and for the way out of the kernel.</summary>
    private static bool HasBudget(CoreState* core) =>
        HeadRefill(core->CurrentContext)->Amount >= core->Consumed + core->MinimumBudget;

    /// <summary>Configures a context: its whole budget may be used from now on.</summary>
    private static void ConfigureRefills(CoreState* core, SchedulingContext* context, ulong budget, ulong period)
    {
        context->Budget = budget;
        context->Period = period;
        context->RefillHead = 0;
        context->RefillCount = 1;
        HeadRefill(context)->Amount = budget;
        HeadRefill(context)->Time = core->Now;
        if (IsRoundRobin(context))
        {
            AddTail(context, new Refill { Time = core->Now, Amount = 0 });
        }
    }

    private static void AddTail(SchedulingContext* context, Refill refill)
    {
        Check(context->RefillCount < context->RefillMaximum, "there is room for a refill");
        context->RefillCount++;
        *TailRefill(context) = refill;
    }

    private static Refill PopHead(SchedulingContext* context)
    {
        Check(context->RefillCount > 1, "the last refill is never taken");
        Refill head = *HeadRefill(context);
        context->RefillHead = Wrap(context, context->RefillHead + 1);
        context->RefillCount--;
        return head;
    }

    /// <summary>Plans the return of used time; merged with the last refill when they touch or when the ring is full.</summary>
    private static void ScheduleUsed(SchedulingContext* context, Refill used)
    {
        Refill* tail = TailRefill(context);
        if (tail->Time + tail->Amount >= used.Time)
        {
            tail->Amount += used.Amount;
        }
        else if (context->RefillCount < context->RefillMaximum)
        {
            AddTail(context, used);
        }
        else
        {
            // Later than need be, never earlier: the sum over any period stays within the budget.
            tail->Time = used.Time - tail->Amount;
            tail->Amount += used.Amount;
        }
    }

    /// <summary>Charges <paramref name="usage"/> ticks to a context that is not round robin.</summary>
    private static void ChargeRefills(CoreState* core, SchedulingContext* context, ulong usage)
    {
        LoopRounds rounds = default;
        if (usage >= context->Budget)
        {
            usage = SkipPeriods(context, usage);
        }

        while (HeadRefill(context)->Amount <= usage)
        {
            TMachine.PassLoop(LoopLimit.Refills, ref rounds);
            usage -= HeadRefill(context)->Amount;
            Refill old = PopHead(context);
            old.Time += context->Period;
            ScheduleUsed(context, old);
        }

        if (usage > 0)
        {
            Refill* head = HeadRefill(context);
            Refill used = new() { Time = head->Time + context->Period, Amount = usage };
            head->Amount -= usage;
            head->Time += usage;
            ScheduleUsed(context, used);
        }

        LoopRounds small = default;
        while (HeadRefill(context)->Amount < core->MinimumBudget)
        {
            TMachine.PassLoop(LoopLimit.Refills, ref small);
            Refill old = PopHead(context);
            Refill* head = HeadRefill(context);
            head->Amount += old.Amount;
            head->Time -= old.Amount;
        }
    }

    /// <summary>
    /// Charges whole budgets at once: each makes every refill come back one period later. So what remains is less than the budget, and the loop over refills
    /// ends before it meets one that it has put back, however long the machine was halted. Returns what remains.
    /// </summary>
    private static ulong SkipPeriods(SchedulingContext* context, ulong usage)
    {
        ulong periods = usage / context->Budget;
        LoopRounds rounds = default;
        for (uint i = 0; i < context->RefillCount; i++)
        {
            TMachine.PassLoop(LoopLimit.Refills, ref rounds);
            RefillAt(context, Wrap(context, context->RefillHead + i))->Time += periods * context->Period;
        }

        return usage - (periods * context->Budget);
    }

    /// <summary>Called when a context starts to be used again: time that was not used does not pile up.</summary>
    private static void UnblockRefills(CoreState* core, SchedulingContext* context)
    {
        if (IsRoundRobin(context) || !IsReady(core, context))
        {
            return;
        }

        HeadRefill(context)->Time = core->Now;
        core->MustSetTimer = 1;
        LoopRounds rounds = default;
        while (context->RefillCount > 1)
        {
            TMachine.PassLoop(LoopLimit.Refills, ref rounds);
            Refill* head = HeadRefill(context);
            Refill* next = RefillAt(context, Wrap(context, context->RefillHead + 1));
            if (next->Time > head->Time + head->Amount)
            {
                break;
            }

            Refill old = PopHead(context);
            next->Time = old.Time;
            next->Amount += old.Amount;
        }
    }

    /// <summary>As <see cref="UnblockRefills"/>, for a sporadic context whose thread wakes, unless it is the one being used.</summary>
    private static void UnblockIfSporadic(CoreState* core, SchedulingContext* context)
    {
        if (context != null && context->Sporadic != 0 && context->RefillCount != 0 && context != core->CurrentContext)
        {
            UnblockRefills(core, context);
        }
    }

    /// <summary>The current context's head refill is used up: charge it and end the thread's turn.</summary>
    private static void ChargeBudget(CoreState* core, ulong consumed, bool canFault)
    {
        SchedulingContext* context = core->CurrentContext;
        if (IsRoundRobin(context))
        {
            Refill* tail = TailRefill(context);
            HeadRefill(context)->Amount += tail->Amount;
            tail->Amount = 0;
        }
        else
        {
            ChargeRefills(core, context, consumed);
        }

        context->Consumed += consumed;
        core->Consumed = 0;
        if (IsSchedulable(core->Current))
        {
            Check(core->Current->SchedulingContext == context, "the current thread runs on the current context");
            EndTurn(core, context, canFault);
            RequireSchedule(core);
            core->MustSetTimer = 1;
        }
    }

    private static void EndTurn(CoreState* core, SchedulingContext* context, bool canFault)
    {
        Tcb* tcb = core->Current;
        if (canFault && !IsRoundRobin(context) && tcb->TimeoutHandler.Type == CapType.Endpoint)
        {
            RaiseTimeout(core, tcb, context);
        }
        else if (IsReady(core, context) && IsSufficient(core, context))
        {
            Enqueue(core, tcb, true);
        }
        else
        {
            Postpone(core, context);
        }
    }

    /// <summary>Gives up the rest of the head refill, but counts as consumed only what was used.</summary>
    private static void Yield(CoreState* core)
    {
        SchedulingContext* context = core->CurrentContext;
        ulong consumed = context->Consumed + core->Consumed;
        ChargeBudget(core, HeadRefill(context)->Amount, false);
        context->Consumed = consumed;
    }

    /// <summary>Charges the current context with what it used and makes the chosen thread's context the current one.</summary>
    private static void SwitchContext(CoreState* core)
    {
        SchedulingContext* next = core->IsIdle != 0 ? null : core->Current->SchedulingContext;
        if (core->CurrentContext != next)
        {
            core->MustSetTimer = 1;
            if (next != null && next->Sporadic == 0)
            {
                UnblockRefills(core, next);
            }
        }

        if (core->MustSetTimer != 0)
        {
            CommitTime(core);
        }

        core->CurrentContext = next;
    }

    private static void CommitTime(CoreState* core)
    {
        SchedulingContext* context = core->CurrentContext;
        if (context != null && context->RefillCount != 0 && core->Consumed != 0)
        {
            if (IsRoundRobin(context))
            {
                HeadRefill(context)->Amount -= core->Consumed;
                TailRefill(context)->Amount += core->Consumed;
            }
            else
            {
                ChargeRefills(core, context, core->Consumed);
            }

            context->Consumed += core->Consumed;
        }

        core->Consumed = 0;
    }

    private static void SetNextInterrupt(CoreState* core)
    {
        ulong deadline = ulong.MaxValue;
        if (core->CurrentContext != null)
        {
            deadline = core->Now + HeadRefill(core->CurrentContext)->Amount;
        }

        deadline = core->NextEvent < deadline ? core->NextEvent : deadline;
        core->TimerDeadline = deadline;
        TMachine.SetTimer(deadline);
    }
}
