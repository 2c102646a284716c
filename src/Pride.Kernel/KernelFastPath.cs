// The short ways through the kernel: system calls whose outcome can be told from a few words.
//
// FastSystemCall either does the whole call and returns the thread to run, or changes nothing and returns null; then
// SystemCall does it. (One exception: of NBSendRecv the first half may be done; CoreState.FirstHalfDone says so.) A call takes the
// short way when nobody's budget has run out, nobody's budget has come meanwhile, and who runs next needs no choice beyond the
// most urgent of the ready. When the scheduling context in use stays the same, not even the time is looked at: a budget that runs out
// meanwhile is found at the timer's interrupt.
//
// When this is entered only x0-x18 and x30 of the thread are in its TCB (AArch64: Vectors.S), so nothing here may touch the
// others, nor program counter, stack pointer and flags: a call that blocks here is rewound by Tcb.RestartOffset when need be.

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

    /// <summary>The thread to run, or null: take the long way.</summary>
    public static Tcb* FastSystemCall(CoreState* core, Tcb* tcb, long number) => number switch
    {
        SystemCalls.Call => FastCall(core, tcb),
        SystemCalls.ReplyRecv => FastReplyReceive(core, tcb),
        SystemCalls.Send => FastSend(core, tcb, tcb->Registers[TMachine.BadgeRegister], true),
        SystemCalls.Recv => FastReceive(core, tcb),
        SystemCalls.NBSendRecv => FastSendReceive(core, tcb),
        _ => null,
    };

    /// <summary>Call of a server that waits and is at least as urgent: it runs at once, on the caller's context if it has none of its own.</summary>
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

        Tcb* server = endpoint->QueueHead;
        Reply* reply = server->Reply;
        ulong now = TMachine.ReadCounter();
        bool isPassive = server->SchedulingContext == null;
        if (reply == null || server->Priority < tcb->Priority || !(isPassive || MaySwitchTo(core, server->SchedulingContext, now)))
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
        if (!isPassive)
        {
            return SwitchTurn(core, tcb, server, now);
        }

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
        FastSwitch(core, tcb, server, now);
        return server;
    }

    /// <summary>Answer of a server that then waits again: its caller, or whoever is more urgent, goes on.</summary>
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
        Notification* bound = tcb->BoundNotification;
        if (caller == null
            || caller->State != ThreadState.BlockedOnReply
            || caller->Fault != 0
            || endpoint->State == EndpointState.Sending
            || (bound != null && (bound->State == NotificationState.Active || bound->SchedulingContext == context)))
        {
            return null;
        }

        // The context comes back to the caller, and nobody else is more urgent; or the caller has its own, which is no concern of ours.
        ulong now = TMachine.ReadCounter();
        bool isDonated = reply->SchedulingContext == context && caller->SchedulingContext == null;
        if (isDonated)
        {
            if (core->ReadyTop != 0 && HighestPriority(core) > caller->Priority)
            {
                return null;
            }

            PopDonation(reply, context);
        }
        else if (reply->SchedulingContext != null
            || reply->Previous != null
            || reply->Next != null
            || caller->SchedulingContext == null
            || !MaySwitchTo(core, caller->SchedulingContext, now)
            || (core->ReadyTop != 0 && HighestPriority(core) > caller->Priority))
        {
            return null;
        }

        TransferMessage(tcb, caller, 0);
        caller->Reply = null;
        caller->State = ThreadState.Running;
        reply->Tcb = tcb;
        tcb->Reply = reply;
        tcb->State = ThreadState.BlockedOnReceive;
        WaitAt(endpoint, tcb, EndpointState.Receiving);
        if (!isDonated)
        {
            return SwitchTurn(core, tcb, caller, now);
        }

        HandOver(context, tcb, caller);
        FastSwitch(core, tcb, caller, now);
        return caller;
    }

    /// <summary>Takes the head off a context's stack of calls.</summary>
    private static void PopDonation(Reply* reply, SchedulingContext* context)
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
    }

    /// <summary>A signal or an acknowledgement.</summary>
    /// <param name="core">The core's state.</param>
    /// <param name="tcb">The current thread.</param>
    /// <param name="pointer">The cap to send to.</param>
    /// <param name="maySwitch">True: somebody more urgent who wakes runs at once. False: he is queued, and the caller of this method sees to it.</param>
    private static Tcb* FastSend(CoreState* core, Tcb* tcb, ulong pointer, bool maySwitch)
    {
        if (pointer >= tcb->CapCount || (tcb->Registers[TMachine.InfoRegister] & ExtraCapsMask) != 0)
        {
            return null;
        }

        Cap* cap = tcb->Caps + pointer;
        if (cap->Type == CapType.Notification && cap->Allows(CapRights.Write))
        {
            return FastSignal(core, tcb, (Notification*)TMachine.Pointer(cap->PointerBits), cap->Badge, maySwitch);
        }

        if (cap->Type == CapType.IrqHandler)
        {
            InvokeIrq(core, (IrqEntry*)TMachine.Pointer(cap->PointerBits), new MessageInfo(tcb->Registers[TMachine.InfoRegister]));
            return tcb;
        }

        return null;
    }

    private static Tcb* FastSignal(CoreState* core, Tcb* tcb, Notification* notification, ulong badge, bool maySwitch)
    {
        if (notification->State == NotificationState.Active)
        {
            notification->Badges |= badge;
            return tcb;
        }

        bool waitsAtNotification = notification->State == NotificationState.Waiting;
        Tcb* waiter = waitsAtNotification ? notification->QueueHead : notification->BoundTcb;
        if (!waitsAtNotification && (waiter == null || waiter->State != ThreadState.BlockedOnReceive))
        {
            notification->Badges = badge;
            notification->State = NotificationState.Active;
            return tcb;
        }

        SchedulingContext* context = waiter->SchedulingContext;
        ulong now = TMachine.ReadCounter();
        if (context == null || !MaySwitchTo(core, context, now))
        {
            return null;
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
        if (maySwitch && waiter->Priority > tcb->Priority)
        {
            Enqueue(core, tcb, false);
            return SwitchTurn(core, tcb, waiter, now);
        }

        Enqueue(core, waiter, waiter->Priority == tcb->Priority);
        return tcb;
    }

    /// <summary>Receive: takes pending signals, or waits while the most urgent of the ready runs.</summary>
    private static Tcb* FastReceive(CoreState* core, Tcb* tcb)
    {
        ulong pointer = tcb->Registers[TMachine.BadgeRegister];
        ulong replyPointer = tcb->Registers[TMachine.ReplyRegister];
        if (pointer >= tcb->CapCount || replyPointer >= tcb->CapCount)
        {
            return null;
        }

        Cap* cap = tcb->Caps + pointer;
        Notification* bound = tcb->BoundNotification;
        if (cap->Type == CapType.Notification && cap->Allows(CapRights.Read))
        {
            return (Notification*)TMachine.Pointer(cap->PointerBits) == bound ? FastWait(core, tcb, bound, null, null) : null;
        }

        Cap* replyCap = tcb->Caps + replyPointer;
        if (cap->Word >> TypeAndRightsShift != FullEndpoint || replyCap->Type != CapType.Reply || bound == null)
        {
            return null;
        }

        // A caller who still waits for an answer through the reply object is given up on the long way.
        Endpoint* endpoint = (Endpoint*)TMachine.Pointer(cap->PointerBits);
        Reply* reply = (Reply*)TMachine.Pointer(replyCap->PointerBits);
        return reply->Tcb == null ? FastWait(core, tcb, bound, endpoint, reply) : null;
    }

    private static Tcb* FastWait(CoreState* core, Tcb* tcb, Notification* bound, Endpoint* endpoint, Reply* reply)
    {
        bool isPending = bound->State == NotificationState.Active;
        bool isHighest = core->ReadyTop == 0 || HighestPriority(core) <= tcb->Priority;
        if (isPending && isHighest)
        {
            tcb->Registers[TMachine.BadgeRegister] = bound->Badges;
            bound->State = NotificationState.Idle;
            return tcb;
        }

        // The long way: signals to take and then another thread to run; nobody to run; a caller to serve; a context to return; time to look after.
        ulong now = TMachine.ReadCounter();
        if (isPending
            || core->ReadyTop == 0
            || (endpoint != null && endpoint->State == EndpointState.Sending)
            || bound->SchedulingContext == tcb->SchedulingContext
            || !MaySwitchTo(core, ((Tcb*)core->ReadyHead[HighestPriority(core)])->SchedulingContext, now))
        {
            return null;
        }

        if (endpoint != null)
        {
            tcb->State = ThreadState.BlockedOnReceive;
            tcb->Reply = reply;
            reply->Tcb = tcb;
            WaitAt(endpoint, tcb, EndpointState.Receiving);
        }
        else
        {
            tcb->State = ThreadState.BlockedOnNotification;
            WaitAt(bound, tcb);
        }

        Tcb* next = (Tcb*)core->ReadyHead[HighestPriority(core)];
        Dequeue(core, next);
        return SwitchTurn(core, tcb, next, now);
    }

    /// <summary>Send and receive in one. When the second half needs the long way, the first has been done.</summary>
    private static Tcb* FastSendReceive(CoreState* core, Tcb* tcb)
    {
        if (FastSend(core, tcb, tcb->Registers[TMachine.SendRegister], false) == null)
        {
            return null;
        }

        Tcb* next = FastReceive(core, tcb);
        if (next == null)
        {
            core->FirstHalfDone = 1;
            core->MustSchedule = 1;
        }

        return next;
    }

    /// <summary>True when the context in use is not used up, <paramref name="next"/> may be used now, and nobody's budget has come meanwhile.</summary>
    private static bool MaySwitchTo(CoreState* core, SchedulingContext* next, ulong now) =>
        HeadRefill(core->CurrentContext)->Amount >= core->Consumed + (now - core->Now) + core->MinimumBudget
        && next->Sporadic == 0
        && HeadRefill(next)->Time <= now
        && (core->ReleaseHead == null || HeadRefill(core->ReleaseHead->SchedulingContext)->Time > now);

    /// <summary>The turn goes from one thread to another with a context of its own; <see cref="MaySwitchTo"/> was true.</summary>
    private static Tcb* SwitchTurn(CoreState* core, Tcb* from, Tcb* to, ulong now)
    {
        core->Consumed += now - core->Now;
        core->Now = now;
        SchedulingContext* next = to->SchedulingContext;
        UnblockRefills(core, next);
        CommitTime(core);
        core->CurrentContext = next;
        core->MustSetTimer = 0;
        SetNextInterrupt(core);
        FastSwitch(core, from, to, now);
        return to;
    }

    /// <summary>The context changes hands; who had it is the current thread and stands in no queue.</summary>
    private static void HandOver(SchedulingContext* context, Tcb* from, Tcb* to)
    {
        from->SchedulingContext = null;
        to->SchedulingContext = context;
        context->Tcb = to;
    }

    private static void FastSwitch(CoreState* core, Tcb* from, Tcb* to, ulong now)
    {
        from->Statistics->CpuTicks += now - core->BookedUntil;
        core->BookedUntil = now;
        to->Statistics->Activations++;
        core->Current = to;
        TMachine.SaveThreadRegisters(from);
        TMachine.LoadThreadRegisters(to);
        TMachine.SwitchAddressSpace(to->AddressSpace);
        SwitchFeatures(core, to);
    }
}
