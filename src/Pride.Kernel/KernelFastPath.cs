// The short ways through the kernel: system calls (and memory faults) whose outcome can be told from a few words.
//
// FastSystemCall either does the whole call and returns the thread to run, or changes nothing and returns null; then
// SystemCall does it. (One exception: of NBSendRecv the first half may be done; CoreState.FirstHalfDone says so.) A call takes the
// short way when nobody's budget has run out, nobody's budget has come meanwhile, and who runs next needs no choice beyond the
// most urgent of the ready. When the scheduling context in use stays the same, not even the time is looked at: a budget that runs out
// meanwhile is found at the timer's interrupt.
//
// When this is entered only x0-x18 and x30 of the thread are in its TCB (AArch64: Vectors.S), so nothing here may touch the
// others, nor program counter, stack pointer and flags: a call that blocks here is rewound by Tcb.RestartOffset when need be.
//
// How it is kept short: each way is a method of its own that calls nothing but in its last statement, so it needs no stack frame;
// what is rare (a context of its own, floating point) goes on in another method. Here: Call and ReplyRecv.
// KernelFastNotification.cs: signals and waiting. KernelFastTurn.cs: whose time it is, and the switch itself.

using System.Runtime.CompilerServices;
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

    /// <summary>Of a message info word: what the kernel says of caps that came with a message, which none ever do.</summary>
    private const ulong CapsUnwrappedMask = 7UL << 9;

    /// <summary>The thread to run, or null: take the long way. In the order in which most systems make the calls.</summary>
    public static Tcb* FastSystemCall(CoreState* core, Tcb* tcb, long number)
    {
        if (number == SystemCalls.Call)
        {
            return FastCall(core, tcb);
        }

        if (number == SystemCalls.ReplyRecv)
        {
            return FastReplyReceive(core, tcb);
        }

        return number switch
        {
            SystemCalls.Send => FastSend(core, tcb, tcb->Registers[TMachine.BadgeRegister], true),
            SystemCalls.Recv => FastReceive(core, tcb),
            SystemCalls.NBSendRecv => FastSendReceive(core, tcb),
            SystemCalls.Yield => FastYield(core, tcb),
            _ => null,
        };
    }

    /// <summary>Call of a server that waits and is at least as urgent: it runs at once, on the caller's context if it has none of its own.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Tcb* FastCall(CoreState* core, Tcb* tcb)
    {
        // A pointer beyond the table is a shared cap or nothing.
        ulong pointer = tcb->Registers[TMachine.BadgeRegister];
        if (pointer >= tcb->CapCount)
        {
            return null;
        }

        // Anything but an endpoint with all rights, and caps to be looked up, need more questions.
        Cap* cap = tcb->Caps + pointer;
        if (cap->Word >> TypeAndRightsShift != FullEndpoint || (tcb->Registers[TMachine.InfoRegister] & ExtraCapsMask) != 0)
        {
            return null;
        }

        // Nobody waits to receive: the caller does.
        Endpoint* endpoint = (Endpoint*)TMachine.Pointer(cap->PointerBits);
        if (endpoint->State != EndpointState.Receiving)
        {
            return null;
        }

        // A server that offers no reply object cannot answer; one that is less urgent does not run at once; behind one that is not alone stands another.
        Tcb* server = endpoint->QueueHead;
        Reply* reply = server->Reply;
        if (reply == null || server->Priority < tcb->Priority || endpoint->QueueTail != server)
        {
            return null;
        }

        // A server with time of its own: that time has to be looked at.
        if (server->SchedulingContext != null)
        {
            return FastCallActive(core, tcb, cap, server);
        }

        FastTransfer(tcb, server, cap->Badge);
        return FastDonate(core, tcb, server, endpoint, reply);
    }

    /// <summary>As <see cref="FastCall"/>, whose conditions hold, when the server runs on its own context.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Tcb* FastCallActive(CoreState* core, Tcb* tcb, Cap* cap, Tcb* server)
    {
        ulong now = TMachine.ReadCounter();
        if (!MaySwitchTo(core, server->SchedulingContext, now))
        {
            return null;
        }

        FastTransfer(tcb, server, cap->Badge);
        FastAwaitReply(tcb, server, (Endpoint*)server->BlockedOn, server->Reply);
        return SwitchTurn(core, tcb, server, now);
    }

    /// <summary>
    /// A memory fault whose handler waits as <see cref="FastCall"/> wants it: the fault message is delivered and the handler runs. Null: nothing was done.
    /// The fault's words are in the TCB.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Tcb* FastFault(CoreState* core, Tcb* tcb)
    {
        // Without a handler, or without the right to be answered, the thread stops.
        if (tcb->FaultHandler.Word >> TypeAndRightsShift != FullEndpoint)
        {
            return null;
        }

        Endpoint* endpoint = (Endpoint*)TMachine.Pointer(tcb->FaultHandler.PointerBits);
        if (endpoint->State != EndpointState.Receiving)
        {
            return null;
        }

        // As for a call. A passive handler goes the long way: parents are active.
        Tcb* handler = endpoint->QueueHead;
        Reply* reply = handler->Reply;
        ulong now = TMachine.ReadCounter();
        if (reply == null
            || handler->Priority < tcb->Priority
            || endpoint->QueueTail != handler
            || handler->SchedulingContext == null
            || !MaySwitchTo(core, handler->SchedulingContext, now))
        {
            return null;
        }

        tcb->Statistics->Faults++;
        tcb->Fault = FaultKind.VMFault;
        int length = SetMemoryFault(tcb, handler);
        handler->Registers[TMachine.InfoRegister] = new MessageInfo(FaultKind.VMFault, length).Word;
        handler->Registers[TMachine.BadgeRegister] = tcb->FaultHandler.Badge;
        FastAwaitReply(tcb, handler, endpoint, reply);
        return SwitchTurn(core, tcb, handler, now);
    }

    /// <summary>Answer of a server that then waits again: its caller, or whoever is more urgent, goes on.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Tcb* FastReplyReceive(CoreState* core, Tcb* tcb)
    {
        // Pointers beyond the table are shared caps or nothing.
        ulong replyPointer = tcb->Registers[TMachine.ReplyRegister];
        ulong pointer = tcb->Registers[TMachine.BadgeRegister];
        if (replyPointer >= tcb->CapCount || pointer >= tcb->CapCount)
        {
            return null;
        }

        // A reply object, an endpoint with all rights, no caps to be looked up.
        Cap* replyCap = tcb->Caps + replyPointer;
        Cap* cap = tcb->Caps + pointer;
        if (replyCap->Type != CapType.Reply
            || cap->Word >> TypeAndRightsShift != FullEndpoint
            || (tcb->Registers[TMachine.InfoRegister] & ExtraCapsMask) != 0)
        {
            return null;
        }

        // Nobody waits for the answer (or another thread offers the object to its callers); somebody is at the endpoint already.
        Reply* reply = (Reply*)TMachine.Pointer(replyCap->PointerBits);
        Endpoint* endpoint = (Endpoint*)TMachine.Pointer(cap->PointerBits);
        Tcb* caller = reply->Tcb;
        if (caller == null || caller->State != ThreadState.BlockedOnReply || endpoint->State != EndpointState.Idle)
        {
            return null;
        }

        // A signal that is pending is received before this thread waits; a context that the notification has lent is given back.
        SchedulingContext* context = tcb->SchedulingContext;
        Notification* bound = tcb->BoundNotification;
        if (bound != null && (bound->State == NotificationState.Active || bound->SchedulingContext == context))
        {
            return null;
        }

        // The answers to other faults set registers, or are told from the message. That to a memory fault says only "go on".
        if (caller->Fault != 0 && caller->Fault != FaultKind.VMFault)
        {
            return null;
        }

        // The caller has time of its own, or the object stands in the middle of a stack: not the plain answer of a passive server.
        if (reply->SchedulingContext != context || caller->SchedulingContext != null || caller->Fault != 0)
        {
            return FastAnswerActive(core, tcb, reply, endpoint);
        }

        // Somebody else became ready meanwhile who is more urgent than the caller.
        if (core->ReadyTop != 0 && HighestPriority(core) > caller->Priority)
        {
            return null;
        }

        FastTransfer(tcb, caller, 0);
        PopDonation(reply, context);
        FastWaitAgain(tcb, caller, reply, endpoint);
        tcb->SchedulingContext = null;
        caller->SchedulingContext = context;
        context->Tcb = caller;
        return FastSwitch(core, tcb, caller, TMachine.ReadCounter());
    }

    /// <summary>As <see cref="FastReplyReceive"/>, whose conditions hold, when the caller goes on on its own context.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Tcb* FastAnswerActive(CoreState* core, Tcb* tcb, Reply* reply, Endpoint* endpoint)
    {
        // A reply object in a stack of donated calls, a caller that got its context from elsewhere or lost it, time to look after, somebody more urgent.
        Tcb* caller = reply->Tcb;
        ulong now = TMachine.ReadCounter();
        if (reply->SchedulingContext != null
            || reply->Previous != null
            || reply->Next != null
            || caller->SchedulingContext == null
            || !MaySwitchTo(core, caller->SchedulingContext, now)
            || (core->ReadyTop != 0 && HighestPriority(core) > caller->Priority))
        {
            return null;
        }

        if (caller->Fault == 0)
        {
            FastTransfer(tcb, caller, 0);
        }

        caller->Fault = 0;
        FastWaitAgain(tcb, caller, reply, endpoint);
        return SwitchTurn(core, tcb, caller, now);
    }

    /// <summary>The caller waits for an answer and the server, which was alone at its endpoint, runs on the caller's context: it becomes the head of that context's stack of calls.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Tcb* FastDonate(CoreState* core, Tcb* tcb, Tcb* server, Endpoint* endpoint, Reply* reply)
    {
        FastAwaitReply(tcb, server, endpoint, reply);
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
        tcb->SchedulingContext = null;
        server->SchedulingContext = context;
        context->Tcb = server;
        return FastSwitch(core, tcb, server, TMachine.ReadCounter());
    }

    /// <summary>The receiver, alone at its endpoint, leaves it; the sender waits at the reply object that it offered.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FastAwaitReply(Tcb* tcb, Tcb* server, Endpoint* endpoint, Reply* reply)
    {
        endpoint->State = EndpointState.Idle;
        endpoint->QueueHead = null;
        endpoint->QueueTail = null;
        server->BlockedOn = null;
        server->Reply = null;
        server->State = ThreadState.Running;
        reply->Tcb = tcb;
        tcb->Reply = reply;
        tcb->RestartOffset = (uint)TMachine.SystemCallBytes;
        tcb->State = ThreadState.BlockedOnReply;
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
        tcb->RestartOffset = (uint)TMachine.SystemCallBytes;
        tcb->State = ThreadState.BlockedOnReceive;
        endpoint->State = EndpointState.Receiving;
        endpoint->QueueHead = tcb;
        endpoint->QueueTail = tcb;
    }

    /// <summary>Takes the head off a context's stack of calls.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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

    /// <summary>As <see cref="TransferMessage"/>, for a message without extra caps: all register words are read before any is written, so that they travel in pairs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FastTransfer(Tcb* sender, Tcb* receiver, ulong badge)
    {
        ulong info = sender->Registers[TMachine.InfoRegister] & ~CapsUnwrappedMask;
        ulong word0 = sender->Registers[TMachine.MessageRegister0];
        ulong word1 = sender->Registers[TMachine.MessageRegister0 + 1];
        ulong word2 = sender->Registers[TMachine.MessageRegister0 + 2];
        ulong word3 = sender->Registers[TMachine.MessageRegister0 + 3];
        int length = (int)(info & MessageInfo.LengthMask);
        receiver->Registers[TMachine.MessageRegister0] = word0;
        receiver->Registers[TMachine.MessageRegister0 + 1] = word1;
        receiver->Registers[TMachine.MessageRegister0 + 2] = word2;
        receiver->Registers[TMachine.MessageRegister0 + 3] = word3;
        if (length > MachineConstants.RegisterWords)
        {
            info = (info & ~MessageInfo.LengthMask) | (uint)CopyBuffer(sender->IpcBuffer, receiver->IpcBuffer, length);
        }

        receiver->Registers[TMachine.BadgeRegister] = badge;
        receiver->Registers[TMachine.InfoRegister] = info;
    }
}
