// Scheduling contexts: lending, binding, unbinding.

using Pride.Kernel.Objects;

namespace Pride.Kernel;

public static unsafe partial class Kernel<TMachine>
{
    /// <summary>Gives a context to a thread that has none, and takes it from the one that has it.</summary>
    private static void Donate(CoreState* core, SchedulingContext* context, Tcb* to)
    {
        Check(to->SchedulingContext == null, "who is lent a context has none");
        Tcb* from = context->Tcb;
        if (from != null)
        {
            Dequeue(core, from);
            RemoveFromRelease(core, from);
            from->SchedulingContext = null;
            if (from == core->Current || from == core->Candidate)
            {
                RequireSchedule(core);
            }
        }

        context->Tcb = to;
        to->SchedulingContext = context;
    }

    /// <summary>A thread that could run, but whose budget is not there yet, waits for it.</summary>
    private static void ResumeContext(CoreState* core, SchedulingContext* context)
    {
        if (context != null && IsSchedulable(context->Tcb) && !(IsReady(core, context) && IsSufficient(core, context)))
        {
            Postpone(core, context);
        }
    }

    private static void BindContext(CoreState* core, SchedulingContext* context, Tcb* tcb)
    {
        tcb->SchedulingContext = context;
        context->Tcb = tcb;
        UnblockIfSporadic(core, context);
        ResumeContext(core, context);
        if (IsSchedulable(tcb))
        {
            Enqueue(core, tcb, false);
            RequireSchedule(core);
        }
    }

    private static void UnbindTcb(CoreState* core, SchedulingContext* context)
    {
        Tcb* tcb = context->Tcb;
        if (tcb == null)
        {
            return;
        }

        if (tcb == core->Current || tcb == core->Candidate)
        {
            RequireSchedule(core);
        }

        Dequeue(core, tcb);
        RemoveFromRelease(core, tcb);
        tcb->SchedulingContext = null;
        context->Tcb = null;
    }

    private static void UnbindNotification(SchedulingContext* context)
    {
        if (context->Notification != null)
        {
            context->Notification->SchedulingContext = null;
            context->Notification = null;
        }
    }

    private static void UnbindReply(SchedulingContext* context)
    {
        if (context->Reply != null)
        {
            context->Reply->SchedulingContext = null;
            context->Reply = null;
        }
    }

    /// <summary>Microseconds used since the last time this was asked.</summary>
    private static ulong TakeConsumed(SchedulingContext* context)
    {
        ulong ticks = context->Consumed;
        context->Consumed = 0;
        return TicksToMicroseconds(ticks);
    }

    private static ulong TicksToMicroseconds(ulong ticks)
    {
        ulong frequency = TMachine.CounterFrequency;
        return (ticks / frequency * 1_000_000) + (ticks % frequency * 1_000_000 / frequency);
    }

    private static ulong MicrosecondsToTicks(ulong microseconds)
    {
        ulong frequency = TMachine.CounterFrequency;
        return (microseconds / 1_000_000 * frequency) + (microseconds % 1_000_000 * frequency / 1_000_000);
    }
}
