// Where the kernel is entered, and how it is left.
//
// Kernel<TMachine> is one static class in several files, a file for each concept. Every method that needs state takes the
// core's, which the entry code hands in; there are no statics, so nothing is shared between cores by accident.
// Rules for all files: interrupts are masked throughout; nothing that comes from a user register is a pointer or an
// index before it was checked; every loop is bounded by a limit of KernelLayout or MessageInfo.

using Pride.Abi;
using Pride.Kernel.Objects;

namespace Pride.Kernel;

/// <summary>The kernel for one kind of machine.</summary>
public static unsafe partial class Kernel<TMachine>
    where TMachine : struct, IMachine
{
    /// <summary>A system call of the current thread, whose registers are saved. Returns the thread to run (null on a simulated machine that is idle for good).</summary>
    public static Tcb* SystemCall(CoreState* core, Tcb* tcb)
    {
        UpdateTime(core);
        if (core->FirstHalfDone != 0)
        {
            return SecondHalf(core, tcb);
        }

        if (!HasBudget(core))
        {
            // The call is repeated once the thread has budget again.
            tcb->Registers[TMachine.PcRegister] -= TMachine.SystemCallBytes;
            ChargeBudget(core, core->Consumed, true);
            return Leave(core);
        }

        Dispatch(core, tcb, (long)tcb->Registers[TMachine.NumberRegister]);
        return Leave(core);
    }

    /// <summary>The receiving half of NBSendRecv, whose sending half went the short way: it must not be repeated.</summary>
    private static Tcb* SecondHalf(CoreState* core, Tcb* tcb)
    {
        core->FirstHalfDone = 0;
        Receive(core, tcb, true, true);
        if (!HasBudget(core))
        {
            ChargeBudget(core, core->Consumed, true);
        }

        return Leave(core);
    }

    /// <summary>An interrupt, while a thread ran.</summary>
    public static Tcb* Interrupt(CoreState* core)
    {
        UpdateTime(core);
        if (!HasBudget(core))
        {
            ChargeBudget(core, core->Consumed, true);
        }

        TakeInterrupt(core);
        return Leave(core);
    }

    /// <summary>The current thread touched memory it may not touch.</summary>
    /// <param name="core">The core's state.</param>
    /// <param name="tcb">The current thread.</param>
    /// <param name="address">The address touched.</param>
    /// <param name="status">The machine's description of the fault.</param>
    /// <param name="isInstruction">True when an instruction was to be fetched there.</param>
    public static Tcb* MemoryFault(CoreState* core, Tcb* tcb, ulong address, ulong status, bool isInstruction)
    {
        tcb->FaultWords[0] = address;
        tcb->FaultWords[1] = isInstruction ? 1UL : 0;
        tcb->FaultWords[2] = status;
        Tcb* handler = FastFault(core, tcb);
        if (handler != null)
        {
            return handler;
        }

        UpdateTime(core);
        if (HasBudget(core))
        {
            RaiseFault(core, tcb, FaultKind.VMFault);
        }
        else
        {
            ChargeBudget(core, core->Consumed, true);
        }

        return Leave(core);
    }

    /// <summary>The current thread did something else that it may not do.</summary>
    public static Tcb* UserException(CoreState* core, Tcb* tcb, ulong number, ulong code) => Fault(core, tcb, FaultKind.UserException, number, code);

    /// <summary>A fault of the current thread, told in two words; without budget it will do the same again.</summary>
    private static Tcb* Fault(CoreState* core, Tcb* tcb, ulong kind, ulong word0, ulong word1)
    {
        UpdateTime(core);
        if (HasBudget(core))
        {
            tcb->FaultWords[0] = word0;
            tcb->FaultWords[1] = word1;
            RaiseFault(core, tcb, kind);
        }
        else
        {
            ChargeBudget(core, core->Consumed, true);
        }

        return Leave(core);
    }

    /// <summary>Chooses who runs and makes the machine his; waits when nobody can.</summary>
    public static Tcb* Leave(CoreState* core)
    {
        Schedule(core);
        while (core->IsIdle != 0)
        {
            if (!TMachine.WaitForInterrupt())
            {
                return null;
            }

            UpdateTime(core);
            TakeInterrupt(core);
            Schedule(core);
        }

        return core->Current;
    }

    private static void Dispatch(CoreState* core, Tcb* tcb, long number)
    {
        switch (number)
        {
            case SystemCalls.Call:
                Invoke(core, tcb, tcb->Registers[TMachine.BadgeRegister], InvokeOptions.Call | InvokeOptions.Blocking | InvokeOptions.Donate);
                break;
            case SystemCalls.Send:
                Invoke(core, tcb, tcb->Registers[TMachine.BadgeRegister], InvokeOptions.Blocking);
                break;
            case SystemCalls.NBSend:
                Invoke(core, tcb, tcb->Registers[TMachine.BadgeRegister], InvokeOptions.None);
                break;
            case SystemCalls.ReplyRecv:
                Invoke(core, tcb, tcb->Registers[TMachine.ReplyRegister], InvokeOptions.Donate | InvokeOptions.FirstPhase);
                Receive(core, tcb, true, true);
                break;
            case SystemCalls.NBSendRecv:
                Invoke(core, tcb, tcb->Registers[TMachine.SendRegister], InvokeOptions.Donate | InvokeOptions.FirstPhase);
                Receive(core, tcb, true, true);
                break;
            case SystemCalls.NBSendWait:
                Invoke(core, tcb, tcb->Registers[TMachine.ReplyRegister], InvokeOptions.Donate | InvokeOptions.FirstPhase);
                Receive(core, tcb, true, false);
                break;
            case SystemCalls.Recv:
                Receive(core, tcb, true, true);
                break;
            case SystemCalls.NBRecv:
                Receive(core, tcb, false, true);
                break;
            case SystemCalls.Wait:
                Receive(core, tcb, true, false);
                break;
            case SystemCalls.NBWait:
                Receive(core, tcb, false, false);
                break;
            case SystemCalls.Yield:
                Yield(core);
                break;
            default:
                OtherSystemCall(core, tcb, number);
                break;
        }
    }
}
