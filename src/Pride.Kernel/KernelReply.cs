// Reply objects and the stack of calls along which a scheduling context was donated.
//
// A context's Reply points to the head of its stack: the latest call it was donated along. Head and context point at each
// other; below the head the objects are linked by Previous and Next. A call that donated nothing stands in no stack.

using System.Runtime.CompilerServices;
using Pride.Kernel.Objects;

namespace Pride.Kernel;

public static unsafe partial class Kernel<TMachine>
{
    /// <summary>The caller waits for an answer through <paramref name="reply"/>; a passive callee gets its context.</summary>
    private static void PushReply(CoreState* core, Tcb* caller, Tcb* callee, Reply* reply, bool canDonate)
    {
        Check(reply->Tcb == null && reply->Previous == null && reply->Next == null && reply->SchedulingContext == null, "a reply object that is pushed is free");
        SchedulingContext* context = caller->SchedulingContext;
        reply->Tcb = caller;
        caller->Reply = reply;
        caller->RestartOffset = TMachine.SystemCallBytes;
        SetState(core, caller, ThreadState.BlockedOnReply);
        if (context != null && callee->SchedulingContext == null && canDonate)
        {
            Reply* below = context->Reply;
            if (below != null)
            {
                below->SchedulingContext = null;
                below->Next = reply;
            }

            reply->Previous = below;
            reply->SchedulingContext = context;
            context->Reply = reply;
            Donate(core, context, callee);
        }
    }

    /// <summary>Separates a reply object from the thread it stands for.</summary>
    private static void UnlinkReply(Reply* reply, Tcb* tcb)
    {
        reply->Tcb = null;
        tcb->Reply = null;
    }

    /// <summary>The answer is here: takes the caller off the object, and gives it its context back when this was the head of the stack.</summary>
    private static void PopReply(CoreState* core, Reply* reply, Tcb* caller)
    {
        SchedulingContext* context = reply->SchedulingContext;
        if (context != null)
        {
            Reply* below = reply->Previous;
            context->Reply = below;
            if (below != null)
            {
                below->Next = null;
                below->SchedulingContext = context;
            }

            reply->SchedulingContext = null;
            reply->Previous = null;
            if (caller->SchedulingContext == null)
            {
                Donate(core, context, caller);
            }
        }
        else
        {
            BreakStack(reply);
        }

        UnlinkReply(reply, caller);
    }

    /// <summary>A thread stops waiting for its answer.</summary>
    private static void RemoveCaller(CoreState* core, Tcb* caller)
    {
        Reply* reply = caller->Reply;
        if (reply->SchedulingContext != null)
        {
            reply->SchedulingContext->Reply = null;
            reply->SchedulingContext = null;
        }

        BreakStack(reply);
        UnlinkReply(reply, caller);
        SetState(core, caller, ThreadState.Inactive);
    }

    private static void BreakStack(Reply* reply)
    {
        if (reply->Next != null)
        {
            reply->Next->Previous = null;
            reply->Next = null;
        }

        if (reply->Previous != null)
        {
            reply->Previous->Next = null;
            reply->Previous = null;
        }
    }

    /// <summary>Answers the call (or the fault) that waits at <paramref name="reply"/>; does nothing when none does.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SendReply(CoreState* core, Tcb* sender, Reply* reply)
    {
        Tcb* receiver = reply->Tcb;
        if (receiver == null || receiver->State != ThreadState.BlockedOnReply)
        {
            return;
        }

        PopReply(core, reply, receiver);
        UnblockIfSporadic(core, receiver->SchedulingContext);
        ulong fault = receiver->Fault;
        bool goesOn = true;
        if (fault == 0)
        {
            TransferMessage(sender, receiver, 0);
        }
        else
        {
            goesOn = AnswerFault(sender, receiver);
            receiver->Fault = 0;
        }

        SetState(core, receiver, goesOn ? ThreadState.Running : ThreadState.Inactive);
        SchedulingContext* context = receiver->SchedulingContext;
        if (goesOn && context != null)
        {
            if (IsReady(core, context) && IsSufficient(core, context))
            {
                PossibleSwitchTo(core, receiver);
            }
            else if (receiver->TimeoutHandler.Type == CapType.Endpoint && fault != Abi.FaultKind.Timeout)
            {
                RaiseTimeout(core, receiver, context);
            }
            else
            {
                Postpone(core, context);
            }
        }
    }
}
