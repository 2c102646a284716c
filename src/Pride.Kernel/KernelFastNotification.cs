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
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Tcb* FastSend(CoreState* core, Tcb* tcb, ulong pointer, bool maySwitch)
    {
        if (pointer >= tcb->CapCount || (tcb->Registers[TMachine.InfoRegister] & CapCountsMask) != 0)
        {
            return null;
        }

        Cap* cap = tcb->Caps + pointer;
        if (cap->Type == CapType.IrqHandler)
        {
            InvokeIrq(core, (IrqEntry*)TMachine.Pointer(cap->PointerBits), new MessageInfo(tcb->Registers[TMachine.InfoRegister]));
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
        if (notification->State == NotificationState.Active)
        {
            notification->Badges |= cap->Badge;
            return tcb;
        }

        // Nobody waits: the signal stays pending. (A thread that waits for an answer is not disturbed.)
        Tcb* waiter = notification->State == NotificationState.Waiting ? notification->QueueHead : notification->BoundTcb;
        if (waiter == null || waiter->State < ThreadState.BlockedOnReceive || waiter->State == ThreadState.BlockedOnReply || waiter->State == ThreadState.BlockedOnSend)
        {
            notification->Badges = cap->Badge;
            notification->State = NotificationState.Active;
            return tcb;
        }

        return FastWake(core, tcb, notification, waiter, cap->Badge, maySwitch);
    }

    /// <summary>Wakes <paramref name="waiter"/>, who waits at the notification or, bound to it, at an endpoint.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Tcb* FastWake(CoreState* core, Tcb* tcb, Notification* notification, Tcb* waiter, ulong badge, bool maySwitch)
    {
        // Others wait there too: the queue has to be mended. A passive thread is lent a context; a thread of another domain waits for its turn; time that has to be looked after.
        SchedulingContext* context = waiter->SchedulingContext;
        ulong now = TMachine.ReadCounter();
        bool isAtEndpoint = waiter->State == ThreadState.BlockedOnReceive;
        bool isAlone = isAtEndpoint ? ((Endpoint*)waiter->BlockedOn)->SoleReceiver == waiter : notification->QueueTail == waiter && notification->QueueHead == waiter;
        if (!isAlone || context == null || waiter->Domain != tcb->Domain || !MaySwitchTo(core, context, now))
        {
            return null;
        }

        if (isAtEndpoint)
        {
            LeaveEmpty((Endpoint*)waiter->BlockedOn);
            if (waiter->Reply != null)
            {
                UnlinkReply(waiter->Reply, waiter);
            }
        }
        else
        {
            notification->State = NotificationState.Idle;
            notification->QueueHead = null;
            notification->QueueTail = null;
        }

        waiter->BlockedOn = null;
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
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Tcb* FastReceive(CoreState* core, Tcb* tcb)
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
            return notification->BoundTcb == tcb ? FastWait(core, tcb, notification, null, null) : null;
        }

        return cap->Type == CapType.Endpoint ? FastReceiveAt(core, tcb, (Endpoint*)TMachine.Pointer(cap->PointerBits)) : null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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
        return reply->Tcb == null ? FastWait(core, tcb, bound, endpoint, reply) : null;
    }

    /// <summary>Waits at the thread's notification and, when it is not null, at an endpoint.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Tcb* FastWait(CoreState* core, Tcb* tcb, Notification* bound, Endpoint* endpoint, Reply* reply)
    {
        if (bound->State == NotificationState.Active)
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

        // The long way: nobody to run; a context to return; somebody is there already, a caller to serve or others that wait.
        if (core->ReadyHighest == NobodyReady
            || bound->SchedulingContext == tcb->SchedulingContext
            || (endpoint != null ? endpoint->State != EndpointState.Idle : bound->State != NotificationState.Idle))
        {
            return null;
        }

        // Time to look after.
        ulong now = TMachine.ReadCounter();
        Tcb* next = (Tcb*)core->ReadyHead[core->ReadyHighest];
        if (!MaySwitchTo(core, next->SchedulingContext, now))
        {
            return null;
        }

        tcb->RestartOffset = TMachine.SystemCallBytes;
        if (endpoint != null)
        {
            tcb->State = ThreadState.BlockedOnReceive;
            tcb->BlockedOn = endpoint;
            tcb->Reply = reply;
            reply->Tcb = tcb;
            WaitAlone(endpoint, tcb);
        }
        else
        {
            tcb->State = ThreadState.BlockedOnNotification;
            tcb->BlockedOn = bound;
            bound->State = NotificationState.Waiting;
            bound->QueueHead = tcb;
            bound->QueueTail = tcb;
        }

        Dequeue(core, next);
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
