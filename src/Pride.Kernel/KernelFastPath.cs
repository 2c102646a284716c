// The short ways through the kernel: system calls whose outcome can be told from a few words.
//
// FastSystemCall either does the whole call and returns the thread to run, or changes nothing and returns null; then
// SystemCall does it. What they have in common: the scheduling context in use does not change, so neither time nor timer needs a
// look (a budget that ran out meanwhile is found at the timer's interrupt), and who runs next needs no search.
// When it is entered only x0-x18 and x30 of the thread are in its TCB (AArch64: Vectors.S), so nothing here may touch the
// others, nor program counter, stack pointer and flags: a call that is blocked here is rewound by Tcb.RestartOffset when need be.

using Pride.Abi;
using Pride.Kernel.Objects;

namespace Pride.Kernel;

public static unsafe partial class Kernel<TMachine>
{
    /// <summary>Type and rights of the endpoint caps that Microkit hands out, as in the upper 16 bits of Cap.Word.</summary>
    private const ulong FullEndpoint = ((ulong)CapType.Endpoint << 8) | (ulong)CapRights.All;

    private const int TypeAndRightsShift = 48;

    /// <summary>Of a message info word: the count of extra caps.</summary>
    private const ulong ExtraCapsMask = 3UL << 7;

    /// <summary>The thread to run, or null: nothing was done.</summary>
    public static Tcb* FastSystemCall(CoreState* core, Tcb* tcb, long number) => number switch
    {
        SystemCalls.Call => FastCall(core, tcb),
        SystemCalls.ReplyRecv => FastReplyReceive(core, tcb),
        SystemCalls.Send => FastSend(core, tcb, tcb->Registers[TMachine.BadgeRegister]) ? tcb : null,
        SystemCalls.Recv => FastReceive(tcb),
        SystemCalls.NBSendRecv => FastSendReceive(core, tcb),
        _ => null,
    };

    /// <summary>Call of a passive server that waits: it runs at once, on the caller's context.</summary>
    private static Tcb* FastCall(CoreState* core, Tcb* tcb)
    {
        ulong pointer = tcb->Registers[TMachine.BadgeRegister];
        if (pointer >= tcb->CapCount)
        {
            return null;
        }

        Cap* cap = tcb->Caps + pointer;
        if (cap->Word >> TypeAndRightsShift != FullEndpoint || (tcb->Registers[TMachine.InfoRegister] & ExtraCapsMask) != 0)
        {
            return null;
        }

        Endpoint* endpoint = (Endpoint*)TMachine.Pointer(cap->PointerBits);
        if (endpoint->State != EndpointState.Receiving)
        {
            return null;
        }

        // A server with a context of its own means another budget; one of lower priority means asking the ready queues.
        Tcb* server = endpoint->QueueHead;
        Reply* reply = server->Reply;
        if (server->SchedulingContext != null || reply == null || server->Priority < tcb->Priority)
        {
            return null;
        }

        StopWaitingAt(endpoint, server);
        TransferMessage(tcb, server, cap->Badge);
        server->Reply = null;
        server->State = ThreadState.Running;
        reply->Tcb = tcb;
        tcb->Reply = reply;
        tcb->State = ThreadState.BlockedOnReply;
        tcb->RestartOffset = TMachine.SystemCallBytes;
        SchedulingContext* context = tcb->SchedulingContext;
        Reply* below = context->Reply;
        if (below != null)
        {
            below->SchedulingContext = null;
            below->Next = reply;
        }

        reply->Previous = below;
        reply->SchedulingContext = context;
        context->Reply = reply;
        HandOver(context, tcb, server);
        FastSwitch(core, tcb, server);
        return server;
    }

    /// <summary>Answer of a passive server, which then waits again: the caller goes on, with its context.</summary>
    private static Tcb* FastReplyReceive(CoreState* core, Tcb* tcb)
    {
        ulong replyPointer = tcb->Registers[TMachine.ReplyRegister];
        ulong pointer = tcb->Registers[TMachine.BadgeRegister];
        if (replyPointer >= tcb->CapCount || pointer >= tcb->CapCount)
        {
            return null;
        }

        Cap* replyCap = tcb->Caps + replyPointer;
        Cap* cap = tcb->Caps + pointer;
        if (replyCap->Type != CapType.Reply
            || cap->Word >> TypeAndRightsShift != FullEndpoint
            || (tcb->Registers[TMachine.InfoRegister] & ExtraCapsMask) != 0)
        {
            return null;
        }

        Reply* reply = (Reply*)TMachine.Pointer(replyCap->PointerBits);
        Endpoint* endpoint = (Endpoint*)TMachine.Pointer(cap->PointerBits);
        Tcb* caller = reply->Tcb;
        SchedulingContext* context = tcb->SchedulingContext;
        if (caller == null || reply->SchedulingContext != context || caller->Fault != 0 || caller->SchedulingContext != null)
        {
            return null;
        }

        // Nobody else may be more urgent, and nothing may be there to receive.
        Notification* bound = tcb->BoundNotification;
        if (endpoint->State == EndpointState.Sending
            || (bound != null && (bound->State == NotificationState.Active || bound->SchedulingContext == context))
            || (core->ReadyTop != 0 && HighestPriority(core) > caller->Priority))
        {
            return null;
        }

        TransferMessage(tcb, caller, 0);
        Reply* below = reply->Previous;
        context->Reply = below;
        if (below != null)
        {
            below->Next = null;
            below->SchedulingContext = context;
        }

        reply->SchedulingContext = null;
        reply->Previous = null;
        reply->Tcb = tcb;
        caller->Reply = null;
        caller->State = ThreadState.Running;
        tcb->Reply = reply;
        tcb->State = ThreadState.BlockedOnReceive;
        WaitAt(endpoint, tcb, EndpointState.Receiving);
        HandOver(context, tcb, caller);
        FastSwitch(core, tcb, caller);
        return caller;
    }

    /// <summary>A signal that wakes nobody, or somebody who is no more urgent than the signaller; or an acknowledgement.</summary>
    private static bool FastSend(CoreState* core, Tcb* tcb, ulong pointer)
    {
        if (pointer >= tcb->CapCount || (tcb->Registers[TMachine.InfoRegister] & ExtraCapsMask) != 0)
        {
            return false;
        }

        Cap* cap = tcb->Caps + pointer;
        if (cap->Type == CapType.Notification && cap->Allows(CapRights.Write))
        {
            return FastSignal(core, tcb, (Notification*)TMachine.Pointer(cap->PointerBits), cap->Badge);
        }

        if (cap->Type == CapType.IrqHandler)
        {
            InvokeIrq(core, (IrqEntry*)TMachine.Pointer(cap->PointerBits), new MessageInfo(tcb->Registers[TMachine.InfoRegister]));
            return true;
        }

        return false;
    }

    private static bool FastSignal(CoreState* core, Tcb* tcb, Notification* notification, ulong badge)
    {
        if (notification->State == NotificationState.Active)
        {
            notification->Badges |= badge;
            return true;
        }

        bool waitsAtNotification = notification->State == NotificationState.Waiting;
        Tcb* waiter = waitsAtNotification ? notification->QueueHead : notification->BoundTcb;
        if (!waitsAtNotification && (waiter == null || waiter->State != ThreadState.BlockedOnReceive))
        {
            notification->Badges = badge;
            notification->State = NotificationState.Active;
            return true;
        }

        SchedulingContext* context = waiter->SchedulingContext;
        if (waiter->Priority > tcb->Priority || context == null || context->Sporadic != 0 || !IsReady(core, context))
        {
            return false;
        }

        if (waitsAtNotification)
        {
            StopWaitingAt(notification, waiter);
        }
        else
        {
            StopWaitingAt((Endpoint*)waiter->BlockedOn, waiter);
            if (waiter->Reply != null)
            {
                UnlinkReply(waiter->Reply, waiter);
            }
        }

        waiter->State = ThreadState.Running;
        waiter->Registers[TMachine.BadgeRegister] = badge;
        Enqueue(core, waiter, waiter->Priority == tcb->Priority);
        return true;
    }

    /// <summary>Receive when a signal is pending.</summary>
    private static Tcb* FastReceive(Tcb* tcb)
    {
        Notification* notification = PendingSignal(tcb);
        if (notification == null)
        {
            return null;
        }

        tcb->Registers[TMachine.BadgeRegister] = notification->Badges;
        notification->State = NotificationState.Idle;
        return tcb;
    }

    /// <summary>Send and receive in one when the send is fast and a signal is pending already.</summary>
    private static Tcb* FastSendReceive(CoreState* core, Tcb* tcb)
    {
        if (PendingSignal(tcb) == null || !FastSend(core, tcb, tcb->Registers[TMachine.SendRegister]))
        {
            return null;
        }

        return FastReceive(tcb);
    }

    /// <summary>The notification whose pending signals a Recv with the registers as they are would take; null: look more closely.</summary>
    private static Notification* PendingSignal(Tcb* tcb)
    {
        ulong pointer = tcb->Registers[TMachine.BadgeRegister];
        ulong replyPointer = tcb->Registers[TMachine.ReplyRegister];
        Notification* bound = tcb->BoundNotification;
        if (pointer >= tcb->CapCount || replyPointer >= tcb->CapCount || bound == null || bound->State != NotificationState.Active)
        {
            return null;
        }

        Cap* cap = tcb->Caps + pointer;
        Cap* replyCap = tcb->Caps + replyPointer;
        if (cap->Word >> TypeAndRightsShift == FullEndpoint && replyCap->Type == CapType.Reply)
        {
            // A caller who still waits for an answer through the reply object is given up on the long way.
            return ((Reply*)TMachine.Pointer(replyCap->PointerBits))->Tcb == null ? bound : null;
        }

        bool isBound = cap->Type == CapType.Notification && cap->Allows(CapRights.Read) && TMachine.Pointer(cap->PointerBits) == bound;
        return isBound ? bound : null;
    }

    /// <summary>The context changes hands; who had it is the current thread and stands in no queue.</summary>
    private static void HandOver(SchedulingContext* context, Tcb* from, Tcb* to)
    {
        from->SchedulingContext = null;
        to->SchedulingContext = context;
        context->Tcb = to;
    }

    private static void FastSwitch(CoreState* core, Tcb* from, Tcb* to)
    {
        ulong now = TMachine.ReadCounter();
        from->Statistics->CpuTicks += now - core->BookedUntil;
        core->BookedUntil = now;
        to->Statistics->Activations++;
        core->Current = to;
        TMachine.SaveThreadRegisters(from);
        TMachine.LoadThreadRegisters(to);
        TMachine.SwitchAddressSpace(to->AddressSpace);
        SwitchFpu(core, to);
    }
}
