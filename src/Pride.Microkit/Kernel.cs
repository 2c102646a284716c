// libmicrokit's calls over the system calls: send, call, receive, and the one deferred action that
// joins the next receive (NBSendRecv), which saves a kernel entry in every driver and virtualiser.

using Pride.Abi;
using Pride.Machine;

namespace Pride.Microkit;

/// <summary>The kernel interface below <see cref="Channel"/>, <see cref="Irq"/> and <see cref="Child"/>.</summary>
public static class Kernel
{
    private const long SysCall = -1;
    private const long SysReplyRecv = -2;
    private const long SysNBSendRecv = -3;
    private const long SysSend = -5;
    private const long SysRecv = -7;
    private const long SysYield = -11;

    [Patched("pride_labels")]
    private static readonly InvocationLabels s_labels;

    // A PD has one thread; on the host each thread may run a system of its own.
    [System.ThreadStatic]
    private static DeferredSend s_deferred;

    /// <summary>The labels of the ABI version that this PD was linked for.</summary>
    public static ref readonly InvocationLabels Labels => ref s_labels;

    /// <summary>seL4_Signal, or an acknowledgement: a send to a cap that takes no message.</summary>
    public static void Signal(ulong cap, MessageInfo info) => KernelCalls.Signal(cap, info.Word, SysSend);

    /// <summary>seL4_Send without message words.</summary>
    public static void Send(ulong cap, MessageInfo info) => KernelCalls.Enter(cap, info.Word, 0, 0, 0, 0, 0, SysSend, 0);

    /// <summary>Gives the rest of this PD's time slice to others of its priority.</summary>
    public static void Yield() => KernelCalls.Enter(0, 0, 0, 0, 0, 0, 0, SysYield, 0);

    /// <summary>seL4_Call: sends the message registers and waits for the reply, which they then hold.</summary>
    public static MessageInfo Call(ulong cap, MessageInfo info)
    {
        KernelReply reply = KernelCalls.Enter(
            cap, info.Word, MessageRegisters.Get(0), MessageRegisters.Get(1), MessageRegisters.Get(2), MessageRegisters.Get(3), 0, SysCall, 0);
        return Accept(reply);
    }

    /// <summary>Remembers one send for the next receive; a send already remembered goes out now.</summary>
    public static void Defer(ulong cap, MessageInfo info)
    {
        FlushDeferred();
        s_deferred = new DeferredSend { IsSet = true, Cap = cap, Info = info };
    }

    /// <summary>Waits for the next event, sending the deferred action with it. <paramref name="badge"/> tells who woke the PD.</summary>
    public static MessageInfo Receive(out ulong badge)
    {
        KernelReply reply;
        if (s_deferred.IsSet)
        {
            s_deferred.IsSet = false;
            reply = KernelCalls.Enter(
                CapSlots.Input, s_deferred.Info.Word, 0, 0, 0, 0, CapSlots.Reply, SysNBSendRecv, s_deferred.Cap);
        }
        else
        {
            reply = KernelCalls.Wait(CapSlots.Input, CapSlots.Reply, SysRecv);
        }

        badge = reply.Badge;
        return Accept(reply);
    }

    /// <summary>Replies to the caller and waits for the next event.</summary>
    public static MessageInfo ReplyAndReceive(MessageInfo info, out ulong badge)
    {
        FlushDeferred();
        KernelReply reply = KernelCalls.Enter(
            CapSlots.Input,
            info.Word,
            MessageRegisters.Get(0),
            MessageRegisters.Get(1),
            MessageRegisters.Get(2),
            MessageRegisters.Get(3),
            CapSlots.Reply,
            SysReplyRecv,
            0);
        badge = reply.Badge;
        return Accept(reply);
    }

    /// <summary>For hosts that run several PDs in one process: puts another PD's deferred send in place and returns the one that was there.</summary>
    internal static DeferredSend SwapDeferred(DeferredSend other)
    {
        DeferredSend current = s_deferred;
        s_deferred = other;
        return current;
    }

    private static void FlushDeferred()
    {
        if (s_deferred.IsSet)
        {
            s_deferred.IsSet = false;
            Send(s_deferred.Cap, s_deferred.Info);
        }
    }

    private static MessageInfo Accept(in KernelReply reply)
    {
        MessageRegisters.Set(0, reply.Word0);
        MessageRegisters.Set(1, reply.Word1);
        MessageRegisters.Set(2, reply.Word2);
        MessageRegisters.Set(3, reply.Word3);
        return new MessageInfo(reply.Info);
    }
}

/// <summary>A send that waits for the PD's next receive.</summary>
internal struct DeferredSend
{
    public bool IsSet;
    public ulong Cap;
    public MessageInfo Info;
}
