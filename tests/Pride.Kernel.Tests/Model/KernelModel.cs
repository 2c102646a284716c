// A second description of what the kernel does, short enough to be compared with seL4's manual by eye: system calls, messages,
// signals, answers, faults. It knows no queues, no fast paths and no time. ModelTests compares it with the kernel after every step.
//
// Who runs is not predicted but judged (ModelTests): the most urgent thread that can run, and no change without a reason.

using System;
using System.Collections.Generic;
using System.Linq;
using Pride.Abi;
using Pride.Kernel.Objects;

namespace Pride.Kernel.Tests.Model;

/// <summary>The model.</summary>
public sealed partial class KernelModel
{
    private const int Pc = Aarch64Registers.Pc;
    private const int Sp = Aarch64Registers.Sp;
    private const int Flags = Aarch64Registers.Spsr;
    private const ulong SystemCallBytes = 4;
    private const int RegisterWords = 4;
    private const int FirstExtraCap = 122;

    /// <summary>What an invocation answers when nothing more is to be said.</summary>
    private const ulong Done = ulong.MaxValue;

    public List<ModelThread> Threads { get; } = [];

    public SortedDictionary<uint, ModelIrq> Irqs { get; } = [];

    public InvocationLabels Labels { get; init; }

    public bool HasDebugCalls { get; init; }

    /// <summary>The running thread's microseconds were asked for: word 0 of its answer is not predicted.</summary>
    public bool AskedForTime { get; private set; }

    /// <summary>The running thread makes a system call; its program counter stands behind it.</summary>
    public void SystemCall(ModelThread thread)
    {
        AskedForTime = false;
        long number = (long)thread.Registers[7];
        switch (number)
        {
            case SystemCalls.Call:
                Invoke(thread, thread.Registers[0], isCall: true, isBlocking: true, lends: true, ipcOnly: false);
                break;
            case SystemCalls.Send:
                Invoke(thread, thread.Registers[0], isCall: false, isBlocking: true, lends: false, ipcOnly: false);
                break;
            case SystemCalls.NBSend:
                Invoke(thread, thread.Registers[0], isCall: false, isBlocking: false, lends: false, ipcOnly: false);
                break;
            case SystemCalls.ReplyRecv or SystemCalls.NBSendRecv or SystemCalls.NBSendWait:
                ulong first = thread.Registers[number == SystemCalls.NBSendRecv ? 8 : 6];
                Invoke(thread, first, isCall: false, isBlocking: false, lends: true, ipcOnly: true);
                Receive(thread, isBlocking: true, offersReply: number != SystemCalls.NBSendWait);
                break;
            case SystemCalls.Recv or SystemCalls.Wait:
                Receive(thread, isBlocking: true, offersReply: number == SystemCalls.Recv);
                break;
            case SystemCalls.NBRecv or SystemCalls.NBWait:
                Receive(thread, isBlocking: false, offersReply: number == SystemCalls.NBRecv);
                break;
            case SystemCalls.Yield:
            case SystemCalls.DebugPutChar or SystemCalls.DebugHalt or SystemCalls.DebugNameThread when HasDebugCalls:
                break;
            case SystemCalls.DebugCapIdentify when HasDebugCalls:
                thread.Registers[0] = (ulong)(Find(thread, thread.Registers[0])?.Type ?? CapType.Null);
                break;
            default:
                thread.Registers[Pc] -= SystemCallBytes;
                Raise(thread, FaultKind.UnknownSyscall, (ulong)number);
                break;
        }
    }

    /// <summary>The running thread cannot go on.</summary>
    public void Raise(ModelThread thread, ulong kind, params ulong[] words)
    {
        words.CopyTo(thread.FaultWords, 0);
        if (thread.FaultHandler.Type != CapType.Endpoint)
        {
            thread.State = ThreadState.Inactive;
            return;
        }

        thread.Fault = kind;
        Send(thread, thread.FaultHandler, isCall: false, isBlocking: true, lends: thread.Context != null);
    }

    /// <summary>The interrupt controller offers the lowest line that is pending and neither active nor turned off. False: none.</summary>
    public bool TakeInterrupt()
    {
        ModelIrq? irq = Irqs.Values.FirstOrDefault(i => i.IsPending && !i.IsActive && !i.IsDisabled);
        if (irq == null)
        {
            return false;
        }

        irq.IsPending = false;
        irq.IsActive = irq.Notification != null;
        irq.IsDisabled = irq.Notification == null;
        if (irq.Notification != null)
        {
            Signal(irq.Notification, irq.Badge);
        }

        return true;
    }

    // Caps: 512 slots of the thread's own; 63 roots for shared ones, here all empty. Nothing else is a slot.
    private static ModelCap? Find(ModelThread thread, ulong pointer) =>
        pointer >> 58 != 0 || pointer < 512 ? thread.Caps.GetValueOrDefault(pointer, ModelCap.Null) : null;

    private void CapFault(ModelThread thread, ulong pointer, bool receives, ModelCap? found)
    {
        thread.Registers[Pc] -= SystemCallBytes;
        ulong[] words = found == null
            ? [pointer, receives ? 1UL : 0, LookupFailure.GuardMismatch, 58, 0, 49]
            : [pointer, receives ? 1UL : 0, LookupFailure.MissingCapability, 0, 0, 0];
        Raise(thread, FaultKind.CapFault, words);
    }

    private void Invoke(ModelThread thread, ulong pointer, bool isCall, bool isBlocking, bool lends, bool ipcOnly)
    {
        MessageInfo info = new(thread.Registers[1]);
        List<ulong> pointers = [pointer, .. Enumerable.Range(0, info.ExtraCaps).Select(i => thread.Buffer[FirstExtraCap + i])];
        foreach (ulong needed in pointers)
        {
            if (Find(thread, needed) == null)
            {
                if (isBlocking)
                {
                    CapFault(thread, needed, false, null);
                }

                return;
            }
        }

        ModelCap cap = Find(thread, pointer)!;
        ModelCap? extra = info.ExtraCaps > 0 ? Find(thread, pointers[1]) : null;
        ulong error = InvokeCap(thread, cap, extra, info, isCall, isBlocking, lends, ipcOnly);
        if (isCall && error != Done)
        {
            Answer(thread, error, ErrorWords(error));
        }
    }

    private ulong InvokeCap(ModelThread thread, ModelCap cap, ModelCap? extra, MessageInfo info, bool isCall, bool isBlocking, bool lends, bool ipcOnly)
    {
        switch (cap.Type)
        {
            case CapType.Endpoint when cap.MayWrite:
                Send(thread, cap, isCall, isBlocking, lends);
                return Done;
            case CapType.Notification when cap.MayWrite:
                Signal((ModelNotification)cap.Object!, cap.Badge);
                return KernelErrors.NoError;
            case CapType.Reply:
                AnswerThrough(thread, (ModelReply)cap.Object!);
                return KernelErrors.NoError;
            case CapType.IrqHandler when info.Label == Labels.IrqAck:
                ((ModelIrq)cap.Object!).IsActive = false;
                return KernelErrors.NoError;
            case CapType.IrqHandler:
                return KernelErrors.IllegalOperation;
            case CapType.Tcb when !ipcOnly:
                return InvokeThread(thread, (ModelThread)cap.Object!, extra, info, isCall);
            case CapType.SchedulingContext when !ipcOnly:
                return InvokeContext(thread, (ModelContext)cap.Object!, extra, info, isCall);
            default:
                return InvalidCapability(0);
        }
    }

    private void Send(ModelThread sender, ModelCap cap, bool isCall, bool isBlocking, bool lends)
    {
        ModelEndpoint endpoint = (ModelEndpoint)cap.Object!;
        if (endpoint.Receivers.Count == 0)
        {
            if (isBlocking)
            {
                (sender.SendsThrough, sender.SendsCall) = (cap, isCall);
                Block(sender, ThreadState.BlockedOnSend, endpoint.Senders);
                sender.Endpoint = endpoint;
            }

            return;
        }

        ModelThread receiver = endpoint.Receivers[0];
        ModelReply? reply = receiver.Reply;
        StopWaiting(receiver);
        Deliver(sender, receiver, cap.Badge);
        receiver.State = ThreadState.Running;
        if (isCall || sender.Fault != 0)
        {
            AwaitAnswer(sender, receiver, cap.MayBeAnswered ? reply : null, lends);
        }
        else if (lends && receiver.Context == null && sender.Context != null)
        {
            Give(sender.Context, receiver);
        }
    }

    private void Receive(ModelThread thread, bool isBlocking, bool offersReply)
    {
        ulong pointer = thread.Registers[0];
        ModelCap? cap = Find(thread, pointer);
        if (cap is { Type: CapType.Notification, MayRead: true, Object: ModelNotification n } && (n.Bound == null || n.Bound == thread))
        {
            ReceiveSignal(thread, n, isBlocking);
            return;
        }

        if (cap is not { Type: CapType.Endpoint, MayRead: true })
        {
            CapFault(thread, pointer, true, cap);
            return;
        }

        ModelCap? reply = offersReply ? Find(thread, thread.Registers[6]) : ModelCap.Null;
        if (offersReply && reply?.Type != CapType.Reply)
        {
            CapFault(thread, thread.Registers[6], true, reply);
            return;
        }

        ReceiveMessage(thread, (ModelEndpoint)cap.Object!, reply!.Object as ModelReply, isBlocking);
    }

    private void ReceiveMessage(ModelThread thread, ModelEndpoint endpoint, ModelReply? reply, bool isBlocking)
    {
        // Whoever hoped for an answer through this object hopes in vain from now on.
        if (reply?.Thread is { } other && other != thread)
        {
            Cancel(other);
        }

        if (thread.Bound is { Pending: not null } bound)
        {
            TakePending(thread, bound);
            return;
        }

        if (isBlocking)
        {
            GiveBack(thread, thread.Bound);
        }

        if (endpoint.Senders.Count > 0)
        {
            ModelThread sender = endpoint.Senders[0];
            ModelCap through = sender.SendsThrough!;
            bool awaits = sender.SendsCall || sender.Fault != 0;
            StopWaiting(sender);
            Deliver(sender, thread, through.Badge);
            if (awaits)
            {
                AwaitAnswer(sender, thread, through.MayBeAnswered ? reply : null, lends: sender.Fault != FaultKind.Timeout);
            }
            else
            {
                sender.State = ThreadState.Running;
            }
        }
        else if (isBlocking)
        {
            Block(thread, ThreadState.BlockedOnReceive, endpoint.Receivers);
            thread.Endpoint = endpoint;
            thread.Reply = reply;
            if (reply != null)
            {
                reply.Thread = thread;
            }
        }
        else
        {
            thread.Registers[0] = 0;
        }
    }

    // The answer to a call or a fault comes through a reply object, or never.
    private void AwaitAnswer(ModelThread caller, ModelThread callee, ModelReply? reply, bool lends)
    {
        if (reply == null)
        {
            caller.State = ThreadState.Inactive;
            return;
        }

        caller.State = ThreadState.BlockedOnReply;
        caller.RestartOffset = SystemCallBytes;
        caller.Reply = reply;
        reply.Thread = caller;
        if (lends && caller.Context is { } context && callee.Context == null)
        {
            context.Chain ??= new ModelChain(context);
            context.Chain.Calls.Add(reply);
            reply.Chain = context.Chain;
            Give(context, callee);
        }
    }

    private void AnswerThrough(ModelThread sender, ModelReply reply)
    {
        if (reply.Thread is not { State: ThreadState.BlockedOnReply } caller)
        {
            return;
        }

        ModelContext? lent = reply.Chain?.Calls[^1] == reply ? reply.Chain.Context : null;
        Detach(reply, keepsBelow: lent != null);
        if (lent != null && caller.Context == null)
        {
            Give(lent, caller);
        }

        caller.State = ThreadState.Running;
        if (caller.Fault == 0)
        {
            CopyMessage(sender, caller, 0);
        }
        else if (!AnswerFault(sender, caller))
        {
            caller.State = ThreadState.Inactive;
        }

        caller.Fault = 0;
    }

    /// <summary>The thread no longer waits through the object, which leaves its chain: what is below it goes on being lent only when this was answered.</summary>
    private static void Detach(ModelReply reply, bool keepsBelow)
    {
        reply.Thread!.Reply = null;
        reply.Thread = null;
        if (reply.Chain is not { } chain)
        {
            return;
        }

        reply.Chain = null;
        int at = chain.Calls.IndexOf(reply);
        List<ModelReply> below = chain.Calls.GetRange(0, at);
        chain.Calls.RemoveRange(0, at + 1);
        if (keepsBelow)
        {
            chain.Calls.AddRange(below);
        }
        else
        {
            ModelChain cut = new(null);
            cut.Calls.AddRange(below);
            below.ForEach(r => r.Chain = cut);
        }

        if (chain.Calls.Count == 0 && chain.Context != null)
        {
            chain.Context.Chain = null;
        }
    }
}
