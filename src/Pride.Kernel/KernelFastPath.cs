// The short ways through the kernel: system calls (and memory faults) whose outcome can be told from a few words.
//
// FastSystemCall either does the whole call and returns the thread to run, or changes nothing and returns null; then
// SystemCall does it. (One exception: of NBSendRecv the first half may be done; CoreState.FirstHalfDone says so.) A call takes the
// short way when nobody's budget has run out, nobody's budget has come meanwhile, and who runs next needs no choice beyond the
// most urgent of the ready. When the scheduling context in use stays the same, not even the time is looked at: a budget that runs out
// meanwhile is found at the timer's interrupt.
//
// When this is entered only x0-x18 and x30 of the thread are sure to be in its TCB (AArch64: Vectors.S), so nothing here may touch the
// others, nor program counter, stack pointer and flags: a call that blocks here is rewound by Tcb.RestartOffset when need be.
//
// How it is kept short: each way is a method of its own that calls nothing but in its last statement, so it needs no stack frame;
// what is rare (long messages, a context of its own, floating point) goes on in another method. Here: Call and memory faults.
// KernelFastReply.cs: ReplyRecv. KernelFastNotification.cs: signals and waiting. KernelFastTurn.cs: whose time it is, and the switch itself.

using System.Runtime.CompilerServices;
using Pride.Abi;
using Pride.Kernel.Objects;

namespace Pride.Kernel;

/// <summary>The message words that travel in registers.</summary>
public readonly record struct MessageWords(ulong First, ulong Second, ulong Third, ulong Fourth);

public static unsafe partial class Kernel<TMachine>
{
    /// <summary>Type and rights of the endpoint caps that Microkit hands out, as in the upper 16 bits of Cap.Word.</summary>
    private const ulong FullEndpoint = ((ulong)CapType.Endpoint << 8) | (ulong)CapRights.All;

    private const int TypeAndRightsShift = 48;

    /// <summary>Of a message info word: the counts of caps that go and came with it.</summary>
    private const ulong CapCountsMask = 0x1FUL << 7;

    /// <summary>Of a message info word: all but the label. At most <see cref="MachineConstants.RegisterWords"/>: a message without caps that fits into the registers.</summary>
    private const ulong NotLabelMask = CapCountsMask | MessageInfo.LengthMask;

    /// <summary>The thread to run, or null: take the long way. Machines tell system calls apart in their entry code, and call the methods for single calls themselves.</summary>
    public static Tcb* FastSystemCall(CoreState* core, Tcb* tcb, long number) => number switch
    {
        SystemCalls.Call => FastCall(core, tcb, WordsOf(tcb)),
        SystemCalls.ReplyRecv => FastReplyReceive(core, tcb, WordsOf(tcb), tcb->Registers[TMachine.ReplyRegister]),
        SystemCalls.Send => FastSend(core, tcb, tcb->Registers[TMachine.BadgeRegister], true),
        SystemCalls.Recv => FastReceive(core, tcb),
        _ => FastOtherSystemCall(core, tcb, number),
    };

    /// <summary>As <see cref="FastSystemCall"/>, for the calls that have no entry of their own.</summary>
    public static Tcb* FastOtherSystemCall(CoreState* core, Tcb* tcb, long number) => number switch
    {
        SystemCalls.NBSendRecv => FastSendReceive(core, tcb),
        SystemCalls.Yield => FastYield(core, tcb),
        _ => null,
    };

    /// <summary>Call of a server that waits and is at least as urgent: it runs at once, on the caller's context if it has none of its own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Tcb* FastCall(CoreState* core, Tcb* tcb, MessageWords words)
    {
        // A pointer beyond the table is a shared cap or nothing.
        ulong pointer = tcb->Registers[TMachine.BadgeRegister];
        if (pointer >= tcb->CapCount)
        {
            return null;
        }

        // Anything but an endpoint with all rights needs more questions.
        Cap* cap = tcb->Caps + pointer;
        if (cap->Word >> TypeAndRightsShift != FullEndpoint)
        {
            return null;
        }

        // Nobody waits to receive, so the caller does; or several do, and the next has to be found. A server without a reply object cannot answer.
        Endpoint* endpoint = (Endpoint*)TMachine.Pointer(cap->PointerBits);
        Tcb* server = endpoint->SoleReceiver;
        if (server == null || server->Reply == null)
        {
            return null;
        }

        // A server that is less urgent does not run at once.
        if (server->Priority < tcb->Priority)
        {
            return null;
        }

        // A server with time of its own: that time has to be looked at. A longer message, or one with caps.
        ulong info = tcb->Registers[TMachine.InfoRegister];
        if (server->SchedulingContext != null || (info & NotLabelMask) > MachineConstants.RegisterWords)
        {
            return FastCallMore(core, tcb, server, cap);
        }

        SetMessage(server, cap->Badge, info, words);
        return FastDonate(core, tcb, server, endpoint);
    }

    /// <summary>As <see cref="FastCall"/>, whose conditions hold but for the last.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Tcb* FastCallMore(CoreState* core, Tcb* tcb, Tcb* server, Cap* cap)
    {
        // Caps that have to be looked up.
        if ((tcb->Registers[TMachine.InfoRegister] & CapCountsMask) != 0)
        {
            return null;
        }

        Endpoint* endpoint = (Endpoint*)TMachine.Pointer(cap->PointerBits);
        if (server->SchedulingContext == null)
        {
            TransferMessageHere(tcb, server, cap->Badge);
            return FastDonate(core, tcb, server, endpoint);
        }

        ulong now = TMachine.ReadCounter();
        if (!MaySwitchTo(core, server->SchedulingContext, now))
        {
            return null;
        }

        TransferMessage(tcb, server, cap->Badge);
        FastAwaitReply(tcb, server, endpoint);
        return SwitchTurn(core, tcb, server, now);
    }

    /// <summary>
    /// A memory fault whose handler waits as <see cref="FastCall"/> wants it: the fault message is delivered and the handler runs. Null: nothing was done.
    /// The fault's words are in the TCB.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Tcb* FastFault(CoreState* core, Tcb* tcb)
    {
        // Without a handler, or without the right to be answered, the thread stops. In a debug image what it has begun to print comes first.
        DebugLine* lines = core->Boot->DebugLines;
        if (tcb->FaultHandler.Word >> TypeAndRightsShift != FullEndpoint || (lines != null && lines[tcb->Index].Length != 0))
        {
            return null;
        }

        // As for a call, but a handler may be of another domain. A passive one goes the long way: parents are active.
        Endpoint* endpoint = (Endpoint*)TMachine.Pointer(tcb->FaultHandler.PointerBits);
        Tcb* handler = endpoint->SoleReceiver;
        ulong now = TMachine.ReadCounter();
        if (handler == null
            || handler->Reply == null
            || handler->Priority < tcb->Priority
            || handler->SchedulingContext == null
            || handler->Domain != tcb->Domain
            || !MaySwitchTo(core, handler->SchedulingContext, now))
        {
            return null;
        }

        tcb->Statistics->Faults++;
        tcb->Fault = FaultKind.VMFault;
        int length = SetMemoryFault(tcb, handler);
        handler->Registers[TMachine.InfoRegister] = new MessageInfo(FaultKind.VMFault, length).Word;
        handler->Registers[TMachine.BadgeRegister] = tcb->FaultHandler.Badge;
        FastAwaitReply(tcb, handler, endpoint);
        return SwitchTurn(core, tcb, handler, now);
    }

    /// <summary>The caller waits for an answer and the server, which was alone at its endpoint, runs on the caller's context: it becomes the head of that context's stack of calls.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Tcb* FastDonate(CoreState* core, Tcb* tcb, Tcb* server, Endpoint* endpoint)
    {
        Reply* reply = server->Reply;
        FastAwaitReply(tcb, server, endpoint);
        SchedulingContext* context = tcb->SchedulingContext;
        Reply* below = context->Reply;
        if (below != null)
        {
            below->SchedulingContext = null;
            below->Next = reply;
        }

        reply->Previous = below;
        reply->SchedulingContext = context;
        context->Tcb = server;
        context->Reply = reply;
        tcb->SchedulingContext = null;
        server->SchedulingContext = context;
        return FastSwitch(core, tcb, server, TMachine.ReadCounter());
    }

    /// <summary>The receiver, alone at its endpoint, leaves it; the sender waits at the reply object that it offered.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FastAwaitReply(Tcb* tcb, Tcb* server, Endpoint* endpoint)
    {
        Reply* reply = server->Reply;
        LeaveEmpty(endpoint);
        server->Reply = null;
        server->BlockedOn = null;
        server->State = ThreadState.Running;
        reply->Tcb = tcb;
        tcb->Reply = reply;
        tcb->State = ThreadState.BlockedOnReply;
        tcb->RestartOffset = TMachine.SystemCallBytes;
    }

    /// <summary>Nobody waits at the endpoint any more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LeaveEmpty(Endpoint* endpoint)
    {
        endpoint->State = EndpointState.Idle;
        endpoint->QueueHead = null;
        endpoint->QueueTail = null;
        endpoint->SoleReceiver = null;
    }

    /// <summary>The thread receives at an endpoint where nobody is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WaitAlone(Endpoint* endpoint, Tcb* tcb)
    {
        endpoint->State = EndpointState.Receiving;
        endpoint->QueueHead = tcb;
        endpoint->QueueTail = tcb;
        endpoint->SoleReceiver = tcb;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SetMessage(Tcb* receiver, ulong badge, ulong info, MessageWords words)
    {
        receiver->Registers[TMachine.BadgeRegister] = badge;
        receiver->Registers[TMachine.InfoRegister] = info;
        receiver->Registers[TMachine.MessageRegister0] = words.First;
        receiver->Registers[TMachine.MessageRegister0 + 1] = words.Second;
        receiver->Registers[TMachine.MessageRegister0 + 2] = words.Third;
        receiver->Registers[TMachine.MessageRegister0 + 3] = words.Fourth;
    }

    private static MessageWords WordsOf(Tcb* tcb) => new(
        tcb->Registers[TMachine.MessageRegister0],
        tcb->Registers[TMachine.MessageRegister0 + 1],
        tcb->Registers[TMachine.MessageRegister0 + 2],
        tcb->Registers[TMachine.MessageRegister0 + 3]);
}
