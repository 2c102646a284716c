// Notifications: signalling and waiting.

using System.Runtime.CompilerServices;
using Pride.Kernel.Objects;

namespace Pride.Kernel;

public static unsafe partial class Kernel<TMachine>
{
    /// <summary>Signals; wakes one who waits, else leaves the badge pending. Signals of several senders are ored together.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Signal(CoreState* core, Notification* notification, ulong badge)
    {
        switch (notification->State)
        {
            case NotificationState.Active:
                notification->Badges |= badge;
                break;
            case NotificationState.Waiting:
                Tcb* waiter = notification->QueueHead;
                StopWaitingAt(notification, waiter);
                Wake(core, notification, waiter, badge);
                break;
            default:
                Tcb* bound = notification->BoundTcb;
                if (bound != null && bound->State == ThreadState.BlockedOnReceive)
                {
                    LeaveWait(core, bound);
                    Wake(core, notification, bound, badge);
                }
                else
                {
                    // A thread that waits for a reply is not disturbed either.
                    notification->Badges = badge;
                    notification->State = NotificationState.Active;
                }

                break;
        }
    }

    private static void Wake(CoreState* core, Notification* notification, Tcb* tcb, ulong badge)
    {
        SetState(core, tcb, ThreadState.Running);
        tcb->Registers[TMachine.BadgeRegister] = badge;
        HandleSignals(core, notification, tcb);
    }

    /// <summary>A thread that could run, and is in no queue, handles signals from now on: a passive one on the notification's context.</summary>
    private static void HandleSignals(CoreState* core, Notification* notification, Tcb* tcb)
    {
        LendContext(core, notification, tcb);
        if (IsSchedulable(tcb))
        {
            PossibleSwitchTo(core, tcb);
        }

        UnblockIfSporadic(core, tcb->SchedulingContext);
    }

    /// <summary>Waits for signals, or takes those that are pending.</summary>
    private static void ReceiveSignal(CoreState* core, Tcb* tcb, Notification* notification, bool isBlocking)
    {
        if (notification->State == NotificationState.Active)
        {
            CompleteSignal(core, notification, tcb);
        }
        else if (isBlocking)
        {
            SetState(core, tcb, ThreadState.BlockedOnNotification);
            WaitAt(notification, tcb);
            ReturnContext(core, notification, tcb);
        }
        else
        {
            tcb->Registers[TMachine.BadgeRegister] = 0;
        }
    }

    /// <summary>Hands the pending signals to <paramref name="tcb"/>.</summary>
    private static void CompleteSignal(CoreState* core, Notification* notification, Tcb* tcb)
    {
        tcb->Registers[TMachine.BadgeRegister] = notification->Badges;
        notification->State = NotificationState.Idle;
        LendContext(core, notification, tcb);
        UnblockIfSporadic(core, tcb->SchedulingContext);
    }

    /// <summary>A passive thread that a signal wakes runs on the notification's context.</summary>
    private static void LendContext(CoreState* core, Notification* notification, Tcb* tcb)
    {
        SchedulingContext* context = notification->SchedulingContext;
        if (tcb->SchedulingContext == null && context != null && context->Tcb == null)
        {
            Donate(core, context, tcb);
            ResumeContext(core, context);
        }
    }

    /// <summary>Before a thread blocks it gives back the context that its notification lent it.</summary>
    private static void ReturnContext(CoreState* core, Notification* notification, Tcb* tcb)
    {
        SchedulingContext* context = notification->SchedulingContext;
        if (context != null && context == tcb->SchedulingContext)
        {
            tcb->SchedulingContext = null;
            context->Tcb = null;
            if (tcb == core->Current)
            {
                RequireSchedule(core);
            }
        }
    }
}
