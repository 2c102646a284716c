// The system calls: finding the cap, checking it, and handing on to the object.

using Pride.Abi;
using Pride.Kernel.Objects;

namespace Pride.Kernel;

/// <summary>How a cap is invoked.</summary>
[System.Flags]
public enum InvokeOptions
{
    None = 0,

    /// <summary>The sender waits for an answer; errors are answered.</summary>
    Call = 1,

    /// <summary>A bad cap pointer is a fault, not silence.</summary>
    Blocking = 2,

    /// <summary>The receiver may run on the sender's context.</summary>
    Donate = 4,

    /// <summary>The first half of a send-and-receive: only IPC objects may be invoked.</summary>
    FirstPhase = 8,
}

public static unsafe partial class Kernel<TMachine>
{
    /// <summary>What an invocation returns when it has set the reply itself, or when there is none to give.</summary>
    private const ulong Answered = ulong.MaxValue;

    private static void Invoke(CoreState* core, Tcb* tcb, ulong pointer, InvokeOptions options)
    {
        Cap* cap = Lookup(core, tcb, pointer);
        MessageInfo info = new(tcb->Registers[TMachine.InfoRegister]);
        if (cap == null || (info.ExtraCaps != 0 && !ExtraCapsExist(core, tcb, info, ref pointer)))
        {
            if ((options & InvokeOptions.Blocking) != 0)
            {
                RaiseCapFault(core, tcb, pointer, false, null);
            }

            return;
        }

        ulong error = InvokeCap(core, tcb, cap, info, options);
        if (error != Answered && (options & InvokeOptions.Call) != 0)
        {
            ReplyFromKernel(tcb, error, SetErrorWords(core, tcb, error));
        }
    }

    private static ulong InvokeCap(CoreState* core, Tcb* tcb, Cap* cap, MessageInfo info, InvokeOptions options)
    {
        switch (cap->Type)
        {
            case CapType.Endpoint when cap->Allows(CapRights.Write):
                SendFlags flags = (options & InvokeOptions.Call) != 0 ? SendFlags.IsCall : 0;
                flags |= cap->Allows(CapRights.Grant) ? SendFlags.CanGrant : 0;
                flags |= cap->Allows(CapRights.GrantReply) ? SendFlags.CanGrantReply : 0;
                SendMessage(
                    core,
                    tcb,
                    (Endpoint*)Object(cap),
                    cap->Badge,
                    flags,
                    (options & InvokeOptions.Blocking) != 0,
                    (options & InvokeOptions.Donate) != 0);
                return Answered;
            case CapType.Notification when cap->Allows(CapRights.Write):
                Signal(core, (Notification*)Object(cap), cap->Badge);
                return KernelErrors.NoError;
            case CapType.RemoteNotification when cap->Allows(CapRights.Write):
                SignalRemote(core, (Notification*)Object(cap), cap->Badge);
                return KernelErrors.NoError;
            case CapType.Reply:
                SendReply(core, tcb, (Reply*)Object(cap));
                return KernelErrors.NoError;
            case CapType.IrqHandler:
                return InvokeIrq(core, tcb, (IrqEntry*)Object(cap), info);
            case CapType.Tcb when (options & InvokeOptions.FirstPhase) == 0:
                return InvokeTcb(core, tcb, (Tcb*)Object(cap), info, options);
            case CapType.SchedulingContext when (options & InvokeOptions.FirstPhase) == 0:
                return InvokeContext(core, tcb, (SchedulingContext*)Object(cap), info, options);
            case CapType.Smc when (options & InvokeOptions.FirstPhase) == 0:
                return InvokeFirmware(core, tcb, cap, info, options);
            case CapType.IoPort when (options & InvokeOptions.FirstPhase) == 0:
                return InvokeIoPort(core, tcb, cap, info, options);
            case CapType.Vcpu when TMachine.HasVcpus && (options & InvokeOptions.FirstPhase) == 0:
                return InvokeVcpu(core, tcb, (Vcpu*)Object(cap), info, options);
            default:
                return InvalidCapability(core, 0);
        }
    }

    /// <summary>Recv, NBRecv, Wait, NBWait, and the second half of the combined calls.</summary>
    private static void Receive(CoreState* core, Tcb* tcb, bool isBlocking, bool canReply)
    {
        ulong pointer = tcb->Registers[TMachine.BadgeRegister];
        Cap* cap = Lookup(core, tcb, pointer);
        if (cap != null && cap->Allows(CapRights.Read))
        {
            if (cap->Type == CapType.Notification)
            {
                Notification* notification = (Notification*)Object(cap);
                if (notification->BoundTcb == null || notification->BoundTcb == tcb)
                {
                    ReceiveSignal(core, tcb, notification, isBlocking);
                    return;
                }
            }
            else if (cap->Type == CapType.Endpoint)
            {
                ReceiveWithReply(core, tcb, (Endpoint*)Object(cap), isBlocking, canReply);
                return;
            }
        }

        RaiseCapFault(core, tcb, pointer, true, cap);
    }

    private static void ReceiveWithReply(CoreState* core, Tcb* tcb, Endpoint* endpoint, bool isBlocking, bool canReply)
    {
        Reply* reply = null;
        if (canReply)
        {
            ulong pointer = tcb->Registers[TMachine.ReplyRegister];
            Cap* cap = Lookup(core, tcb, pointer);
            if (cap == null || cap->Type != CapType.Reply)
            {
                RaiseCapFault(core, tcb, pointer, true, cap);
                return;
            }

            reply = (Reply*)Object(cap);
        }

        ReceiveMessage(core, tcb, endpoint, reply, isBlocking);
    }

    /// <summary>Numbers outside the kernel's interface: the debug calls where they are allowed, else a fault.</summary>
    private static void OtherSystemCall(CoreState* core, Tcb* tcb, long number)
    {
        if (core->Boot->DebugCalls != 0 && DebugCall(core, tcb, number))
        {
            return;
        }

        tcb->Registers[TMachine.PcRegister] -= TMachine.SystemCallBytes;
        tcb->FaultWords[0] = (ulong)number;
        RaiseFault(core, tcb, FaultKind.UnknownSyscall);
    }

    private static bool DebugCall(CoreState* core, Tcb* tcb, long number)
    {
        switch (number)
        {
            case SystemCalls.DebugPutChar:
                PrintForThread(core->Boot, tcb, (byte)tcb->Registers[TMachine.BadgeRegister]);
                return true;
            case SystemCalls.DebugCapIdentify:
                Cap* cap = Lookup(core, tcb, tcb->Registers[TMachine.BadgeRegister]);
                tcb->Registers[TMachine.BadgeRegister] = cap == null ? 0 : (ulong)cap->Type;
                return true;
            case SystemCalls.DebugNameThread:
                return true;
            case SystemCalls.DebugHalt:
                HaltBy(core->Boot, tcb);
                return true;
            default:
                return false;
        }
    }

    // Extra caps: what an invocation names besides the invoked cap. They are looked up before anything is done.

    private static bool ExtraCapsExist(CoreState* core, Tcb* tcb, MessageInfo info, ref ulong pointer)
    {
        LoopRounds rounds = default;
        for (int i = 0; i < info.ExtraCaps && tcb->IpcBuffer != null; i++)
        {
            TMachine.PassLoop(LoopLimit.ExtraCaps, ref rounds);
            ulong extra = tcb->IpcBuffer[BufferCapsWord + i];
            if (Lookup(core, tcb, extra) == null)
            {
                pointer = extra;
                return false;
            }
        }

        return true;
    }

    /// <summary>The first extra cap of an invocation. Null: there is none.</summary>
    private static Cap* ExtraCap(CoreState* core, Tcb* tcb, MessageInfo info)
    {
        if (info.ExtraCaps == 0 || tcb->IpcBuffer == null)
        {
            return null;
        }

        // The buffer may have changed since the check, so a failure here reads as the null cap.
        Cap* cap = Lookup(core, tcb, tcb->IpcBuffer[BufferCapsWord]);
        return cap == null ? &core->EmptyCap : cap;
    }

    // Errors: the code is the label of the reply, the words are set by these.

    private static ulong InvalidCapability(CoreState* core, ulong which)
    {
        core->ErrorWord0 = which;
        return KernelErrors.InvalidCapability;
    }

    private static ulong InvalidArgument(CoreState* core, ulong which)
    {
        core->ErrorWord0 = which;
        return KernelErrors.InvalidArgument;
    }

    private static ulong OutOfRange(CoreState* core, ulong least, ulong greatest)
    {
        core->ErrorWord0 = least;
        core->ErrorWord1 = greatest;
        return KernelErrors.RangeError;
    }

    private static int SetErrorWords(CoreState* core, Tcb* tcb, ulong error)
    {
        switch (error)
        {
            case KernelErrors.InvalidCapability:
            case KernelErrors.InvalidArgument when TMachine.HasVcpus:
                return SetWord(tcb, 0, core->ErrorWord0);
            case KernelErrors.RangeError:
                SetWord(tcb, 0, core->ErrorWord0);
                return SetWord(tcb, 1, core->ErrorWord1);
            default:
                return 0;
        }
    }
}
