// Endpoints: sending, receiving, and taking back either.

using System.Runtime.CompilerServices;
using Pride.Kernel.Objects;

namespace Pride.Kernel;

public static unsafe partial class Kernel<TMachine>
{
    /// <summary>Sends the current thread's message (or a thread's fault, when it has one) to an endpoint.</summary>
    /// <param name="core">The core's state.</param>
    /// <param name="sender">Who sends.</param>
    /// <param name="endpoint">Where to.</param>
    /// <param name="badge">What the receiver sees.</param>
    /// <param name="flags">Whether a reply is awaited, and whether the cap lets one be given.</param>
    /// <param name="isBlocking">False: without a receiver nothing happens.</param>
    /// <param name="canDonate">The receiver may run on the sender's scheduling context.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SendMessage(CoreState* core, Tcb* sender, Endpoint* endpoint, ulong badge, SendFlags flags, bool isBlocking, bool canDonate)
    {
        if (endpoint->State != EndpointState.Receiving)
        {
            if (isBlocking)
            {
                sender->SendBadge = badge;
                sender->SendFlags = flags;
                SetState(core, sender, ThreadState.BlockedOnSend);
                WaitAt(endpoint, sender, EndpointState.Sending);
            }

            return;
        }

        Tcb* receiver = endpoint->QueueHead;
        StopWaitingAt(endpoint, receiver);
        Transfer(sender, receiver, badge);
        Reply* reply = receiver->Reply;
        if (reply != null)
        {
            UnlinkReply(reply, receiver);
        }

        if ((flags & SendFlags.IsCall) != 0 || sender->Fault != 0)
        {
            if (reply != null && (flags & (SendFlags.CanGrant | SendFlags.CanGrantReply)) != 0)
            {
                PushReply(core, sender, receiver, reply, canDonate);
            }
            else
            {
                SetState(core, sender, ThreadState.Inactive);
            }
        }
        else if (canDonate && receiver->SchedulingContext == null && sender->SchedulingContext != null)
        {
            Donate(core, sender->SchedulingContext, receiver);
        }

        SetState(core, receiver, ThreadState.Running);
        UnblockIfSporadic(core, receiver->SchedulingContext);
        PossibleSwitchTo(core, receiver);
    }

    /// <summary>Message or fault message.</summary>
    private static void Transfer(Tcb* sender, Tcb* receiver, ulong badge)
    {
        if (sender->Fault == 0)
        {
            TransferMessage(sender, receiver, badge);
        }
        else
        {
            TransferFault(sender, receiver, badge);
        }
    }

    /// <summary>Receives from an endpoint; a pending signal of the bound notification comes first.</summary>
    private static void ReceiveMessage(CoreState* core, Tcb* tcb, Endpoint* endpoint, Reply* reply, bool isBlocking)
    {
        if (reply != null && reply->Tcb != null && reply->Tcb != tcb)
        {
            // The one who waits for an answer through this object will never get it.
            CancelWait(core, reply->Tcb);
        }

        Notification* bound = tcb->BoundNotification;
        if (bound != null && bound->State == NotificationState.Active)
        {
            CompleteSignal(core, bound, tcb);
            return;
        }

        if (bound != null && isBlocking)
        {
            ReturnContext(core, bound, tcb);
        }

        if (endpoint->State == EndpointState.Sending)
        {
            ReceiveFromSender(core, tcb, endpoint, reply);
        }
        else if (isBlocking)
        {
            tcb->Reply = reply;
            if (reply != null)
            {
                reply->Tcb = tcb;
            }

            SetState(core, tcb, ThreadState.BlockedOnReceive);
            WaitAt(endpoint, tcb, EndpointState.Receiving);
        }
        else
        {
            tcb->Registers[TMachine.BadgeRegister] = 0;
        }
    }

    private static void ReceiveFromSender(CoreState* core, Tcb* tcb, Endpoint* endpoint, Reply* reply)
    {
        Tcb* sender = endpoint->QueueHead;
        SendFlags flags = sender->SendFlags;
        StopWaitingAt(endpoint, sender);
        Transfer(sender, tcb, sender->SendBadge);
        UnblockIfSporadic(core, sender->SchedulingContext);
        if ((flags & SendFlags.IsCall) != 0 || sender->Fault != 0)
        {
            if (reply != null && (flags & (SendFlags.CanGrant | SendFlags.CanGrantReply)) != 0)
            {
                bool canDonate = sender->SchedulingContext != null && sender->Fault != Abi.FaultKind.Timeout;
                PushReply(core, sender, tcb, reply, canDonate);
            }
            else
            {
                SetState(core, sender, ThreadState.Inactive);
            }
        }
        else
        {
            SetState(core, sender, ThreadState.Running);
            PossibleSwitchTo(core, sender);
        }
    }

    /// <summary>Ends whatever a thread waits for; it is then Inactive, its fault (if any) forgotten, and its program counter where it can try again.</summary>
    private static void CancelWait(CoreState* core, Tcb* tcb)
    {
        if (tcb->Fault == 0 && tcb->State > ThreadState.Running)
        {
            tcb->Registers[TMachine.PcRegister] -= tcb->RestartOffset;
        }

        LeaveWait(core, tcb);
    }

    /// <summary>As <see cref="CancelWait"/>, but the system call counts as done (a signal has arrived instead).</summary>
    private static void LeaveWait(CoreState* core, Tcb* tcb)
    {
        tcb->Fault = 0;
        switch (tcb->State)
        {
            case ThreadState.BlockedOnSend:
                StopWaitingAt((Endpoint*)tcb->BlockedOn, tcb);
                SetState(core, tcb, ThreadState.Inactive);
                break;
            case ThreadState.BlockedOnReceive:
                StopWaitingAt((Endpoint*)tcb->BlockedOn, tcb);
                if (tcb->Reply != null)
                {
                    UnlinkReply(tcb->Reply, tcb);
                }

                SetState(core, tcb, ThreadState.Inactive);
                break;
            case ThreadState.BlockedOnNotification:
                StopWaitingAt((Notification*)tcb->BlockedOn, tcb);
                SetState(core, tcb, ThreadState.Inactive);
                break;
            case ThreadState.BlockedOnReply:
                RemoveCaller(core, tcb);
                break;
            default:
                break;
        }
    }

    /// <summary>Stops a thread.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Suspend(CoreState* core, Tcb* tcb)
    {
        CancelWait(core, tcb);
        Dequeue(core, tcb);
        RemoveFromRelease(core, tcb);
        Check(core->Candidate == null, "a call that stops a thread has woken nobody before");
        SetState(core, tcb, ThreadState.Inactive);
    }

    /// <summary>Lets a thread run that is stopped or blocked; one that runs already goes on.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Resume(CoreState* core, Tcb* tcb)
    {
        if (tcb->State == ThreadState.Running)
        {
            return;
        }

        CancelWait(core, tcb);
        SetState(core, tcb, ThreadState.Running);
        if (tcb->BoundNotification != null)
        {
            // A passive PD that is restarted does its Init on its own context, as at boot. (In seL4 it could never run again.)
            LendContext(core, tcb->BoundNotification, tcb);
        }

        UnblockIfSporadic(core, tcb->SchedulingContext);
        ResumeContext(core, tcb->SchedulingContext);
        if (IsSchedulable(tcb))
        {
            PossibleSwitchTo(core, tcb);
        }
    }
}
