// The short way of ReplyRecv: a server answers and waits again. What the short ways are: KernelFastPath.cs.

using System.Runtime.CompilerServices;
using Pride.Abi;
using Pride.Kernel.Objects;

namespace Pride.Kernel;

public static unsafe partial class Kernel<TMachine>
{
    /// <summary>Answer of a server that then waits again: its caller goes on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Tcb* FastReplyReceive(CoreState* core, Tcb* tcb, MessageWords words, ulong replyPointer)
    {
        // Pointers beyond the table are shared caps or nothing.
        ulong pointer = tcb->Registers[TMachine.BadgeRegister];
        if (replyPointer >= tcb->CapCount || pointer >= tcb->CapCount)
        {
            return null;
        }

        // A reply object and an endpoint with all rights; anything else needs more questions.
        Cap* replyCap = tcb->Caps + replyPointer;
        Cap* cap = tcb->Caps + pointer;
        if (replyCap->Type != CapType.Reply || cap->Word >> TypeAndRightsShift != FullEndpoint)
        {
            return null;
        }

        // Somebody is at the endpoint already: a caller to serve, or another server to queue with.
        Reply* reply = (Reply*)TMachine.Pointer(replyCap->PointerBits);
        Endpoint* endpoint = (Endpoint*)TMachine.Pointer(cap->PointerBits);
        if (endpoint->State != EndpointState.Idle)
        {
            return null;
        }

        // A signal that is pending is received before this thread waits.
        Notification* bound = tcb->BoundNotification;
        if (bound != null && bound->State == NotificationState.Active)
        {
            return null;
        }

        // Not the head of the stack of calls that this server's context was lent along: the caller has time of its own, or nobody waits for an answer.
        // (If it is the head, a caller waits: only then does an object stand in a stack.) A longer message, or one with caps.
        SchedulingContext* context = tcb->SchedulingContext;
        ulong info = tcb->Registers[TMachine.InfoRegister];
        if (reply->SchedulingContext != context || (info & NotLabelMask) > MachineConstants.RegisterWords)
        {
            return FastReplyMore(core, tcb, reply, endpoint);
        }

        // The answer to a fault is another kind of message; a caller that was given a context meanwhile does not need this one; somebody else is more urgent.
        Tcb* caller = reply->Tcb;
        if (caller->Fault != 0 || caller->SchedulingContext != null || core->ReadyHighest > (int)caller->Priority)
        {
            return null;
        }

        SetMessage(caller, 0, info, words);
        return FastReturn(core, tcb, caller, reply, endpoint);
    }

    /// <summary>As <see cref="FastReplyReceive"/>, whose conditions hold up to there: long messages, and callers with contexts of their own.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Tcb* FastReplyMore(CoreState* core, Tcb* tcb, Reply* reply, Endpoint* endpoint)
    {
        // Caps that have to be looked up.
        if ((tcb->Registers[TMachine.InfoRegister] & CapCountsMask) != 0)
        {
            return null;
        }

        Tcb* caller = reply->Tcb;
        if (reply->SchedulingContext == tcb->SchedulingContext)
        {
            return caller->Fault == 0 && caller->SchedulingContext == null && core->ReadyHighest <= (int)caller->Priority
                ? FastReturnLong(core, tcb, caller, reply, endpoint)
                : null;
        }

        // Nobody waits for the answer (or another thread offers the object to its callers); somebody else is more urgent.
        if (caller == null || caller->State != ThreadState.BlockedOnReply || core->ReadyHighest > (int)caller->Priority)
        {
            return null;
        }

        return FastAnswerActive(core, tcb, caller, reply, endpoint);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Tcb* FastReturnLong(CoreState* core, Tcb* tcb, Tcb* caller, Reply* reply, Endpoint* endpoint)
    {
        TransferMessageHere(tcb, caller, 0);
        return FastReturn(core, tcb, caller, reply, endpoint);
    }

    /// <summary>The caller goes on on its own context.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Tcb* FastAnswerActive(CoreState* core, Tcb* tcb, Tcb* caller, Reply* reply, Endpoint* endpoint)
    {
        // A reply object in a stack of donated calls; a caller that lost its context; one whose fault came from another domain; one that the answering thread's notification lent; time to look after.
        ulong now = TMachine.ReadCounter();
        if (reply->SchedulingContext != null
            || reply->Previous != null
            || reply->Next != null
            || caller->SchedulingContext == null
            || caller->Domain != tcb->Domain
            || (tcb->BoundNotification != null && tcb->BoundNotification->SchedulingContext == tcb->SchedulingContext)
            || !MaySwitchTo(core, caller->SchedulingContext, now))
        {
            return null;
        }

        // The answers to other faults set registers, or say whether the thread goes on. That to a memory fault says only "go on".
        if (caller->Fault == 0)
        {
            TransferMessage(tcb, caller, 0);
        }
        else if (caller->Fault != FaultKind.VMFault)
        {
            return null;
        }

        caller->Fault = 0;
        FastWaitAgain(tcb, caller, reply, endpoint);
        return SwitchTurn(core, tcb, caller, now);
    }

    /// <summary>The caller goes on on the context that it had lent; the server waits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Tcb* FastReturn(CoreState* core, Tcb* tcb, Tcb* caller, Reply* reply, Endpoint* endpoint)
    {
        SchedulingContext* context = tcb->SchedulingContext;
        Reply* below = reply->Previous;
        if (below != null)
        {
            below->Next = null;
            below->SchedulingContext = context;
        }

        context->Tcb = caller;
        context->Reply = below;
        reply->Previous = null;
        reply->SchedulingContext = null;
        tcb->SchedulingContext = null;
        caller->SchedulingContext = context;
        FastWaitAgain(tcb, caller, reply, endpoint);
        return FastSwitch(core, tcb, caller, TMachine.ReadCounter());
    }

    /// <summary>The caller goes on; the server offers its reply object anew and waits at its endpoint, where nobody is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FastWaitAgain(Tcb* tcb, Tcb* caller, Reply* reply, Endpoint* endpoint)
    {
        caller->Reply = null;
        caller->State = ThreadState.Running;
        reply->Tcb = tcb;
        tcb->Reply = reply;
        tcb->BlockedOn = endpoint;
        tcb->State = ThreadState.BlockedOnReceive;
        tcb->RestartOffset = TMachine.SystemCallBytes;
        WaitAlone(endpoint, tcb);
    }
}
