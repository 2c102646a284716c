// Faults: what a thread did wrong becomes a message to its fault handler, which may answer.
//
// When a fault is raised the thread's program counter already stands where it would try again: at the instruction that
// faulted, or at the system call. A handler that wants to skip it says so in its answer, or writes the registers.

using Pride.Abi;
using Pride.Kernel.Objects;

namespace Pride.Kernel;

public static unsafe partial class Kernel<TMachine>
{
    /// <summary>Sends a fault of the current thread (kind and <see cref="Tcb.FaultWords"/>) to its handler; without one the thread stops.</summary>
    private static void RaiseFault(CoreState* core, Tcb* tcb, ulong kind)
    {
        tcb->Statistics->Faults++;
        PrintLineOf(core->Boot, tcb);
        if (tcb->FaultHandler.Type != CapType.Endpoint)
        {
            PrintFault(core, tcb, kind);
            SetState(core, tcb, ThreadState.Inactive);
            return;
        }

        tcb->Fault = kind;
        SendFault(core, tcb, tcb->FaultHandler, tcb->SchedulingContext != null);
    }

    /// <summary>The context's budget is used up, and the thread's timeout handler wants to know.</summary>
    private static void RaiseTimeout(CoreState* core, Tcb* tcb, SchedulingContext* context)
    {
        tcb->Statistics->Faults++;
        tcb->FaultWords[0] = context->Badge;
        tcb->Fault = FaultKind.Timeout;
        SendFault(core, tcb, tcb->TimeoutHandler, false);
    }

    private static void SendFault(CoreState* core, Tcb* tcb, Cap handler, bool canDonate)
    {
        SendFlags flags = SendFlags.None;
        flags |= handler.Allows(CapRights.Grant) ? SendFlags.CanGrant : 0;
        flags |= handler.Allows(CapRights.GrantReply) ? SendFlags.CanGrantReply : 0;
        SendMessage(core, tcb, (Endpoint*)TMachine.Pointer(handler.PointerBits), handler.Badge, flags, true, canDonate);
    }

    /// <summary>A cap pointer led to <paramref name="found"/>: no slot (null), or not what the call needs. The call is repeated if the handler lets the thread go on.</summary>
    private static void RaiseCapFault(CoreState* core, Tcb* tcb, ulong pointer, bool isReceiving, Cap* found)
    {
        tcb->Registers[TMachine.PcRegister] -= TMachine.SystemCallBytes;
        tcb->FaultWords[0] = pointer;
        tcb->FaultWords[1] = isReceiving ? 1UL : 0;
        LookupError failure = DescribeMiss(found);
        tcb->FaultWords[2] = failure.Failure;
        tcb->FaultWords[3] = failure.BitsLeft;
        tcb->FaultWords[4] = failure.GuardFound;
        tcb->FaultWords[5] = failure.GuardBits;
        RaiseFault(core, tcb, FaultKind.CapFault);
    }

    /// <summary>Writes the fault message of <paramref name="sender"/> for <paramref name="receiver"/>.</summary>
    private static void TransferFault(Tcb* sender, Tcb* receiver, ulong badge)
    {
        int length = sender->Fault switch
        {
            FaultKind.CapFault => SetCapFault(sender, receiver),
            FaultKind.UnknownSyscall => SetUnknownSyscall(sender, receiver),
            FaultKind.UserException => SetUserException(sender, receiver),
            FaultKind.Timeout => SetTimeout(sender, receiver),
            FaultKind.VCpuFault or FaultKind.VPpiEvent or FaultKind.VGicMaintenance when TMachine.HasVcpus => SetWord(receiver, 0, sender->FaultWords[0]),
            _ => SetMemoryFault(sender, receiver),
        };
        receiver->Registers[TMachine.InfoRegister] = new MessageInfo(sender->Fault, length).Word;
        receiver->Registers[TMachine.BadgeRegister] = badge;
    }

    private static int SetCapFault(Tcb* sender, Tcb* receiver)
    {
        SetWord(receiver, CapFaultMessage.Pc, sender->Registers[TMachine.PcRegister]);
        SetWord(receiver, CapFaultMessage.Address, sender->FaultWords[0]);
        SetWord(receiver, CapFaultMessage.InReceivePhase, sender->FaultWords[1]);
        int length = SetWord(receiver, CapFaultMessage.LookupFailureType, sender->FaultWords[2]);
        ulong failure = sender->FaultWords[2];
        if (failure != LookupFailure.InvalidRoot)
        {
            length = SetWord(receiver, CapFaultMessage.BitsLeft, sender->FaultWords[3]);
        }

        if (failure is LookupFailure.DepthMismatch or LookupFailure.GuardMismatch)
        {
            length = SetWord(receiver, CapFaultMessage.GuardFound, sender->FaultWords[4]);
        }

        if (failure == LookupFailure.GuardMismatch)
        {
            length = SetWord(receiver, CapFaultMessage.GuardBitsFound, sender->FaultWords[5]);
        }

        return length;
    }

    private static int SetUnknownSyscall(Tcb* sender, Tcb* receiver)
    {
        LoopRounds rounds = default;
        for (int i = 0; i < TMachine.UnknownCallWords; i++)
        {
            TMachine.PassLoop(LoopLimit.FaultWords, ref rounds);
            SetWord(receiver, i, sender->Registers[TMachine.UnknownCallRegister(i)]);
        }

        return SetWord(receiver, TMachine.UnknownCallWords, sender->FaultWords[0]);
    }

    private static int SetUserException(Tcb* sender, Tcb* receiver)
    {
        LoopRounds rounds = default;
        for (int i = 0; i < TMachine.ExceptionWords; i++)
        {
            TMachine.PassLoop(LoopLimit.FaultWords, ref rounds);
            SetWord(receiver, i, sender->Registers[TMachine.ExceptionRegister(i)]);
        }

        SetWord(receiver, TMachine.ExceptionWords, sender->FaultWords[0]);
        return SetWord(receiver, TMachine.ExceptionWords + 1, sender->FaultWords[1]);
    }

    private static int SetTimeout(Tcb* sender, Tcb* receiver)
    {
        int length = SetWord(receiver, TimeoutMessage.Data, sender->FaultWords[0]);
        return sender->SchedulingContext == null
            ? length
            : SetWord(receiver, TimeoutMessage.Consumed, TakeConsumed(sender->SchedulingContext));
    }

    private static int SetMemoryFault(Tcb* sender, Tcb* receiver)
    {
        SetWord(receiver, VMFaultMessage.Pc, sender->Registers[TMachine.PcRegister]);
        SetWord(receiver, VMFaultMessage.Address, sender->FaultWords[0]);
        SetWord(receiver, VMFaultMessage.IsInstruction, sender->FaultWords[1]);
        return SetWord(receiver, VMFaultMessage.Status, sender->FaultWords[2]);
    }

    /// <summary>The handler has answered: sets the registers that the answer names. True when the thread goes on.</summary>
    private static bool AnswerFault(Tcb* handler, Tcb* faulter)
    {
        MessageInfo info = new(handler->Registers[TMachine.InfoRegister]);
        int length = info.Length;
        LoopRounds rounds = default;
        switch (faulter->Fault)
        {
            case FaultKind.UnknownSyscall:
                length = length < TMachine.UnknownCallWords ? length : TMachine.UnknownCallWords;
                for (int i = 0; i < length; i++)
                {
                    TMachine.PassLoop(LoopLimit.FaultWords, ref rounds);
                    SetAnswered(handler, faulter, i, TMachine.UnknownCallRegister(i));
                }

                return info.Label == 0;
            case FaultKind.UserException:
                length = length < TMachine.ExceptionWords ? length : TMachine.ExceptionWords;
                for (int i = 0; i < length; i++)
                {
                    TMachine.PassLoop(LoopLimit.FaultWords, ref rounds);
                    SetAnswered(handler, faulter, i, TMachine.ExceptionRegister(i));
                }

                return info.Label == 0;
            case FaultKind.Timeout:
                length = length < TMachine.TimeoutReplyWords ? length : TMachine.TimeoutReplyWords;
                for (int i = 0; i < length; i++)
                {
                    TMachine.PassLoop(LoopLimit.ContextWords, ref rounds);
                    SetAnswered(handler, faulter, i, TMachine.ContextRegister(i));
                }

                return info.Label == 0;
            default:
                return true;
        }
    }

    private static void SetAnswered(Tcb* handler, Tcb* faulter, int word, int register) =>
        faulter->Registers[register] = TMachine.Sanitise(faulter, register, GetWord(handler, word));
}
