// Invocations of a TCB cap: what a parent (or the monitor) may do to a PD.

using System.Runtime.CompilerServices;
using Pride.Abi;
using Pride.Kernel.Objects;

namespace Pride.Kernel;

public static unsafe partial class Kernel<TMachine>
{
    /// <summary>Words that one ReadMemory call returns at most: what a message holds.</summary>
    private const ulong ReadMemoryMaximum = MessageInfo.MaximumLength;

    private static ulong InvokeTcb(CoreState* core, Tcb* caller, Tcb* target, MessageInfo info, InvokeOptions options)
    {
        ref InvocationLabels labels = ref *caller->Labels;
        ulong label = info.Label;
        if (label == 0)
        {
            return KernelErrors.IllegalOperation;
        }

        if (label == labels.TcbWriteRegisters)
        {
            return WriteRegisters(core, caller, target, info);
        }

        if (label == labels.TcbReadRegisters)
        {
            return ReadRegisters(core, caller, target, info, options);
        }

        if (label == labels.TcbSuspend)
        {
            Suspend(core, target);
            return KernelErrors.NoError;
        }

        if (label == labels.TcbResume)
        {
            Resume(core, target);
            return KernelErrors.NoError;
        }

        if (label == labels.TcbSetPriority)
        {
            return SetPriority(core, caller, target, info);
        }

        if (label == labels.TcbBindNotification)
        {
            return BindNotification(core, caller, target, info);
        }

        if (label == labels.TcbUnbindNotification)
        {
            return UnbindNotification(target);
        }

        return label == labels.PrideTcbReadMemory ? ReadMemory(core, caller, target, info, options) : KernelErrors.IllegalOperation;
    }

    /// <summary>Where the thread would go on if it were stopped and started now (seL4's "FaultIP").</summary>
    private static ulong RestartPc(Tcb* tcb)
    {
        ulong pc = tcb->Registers[TMachine.PcRegister];
        return tcb->State > ThreadState.Running && tcb->Fault == 0 ? pc - tcb->RestartOffset : pc;
    }

    /// <summary>Words: flags (bit 0: suspend first), count. Answers that many words of the user context.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong ReadRegisters(CoreState* core, Tcb* caller, Tcb* target, MessageInfo info, InvokeOptions options)
    {
        if (info.Length < 2)
        {
            return KernelErrors.TruncatedMessage;
        }

        ulong flags = GetWord(caller, 0);
        ulong count = GetWord(caller, 1);
        // The thread pointers are not among the registers that travel (seL4: n_frameRegisters + n_gpRegisters), though the struct has them.
        if (count < 1 || count > (ulong)TMachine.ContextLength)
        {
            return OutOfRange(core, 1, (ulong)TMachine.ContextLength);
        }

        if (target == caller)
        {
            return KernelErrors.IllegalOperation;
        }

        if ((flags & 1) != 0)
        {
            Suspend(core, target);
        }

        if ((options & InvokeOptions.Call) != 0)
        {
            int length = 0;
            LoopRounds rounds = default;
            for (int i = 0; i < (int)count; i++)
            {
                TMachine.PassLoop(LoopLimit.ContextWords, ref rounds);
                int register = TMachine.ContextRegister(i);
                length = SetWord(caller, i, register == TMachine.PcRegister ? RestartPc(target) : target->Registers[register]);
            }

            ReplyFromKernel(caller, 0, length);
        }

        return Answered;
    }

    /// <summary>Words: flags (bit 0: resume afterwards), count, then the registers in the order of the user context. Microkit's restart is one register with resume.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong WriteRegisters(CoreState* core, Tcb* caller, Tcb* target, MessageInfo info)
    {
        if (info.Length < 2)
        {
            return KernelErrors.TruncatedMessage;
        }

        ulong flags = GetWord(caller, 0);
        ulong count = GetWord(caller, 1);
        if ((ulong)(info.Length - 2) < count)
        {
            return KernelErrors.TruncatedMessage;
        }

        if (target == caller)
        {
            return KernelErrors.IllegalOperation;
        }

        // As in seL4 the program counter becomes the one to restart from, whether it is written or not.
        target->Registers[TMachine.PcRegister] = RestartPc(target);
        target->RestartOffset = 0;
        LoopRounds rounds = default;
        for (int i = 0; i < (int)count && i < TMachine.ContextLength; i++)
        {
            TMachine.PassLoop(LoopLimit.ContextWords, ref rounds);
            int register = TMachine.ContextRegister(i);
            target->Registers[register] = TMachine.Sanitise(target, register, GetWord(caller, i + 2));
        }

        if ((flags & 1) != 0)
        {
            target->Statistics->Restarts++;
            Resume(core, target);
        }

        return KernelErrors.NoError;
    }

    /// <summary>Word 0: the priority. Extra cap: a TCB whose maximum controlled priority allows it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong SetPriority(CoreState* core, Tcb* caller, Tcb* target, MessageInfo info)
    {
        Cap* authority = ExtraCap(core, caller, info);
        if (info.Length < 1 || authority == null)
        {
            return KernelErrors.TruncatedMessage;
        }

        if (authority->Type != CapType.Tcb)
        {
            return InvalidCapability(core, 1);
        }

        ulong priority = GetWord(caller, 0);
        uint maximum = ((Tcb*)Object(authority))->MaximumControlledPriority;
        if (priority > maximum)
        {
            return OutOfRange(core, 0, maximum);
        }

        ChangePriority(core, target, (uint)priority);
        return KernelErrors.NoError;
    }

    /// <summary>Moves a thread to its new place in whatever queue it stands in.</summary>
    private static void ChangePriority(CoreState* core, Tcb* tcb, uint priority)
    {
        switch (tcb->State)
        {
            case ThreadState.Running when tcb->QueuedIn == RunQueue.Ready || tcb == core->Current || tcb == core->Candidate:
                Dequeue(core, tcb);
                tcb->Priority = priority;
                if (IsSchedulable(tcb))
                {
                    Enqueue(core, tcb, false);
                }

                RequireSchedule(core);
                break;
            case ThreadState.BlockedOnReceive:
            case ThreadState.BlockedOnSend:
                Endpoint* endpoint = (Endpoint*)tcb->BlockedOn;
                WaitRemove(&endpoint->QueueHead, &endpoint->QueueTail, tcb);
                tcb->Priority = priority;
                WaitInsert(&endpoint->QueueHead, &endpoint->QueueTail, tcb);
                break;
            case ThreadState.BlockedOnNotification:
                Notification* notification = (Notification*)tcb->BlockedOn;
                WaitRemove(&notification->QueueHead, &notification->QueueTail, tcb);
                tcb->Priority = priority;
                WaitInsert(&notification->QueueHead, &notification->QueueTail, tcb);
                break;
            default:
                tcb->Priority = priority;
                break;
        }
    }

    /// <summary>Extra cap: the notification whose signals the thread shall also receive while it waits at an endpoint.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong BindNotification(CoreState* core, Tcb* caller, Tcb* target, MessageInfo info)
    {
        Cap* cap = ExtraCap(core, caller, info);
        if (cap == null)
        {
            return KernelErrors.TruncatedMessage;
        }

        if (target->BoundNotification != null || cap->Type != CapType.Notification || !cap->Allows(CapRights.Read))
        {
            return KernelErrors.IllegalOperation;
        }

        Notification* notification = (Notification*)Object(cap);
        if (notification->QueueHead != null || notification->BoundTcb != null)
        {
            return KernelErrors.IllegalOperation;
        }

        notification->BoundTcb = target;
        target->BoundNotification = notification;
        return KernelErrors.NoError;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong UnbindNotification(Tcb* target)
    {
        if (target->BoundNotification == null)
        {
            return KernelErrors.IllegalOperation;
        }

        target->BoundNotification->BoundTcb = null;
        target->BoundNotification = null;
        return KernelErrors.NoError;
    }

    /// <summary>
    /// Pride's own: words: address (8-byte aligned), count of words (1..120). Answers the words from there on, fewer when the PD itself
    /// could not read further. This is how parents and the monitor walk a dead PD's stack.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong ReadMemory(CoreState* core, Tcb* caller, Tcb* target, MessageInfo info, InvokeOptions options)
    {
        if (info.Length < 2)
        {
            return KernelErrors.TruncatedMessage;
        }

        ulong address = GetWord(caller, 0);
        ulong count = GetWord(caller, 1);
        if ((address & (sizeof(ulong) - 1)) != 0)
        {
            return KernelErrors.AlignmentError;
        }

        if (count < 1 || count > ReadMemoryMaximum)
        {
            return OutOfRange(core, 1, ReadMemoryMaximum);
        }

        if ((options & InvokeOptions.Call) != 0)
        {
            int length = 0;
            LoopRounds rounds = default;
            for (int i = 0; i < (int)count; i++)
            {
                TMachine.PassLoop(LoopLimit.MessageWords, ref rounds);
                if (!TMachine.TryReadUser(core->Boot, target, address + ((ulong)i * sizeof(ulong)), out ulong word) || SetWord(caller, i, word) != i + 1)
                {
                    break;
                }

                length = i + 1;
            }

            ReplyFromKernel(caller, 0, length);
        }

        return Answered;
    }
}
