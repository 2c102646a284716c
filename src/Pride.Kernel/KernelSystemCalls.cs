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
        LookupResult found = Lookup(tcb, pointer);
        MessageInfo info = new(tcb->Registers[TMachine.InfoRegister]);
        if (found.Failure != 0 || (info.ExtraCaps != 0 && !ExtraCapsExist(tcb, info, ref found, ref pointer)))
        {
            if ((options & InvokeOptions.Blocking) != 0)
            {
                RaiseCapFault(core, tcb, pointer, false, found);
            }

            return;
        }

        ulong error = InvokeCap(core, tcb, found.Cap, info, options);
        if (error != Answered && (options & InvokeOptions.Call) != 0)
        {
            ReplyFromKernel(tcb, error, SetErrorWords(core, tcb, error));
        }
    }

    private static ulong InvokeCap(CoreState* core, Tcb* tcb, in Cap cap, MessageInfo info, InvokeOptions options)
    {
        switch (cap.Type)
        {
            case CapType.Endpoint when cap.Allows(CapRights.Write):
                SendFlags flags = (options & InvokeOptions.Call) != 0 ? SendFlags.IsCall : 0;
                flags |= cap.Allows(CapRights.Grant) ? SendFlags.CanGrant : 0;
                flags |= cap.Allows(CapRights.GrantReply) ? SendFlags.CanGrantReply : 0;
                SendMessage(
                    core,
                    tcb,
                    (Endpoint*)Object(cap),
                    cap.Badge,
                    flags,
                    (options & InvokeOptions.Blocking) != 0,
                    (options & InvokeOptions.Donate) != 0);
                return Answered;
            case CapType.Notification when cap.Allows(CapRights.Write):
                Signal(core, (Notification*)Object(cap), cap.Badge);
                return KernelErrors.NoError;
            case CapType.Reply:
                SendReply(core, tcb, (Reply*)Object(cap));
                return KernelErrors.NoError;
            case CapType.IrqHandler:
                return InvokeIrq(core, (IrqEntry*)Object(cap), info);
            case CapType.Tcb when (options & InvokeOptions.FirstPhase) == 0:
                return InvokeTcb(core, tcb, (Tcb*)Object(cap), info, options);
            case CapType.SchedulingContext when (options & InvokeOptions.FirstPhase) == 0:
                return InvokeContext(core, tcb, (SchedulingContext*)Object(cap), info, options);
            default:
                return InvalidCapability(core, 0);
        }
    }

    /// <summary>Recv, NBRecv, Wait, NBWait, and the second half of the combined calls.</summary>
    private static void Receive(CoreState* core, Tcb* tcb, bool isBlocking, bool canReply)
    {
        ulong pointer = tcb->Registers[TMachine.BadgeRegister];
        LookupResult found = Lookup(tcb, pointer);
        if (found.Failure == 0 && found.Cap.Allows(CapRights.Read))
        {
            if (found.Cap.Type == CapType.Notification)
            {
                Notification* notification = (Notification*)Object(found.Cap);
                if (notification->BoundTcb == null || notification->BoundTcb == tcb)
                {
                    ReceiveSignal(core, tcb, notification, isBlocking);
                    return;
                }
            }
            else if (found.Cap.Type == CapType.Endpoint)
            {
                ReceiveWithReply(core, tcb, (Endpoint*)Object(found.Cap), isBlocking, canReply);
                return;
            }
        }

        RaiseCapFault(core, tcb, pointer, true, found.Failure != 0 ? found : LookupResult.Missing);
    }

    private static void ReceiveWithReply(CoreState* core, Tcb* tcb, Endpoint* endpoint, bool isBlocking, bool canReply)
    {
        Reply* reply = null;
        if (canReply)
        {
            ulong pointer = tcb->Registers[TMachine.ReplyRegister];
            LookupResult found = Lookup(tcb, pointer);
            if (found.Failure != 0 || found.Cap.Type != CapType.Reply)
            {
                RaiseCapFault(core, tcb, pointer, true, found.Failure != 0 ? found : LookupResult.Missing);
                return;
            }

            reply = (Reply*)Object(found.Cap);
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
                TMachine.PutChar(core->Boot, (byte)tcb->Registers[TMachine.BadgeRegister]);
                return true;
            case SystemCalls.DebugCapIdentify:
                tcb->Registers[TMachine.BadgeRegister] = (ulong)Lookup(tcb, tcb->Registers[TMachine.BadgeRegister]).Cap.Type;
                return true;
            case SystemCalls.DebugNameThread:
                return true;
            case SystemCalls.DebugHalt:
                PrintString(core->Boot, "halted by "u8);
                PrintName(core->Boot, tcb);
                PrintString(core->Boot, "\n"u8);
                TMachine.Halt();
                return true;
            default:
                return false;
        }
    }

    // Extra caps: what an invocation names besides the invoked cap. They are looked up before anything is done.

    private static bool ExtraCapsExist(Tcb* tcb, MessageInfo info, ref LookupResult found, ref ulong pointer)
    {
        for (int i = 0; i < info.ExtraCaps && tcb->IpcBuffer != null; i++)
        {
            ulong extra = tcb->IpcBuffer[BufferCapsWord + i];
            LookupResult result = Lookup(tcb, extra);
            if (result.Failure != 0)
            {
                found = result;
                pointer = extra;
                return false;
            }
        }

        return true;
    }

    /// <summary>The first extra cap of an invocation. False: there is none.</summary>
    private static bool TryExtraCap(Tcb* tcb, MessageInfo info, out Cap cap)
    {
        if (info.ExtraCaps == 0 || tcb->IpcBuffer == null)
        {
            cap = default;
            return false;
        }

        // The buffer may have changed since the check, so a failure here reads as the null cap.
        cap = Lookup(tcb, tcb->IpcBuffer[BufferCapsWord]).Cap;
        return true;
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
            case KernelErrors.InvalidArgument:
            case KernelErrors.InvalidCapability:
                return SetWord(tcb, 0, core->ErrorWord0);
            case KernelErrors.RangeError:
                SetWord(tcb, 0, core->ErrorWord0);
                return SetWord(tcb, 1, core->ErrorWord1);
            default:
                return 0;
        }
    }
}
