// The short ways of signals, acknowledgements and waiting: sDDF systems live on them. What the short ways are: KernelFastPath.cs.

using System.Runtime.CompilerServices;
using Pride.Abi;
using Pride.Kernel.Objects;

namespace Pride.Kernel;

public static unsafe partial class Kernel<TMachine>
{
    /// <summary>A signal or an acknowledgement.</summary>
    /// <param name="core">The core's state.</param>
    /// <param name="tcb">The current thread.</param>
    /// <param name="pointer">The cap to send to.</param>
    /// <param name="maySwitch">True: somebody more urgent who wakes runs at once. False: he is queued, and the caller of this method sees to it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Tcb* FastSend(CoreState* core, Tcb* tcb, ulong pointer, bool maySwitch)
    {
        if (pointer >= tcb->CapCount || (tcb->Registers[TMachine.InfoRegister] & CapCountsMask) != 0)
        {
            return null;
        }

        Cap* cap = tcb->Caps + pointer;
        if (cap->Type == CapType.IrqHandler)
        {
            InvokeIrq(core, tcb, (IrqEntry*)TMachine.Pointer(cap->PointerBits), new MessageInfo(tcb->Registers[TMachine.InfoRegister]));
            return tcb;
        }

        if (cap->Type != CapType.Notification || !cap->Allows(CapRights.Write))
        {
            if (cap->Type != CapType.RemoteNotification || !cap->Allows(CapRights.Write))
            {
                return null;
            }

            SignalRemote(core, (Notification*)TMachine.Pointer(cap->PointerBits), cap->Badge);
            return tcb;
        }

        // Signals that are pending already: this one joins them.
        Notification* notification = (Notification*)TMachine.Pointer(cap->PointerBits);
        NotificationState state = notification->State;
        if (state == NotificationState.Active)
        {
            notification->Badges |= cap->Badge;
            return tcb;
        }

        if (state == NotificationState.Waiting)
        {
            return FastWakeWaiter(core, tcb, notification, cap->Badge, maySwitch);
        }

        // Nobody waits: the signal stays pending. (A thread that waits for an answer is not disturbed.)
        Tcb* bound = notification->BoundTcb;
        if (bound == null || bound->State != ThreadState.BlockedOnReceive)
        {
            notification->Badges = cap->Badge;
            notification->State = NotificationState.Active;
            return tcb;
        }

        return FastWakeReceiver(core, tcb, bound, cap->Badge, maySwitch);
    }

    /// <summary>Wakes the thread that waits at the notification.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Tcb* FastWakeWaiter(CoreState* core, Tcb* tcb, Notification* notification, ulong badge, bool maySwitch)
    {
        // Others wait there too: the queue has to be mended.
        Tcb* waiter = notification->QueueHead;
        ulong now = TMachine.ReadCounter();
        if (notification->QueueTail != waiter || !MayWake(core, tcb, waiter, now))
        {
            return null;
        }

        notification->State = NotificationState.Idle;
        notification->QueueHead = null;
        notification->QueueTail = null;
        return FastWake(core, tcb, waiter, badge, maySwitch, now);
    }

    /// <summary>Wakes the notification's bound thread, which waits at an endpoint.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Tcb* FastWakeReceiver(CoreState* core, Tcb* tcb, Tcb* waiter, ulong badge, bool maySwitch)
    {
        // Others wait there too: the queue has to be mended.
        Endpoint* endpoint = (Endpoint*)waiter->BlockedOn;
        ulong now = TMachine.ReadCounter();
        if (endpoint->SoleReceiver != waiter || !MayWake(core, tcb, waiter, now))
        {
            return null;
        }

        LeaveEmpty(endpoint);
        if (waiter->Reply != null)
        {
            UnlinkReply(waiter->Reply, waiter);
        }

        return FastWake(core, tcb, waiter, badge, maySwitch, now);
    }

    /// <summary>False: a passive thread is lent a context, a thread of another domain waits for its turn, or time has to be looked after: the long way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool MayWake(CoreState* core, Tcb* tcb, Tcb* waiter, ulong now) =>
        waiter->SchedulingContext != null && waiter->Domain == tcb->Domain && MaySwitchTo(core, waiter->SchedulingContext, now);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Tcb* FastWake(CoreState* core, Tcb* tcb, Tcb* waiter, ulong badge, bool maySwitch, ulong now)
    {
        waiter->BlockedOn = null;
        waiter->State = ThreadState.Running;
        waiter->Registers[TMachine.BadgeRegister] = badge;
        uint priority = tcb->Priority;
        if (maySwitch && waiter->Priority > priority)
        {
            // Nobody who is ready is more urgent than who runs.
            core->ReadyHighest = (int)priority;
            EnqueueReady(core, tcb, priority, false);
            return SwitchTurn(core, tcb, waiter, now);
        }

        Enqueue(core, waiter, waiter->Priority == priority);
        return tcb;
    }

    /// <summary>Receive: takes pending signals, or waits while the most urgent of the ready runs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Tcb* FastReceive(CoreState* core, Tcb* tcb)
    {
        ulong pointer = tcb->Registers[TMachine.BadgeRegister];
        if (pointer >= tcb->CapCount)
        {
            return null;
        }

        Cap* cap = tcb->Caps + pointer;
        if (!cap->Allows(CapRights.Read))
        {
            return null;
        }

        if (cap->Type == CapType.Notification)
        {
            Notification* notification = (Notification*)TMachine.Pointer(cap->PointerBits);
            return notification->BoundTcb == tcb ? FastWait(core, tcb, notification) : null;
        }

        return cap->Type == CapType.Endpoint ? FastReceiveAt(core, tcb, (Endpoint*)TMachine.Pointer(cap->PointerBits)) : null;
    }

    /// <summary>Waits at the thread's own notification.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Tcb* FastWait(CoreState* core, Tcb* tcb, Notification* bound)
    {
        NotificationState state = bound->State;
        if (state == NotificationState.Active)
        {
            return FastTakeSignals(core, tcb, bound);
        }

        // Others wait there; or the long way for the reasons of FastNext.
        ulong now = TMachine.ReadCounter();
        int priority = core->ReadyHighest;
        Tcb* next = state == NotificationState.Idle ? FastNext(core, tcb, bound, priority, now) : null;
        if (next == null)
        {
            return null;
        }

        tcb->State = ThreadState.BlockedOnNotification;
        tcb->BlockedOn = bound;
        bound->State = NotificationState.Waiting;
        bound->QueueHead = tcb;
        bound->QueueTail = tcb;
        return FastBlock(core, tcb, next, priority, now);
    }

    /// <summary>Waits at an endpoint.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Tcb* FastReceiveAt(CoreState* core, Tcb* tcb, Endpoint* endpoint)
    {
        // Without a bound notification, or without a reply object, this is not a PD as Microkit makes them.
        Notification* bound = tcb->BoundNotification;
        ulong replyPointer = tcb->Registers[TMachine.ReplyRegister];
        if (bound == null || replyPointer >= tcb->CapCount || tcb->Caps[replyPointer].Type != CapType.Reply)
        {
            return null;
        }

        // A caller who still waits for an answer through the reply object is given up on the long way.
        Reply* reply = (Reply*)TMachine.Pointer(tcb->Caps[replyPointer].PointerBits);
        if (reply->Tcb != null)
        {
            return null;
        }

        if (bound->State == NotificationState.Active)
        {
            return FastTakeSignals(core, tcb, bound);
        }

        // A caller to serve, or others that wait; or the long way for the reasons of FastNext.
        ulong now = TMachine.ReadCounter();
        int priority = core->ReadyHighest;
        Tcb* next = endpoint->State == EndpointState.Idle ? FastNext(core, tcb, bound, priority, now) : null;
        if (next == null)
        {
            return null;
        }

        tcb->State = ThreadState.BlockedOnReceive;
        tcb->BlockedOn = endpoint;
        tcb->Reply = reply;
        reply->Tcb = tcb;
        WaitAlone(endpoint, tcb);
        return FastBlock(core, tcb, next, priority, now);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Tcb* FastTakeSignals(CoreState* core, Tcb* tcb, Notification* bound)
    {
        // Signals to take, and then (after NBSendRecv) another thread to run: the long way.
        if (core->ReadyHighest > (int)tcb->Priority)
        {
            return null;
        }

        tcb->Registers[TMachine.BadgeRegister] = bound->Badges;
        bound->State = NotificationState.Idle;
        return tcb;
    }

    /// <summary>Who runs when <paramref name="tcb"/> waits: the first of the highest ready <paramref name="priority"/>. Null, the long way: nobody; the notification's context has to be returned; time to look after.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Tcb* FastNext(CoreState* core, Tcb* tcb, Notification* bound, int priority, ulong now)
    {
        if (priority == NobodyReady || bound->SchedulingContext == tcb->SchedulingContext)
        {
            return null;
        }

        Tcb* next = (Tcb*)core->ReadyHead[priority];
        return MaySwitchTo(core, next->SchedulingContext, now) ? next : null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Tcb* FastBlock(CoreState* core, Tcb* tcb, Tcb* next, int priority, ulong now)
    {
        tcb->RestartOffset = TMachine.SystemCallBytes;
        TakeMostUrgent(core, next, (uint)priority);
        return SwitchTurn(core, tcb, next, now);
    }

    /// <summary>Send and receive in one. When the second half needs the long way, the first has been done.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
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
}
