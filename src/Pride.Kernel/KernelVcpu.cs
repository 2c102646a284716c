// Virtual CPUs: what a guest's manager may do to one, and the interrupts that are a guest's.
//
// A virtual CPU belongs to one thread for good, since the tables of a guest and of a PD have different formats. Its thread is like any other:
// scheduled, stopped, resumed, its registers read and written; its faults go to its manager. While another thread runs, its state stays in the CPU (SwitchAddressSpace
// sees to that), so that going to the manager and back costs little. Machines without virtual CPUs have nothing of this file.

using System.Runtime.CompilerServices;
using Pride.Abi;
using Pride.Kernel.Objects;

namespace Pride.Kernel;

public static unsafe partial class Kernel<TMachine>
{
    // What InjectIrq takes (libsel4; the interrupt controller's limits).
    private const ulong HighestVirtualIrq = 1023;
    private const ulong LowestVirtualPriority = 31;
    private const ulong HighestVirtualGroup = 1;

    /// <summary>The current thread, a guest, did what its manager must see.</summary>
    /// <param name="core">The core's state.</param>
    /// <param name="tcb">The current thread.</param>
    /// <param name="syndrome">The machine's description.</param>
    public static Tcb* VcpuFault(CoreState* core, Tcb* tcb, ulong syndrome) => Fault(core, tcb, FaultKind.VCpuFault, syndrome, 0);

    private static ulong InvokeVcpu(CoreState* core, Tcb* caller, Vcpu* vcpu, MessageInfo info, InvokeOptions options)
    {
        ulong first = caller->Labels->VcpuSetTcb;
        if (first == 0)
        {
            return KernelErrors.IllegalOperation;
        }

        return (info.Label - first) switch
        {
            VcpuOperations.SetTcb => SetVcpuThread(core, caller, vcpu, info),
            VcpuOperations.InjectIrq => InjectIrq(core, caller, vcpu, info),
            VcpuOperations.ReadRegister => ReadVcpuRegister(core, caller, vcpu, info, options),
            VcpuOperations.WriteRegister => WriteVcpuRegister(core, caller, vcpu, info),
            VcpuOperations.AckVppi => AckVppi(core, caller, vcpu, info),
            _ => KernelErrors.IllegalOperation,
        };
    }

    /// <summary>Extra cap: the thread that is to be the virtual CPU's. It has one already, so only that one will do.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong SetVcpuThread(CoreState* core, Tcb* caller, Vcpu* vcpu, MessageInfo info)
    {
        Cap* cap = ExtraCap(core, caller, info);
        if (cap == null)
        {
            return KernelErrors.TruncatedMessage;
        }

        return cap->Type == CapType.Tcb && (Tcb*)Object(cap) == vcpu->Tcb ? KernelErrors.NoError : KernelErrors.IllegalOperation;
    }

    /// <summary>Word 0: bits 15..0 interrupt, 23..16 priority, 31..24 group, 39..32 list register. The guest has it pending; when it has ended it, that is a fault of its own.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong InjectIrq(CoreState* core, Tcb* caller, Vcpu* vcpu, MessageInfo info)
    {
        if (info.Length < 1)
        {
            return KernelErrors.TruncatedMessage;
        }

        ulong word = GetWord(caller, 0);
        VirtualInterrupt interrupt = new((uint)word & 0xffff, (uint)(word >> 16) & 0xff, (uint)(word >> 24) & 0xff);
        ulong index = (word >> 32) & 0xff;
        if (interrupt.Id > HighestVirtualIrq)
        {
            return OutOfRange(core, 0, HighestVirtualIrq);
        }

        if (interrupt.Priority > LowestVirtualPriority)
        {
            return OutOfRange(core, 0, LowestVirtualPriority);
        }

        if (interrupt.Group > HighestVirtualGroup)
        {
            return OutOfRange(core, 0, HighestVirtualGroup);
        }

        if (index >= TMachine.ListRegisters(core))
        {
            return OutOfRange(core, 0, TMachine.ListRegisters(core) - 1UL);
        }

        return TMachine.TryInject(core, vcpu, (int)index, interrupt) ? KernelErrors.NoError : KernelErrors.DeleteFirst;
    }

    /// <summary>Word 0 of a message of <paramref name="words"/> at least: a <see cref="VcpuRegisters"/>. False: <paramref name="error"/> says what is wrong.</summary>
    private static bool TryGetVcpuRegister(CoreState* core, Tcb* caller, MessageInfo info, int words, out ulong register, out ulong error)
    {
        register = 0;
        error = KernelErrors.NoError;
        if (info.Length < words)
        {
            error = KernelErrors.TruncatedMessage;
        }
        else if ((register = GetWord(caller, 0)) >= VcpuRegisters.Count)
        {
            error = InvalidArgument(core, 1);
        }

        return error == KernelErrors.NoError;
    }

    /// <summary>Word 0: a <see cref="VcpuRegisters"/>. Answers its value.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong ReadVcpuRegister(CoreState* core, Tcb* caller, Vcpu* vcpu, MessageInfo info, InvokeOptions options)
    {
        if (!TryGetVcpuRegister(core, caller, info, words: 1, out ulong register, out ulong error))
        {
            return error;
        }

        TMachine.UnloadVcpu(core, vcpu);
        if ((options & InvokeOptions.Call) != 0)
        {
            ReplyFromKernel(caller, 0, SetWord(caller, 0, vcpu->Registers[register]));
        }

        return Answered;
    }

    /// <summary>Words: a <see cref="VcpuRegisters"/>, its new value.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong WriteVcpuRegister(CoreState* core, Tcb* caller, Vcpu* vcpu, MessageInfo info)
    {
        if (!TryGetVcpuRegister(core, caller, info, words: 2, out ulong register, out ulong error))
        {
            return error;
        }

        TMachine.UnloadVcpu(core, vcpu);
        vcpu->Registers[register] = GetWord(caller, 1);
        return KernelErrors.NoError;
    }

    /// <summary>Word 0: the interrupt that a VPPI event told of; it may come again.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong AckVppi(CoreState* core, Tcb* caller, Vcpu* vcpu, MessageInfo info)
    {
        if (info.Length < 1)
        {
            return KernelErrors.TruncatedMessage;
        }

        ulong irq = GetWord(caller, 0);
        if (irq >= KernelLayout.MaximumIrqs)
        {
            return OutOfRange(core, 0, KernelLayout.MaximumIrqs - 1);
        }

        if (irq != core->Boot->GuestTimerIrq)
        {
            return InvalidArgument(core, 0);
        }

        vcpu->IsTimerMasked = 0;
        return KernelErrors.NoError;
    }

    /// <summary>Takes an interrupt that is a guest's. False: it is not.</summary>
    private static bool TakeGuestInterrupt(CoreState* core, uint irq)
    {
        BootInfo* boot = core->Boot;
        if (irq != boot->GuestTimerIrq && irq != boot->MaintenanceIrq)
        {
            return false;
        }

        // Both lines are levels that fall when the guest is left: if it cannot be told now, because its time is up, it will be when it runs again.
        Tcb* tcb = core->Current;
        Vcpu* vcpu = tcb->Vcpu;
        if (vcpu != null && core->IsVcpuActive != 0 && tcb->QueuedIn == RunQueue.None && IsSchedulable(tcb))
        {
            if (irq == boot->GuestTimerIrq)
            {
                vcpu->IsTimerMasked = 1;
                TMachine.MaskGuestTimer(core, vcpu);
                tcb->FaultWords[0] = irq;
                RaiseFault(core, tcb, FaultKind.VPpiEvent);
            }
            else
            {
                tcb->FaultWords[0] = TMachine.TakeMaintenance(core, vcpu);
                RaiseFault(core, tcb, FaultKind.VGicMaintenance);
            }
        }

        TMachine.Deactivate(core, irq);
        return true;
    }
}
