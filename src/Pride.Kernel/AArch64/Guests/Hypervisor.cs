// Virtual CPUs at EL2 (virtualisation host extensions): who has the CPU, a PD or a guest, and what a guest's exits mean.
//
// HCR_EL2.E2H is always set. While PDs run, TGE is set too: EL0 belongs to EL2 then, and nothing of EL1 has any effect. While a guest runs TGE is clear: it has EL1 and
// EL0, its memory is translated a second time (VTTBR_EL2), the machine's interrupts and its own wrong accesses come to EL2.
//
//   loaded   a virtual CPU's registers are in the CPU (CoreState.LoadedVcpu). It stays so while PDs run, until another one is loaded.
//   active   it runs: TGE is clear, its timer and its interrupts are on.

using System.Runtime.CompilerServices;
using Pride.Kernel.Objects;
using Pride.Machine;

namespace Pride.Kernel.AArch64.Guests;

/// <summary>The machine's part of virtual CPUs.</summary>
internal static unsafe class Hypervisor
{
    // HCR_EL2 (Arm ARM DDI 0487, D17.2.48).
    private const ulong SecondStage = 1UL << 0;
    private const ulong SetWayCleans = 1UL << 1;
    private const ulong RouteInterrupts = (1UL << 3) | (1UL << 4) | (1UL << 5);
    private const ulong TrapMonitorCalls = 1UL << 19;
    private const ulong UsersAreOurs = 1UL << 27;
    private const ulong GuestIsAarch64 = 1UL << 31;
    private const ulong HostExtensions = 1UL << 34;

    /// <summary>While PDs run; Entry.S has the same.</summary>
    private const ulong ForUsers = HostExtensions | GuestIsAarch64 | UsersAreOurs;

    /// <summary>While a guest runs. WFI and WFE are not trapped, as under Microkit: a guest that waits uses up its own budget.</summary>
    private const ulong ForGuests = HostExtensions | GuestIsAarch64 | TrapMonitorCalls | RouteInterrupts | SetWayCleans | SecondStage;

    // ESR_EL2.EC, and of an abort's ISS: the fault's kind and whether it was met while walking the guest's own tables.
    private const uint TrappedRegister = 0x18;
    private const uint InstructionAbort = 0x20;
    private const uint DataAbort = 0x24;
    private const ulong FaultKindMask = 0b11_1100;
    private const ulong PermissionFault = 0b00_1100;
    private const ulong OnTableWalk = 1 << 7;

    /// <summary>EL2 in CurrentEL.</summary>
    private const ulong Level2 = 2 << 2;

    private const ulong PageMask = 0xFFF;
    private const ulong PhysicalPageMask = 0x0000_FFFF_FFFF_F000;
    private const int VmidShift = 48;
    private const int ThreadPointerReadOnly = Aarch64Registers.ThreadPointer + 1;

    /// <summary>Says so and stops where the kernel was not entered at EL2 of a CPU that has the host extensions: Entry.S has gone to EL1 then.</summary>
    [RunsOnce]
    public static void Check(BootInfo* boot)
    {
        if (HypervisorInstructions.ReadCurrentLevel() != Level2)
        {
            Kernel<Aarch64Machine>.PrintString(boot, "\nPride kernel panic: this kernel is a hypervisor; it must be entered at EL2 of a CPU with the virtualisation host extensions (FEAT_VHE)\n"u8);
            Aarch64Machine.Halt();
        }
    }

    /// <summary>The CPU becomes <paramref name="to"/>'s.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SwitchTo(CoreState* core, Tcb* to)
    {
        if (to->Vcpu != null)
        {
            Enter(core, to, to->Vcpu);
            return;
        }

        Leave(core);
        Aarch64Instructions.WriteUserRoot(to->AddressSpace);
    }

    /// <summary>The guest that runs, if one does, is left; its registers stay in the CPU.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Leave(CoreState* core)
    {
        if (core->IsVcpuActive != 0)
        {
            Deactivate(core, core->LoadedVcpu);
        }
    }

    /// <summary>Stores <paramref name="vcpu"/>, which is not active, if it is loaded.</summary>
    public static void Unload(CoreState* core, Vcpu* vcpu)
    {
        if (core->LoadedVcpu == vcpu)
        {
            HypervisorInstructions.StoreRegisters(vcpu);
            VirtualInterface.Store(core->Boot, vcpu);
            core->LoadedVcpu = null;
        }
    }

    /// <summary>Makes an interrupt pending. False: the list register's is being served.</summary>
    public static bool TryInject(CoreState* core, Vcpu* vcpu, int index, VirtualInterrupt interrupt)
    {
        bool isLoaded = core->LoadedVcpu == vcpu;
        ulong old = isLoaded ? VirtualInterface.ReadListRegister(core->Boot, index) : vcpu->ListRegisters[index];
        if (VirtualInterface.IsActive(old))
        {
            return false;
        }

        ulong value = VirtualInterface.Compose(interrupt);
        if (isLoaded)
        {
            VirtualInterface.WriteListRegister(core->Boot, index, value);
        }
        else
        {
            vcpu->ListRegisters[index] = value;
        }

        return true;
    }

    /// <summary>A synchronous exception of a guest that is no hypervisor call.</summary>
    public static Tcb* Exception(CoreState* core, Tcb* tcb, ulong syndrome, ulong address)
    {
        switch ((uint)(syndrome >> 26))
        {
            case DataAbort:
            case InstructionAbort:
                return Abort(core, tcb, syndrome, address);
            case TrappedRegister when DebugRegisters.TryEmulate(tcb, syndrome):
                return tcb;
            default:
                return Kernel<Aarch64Machine>.VcpuFault(core, tcb, syndrome);
        }
    }

    /// <summary>The manager is told the guest-physical address. For want of a permission the CPU does not say it, so the guest's own tables are asked.</summary>
    private static Tcb* Abort(CoreState* core, Tcb* tcb, ulong syndrome, ulong address)
    {
        ulong page = HypervisorInstructions.ReadFaultPage() << 8;
        if ((syndrome & FaultKindMask) == PermissionFault && (syndrome & OnTableWalk) == 0)
        {
            page = HypervisorInstructions.Translate(address);
            if ((page & 1) != 0)
            {
                // Another of the guest's CPUs has changed them meanwhile: it tries again.
                return tcb;
            }
        }

        bool isInstruction = (uint)(syndrome >> 26) == InstructionAbort;
        return Kernel<Aarch64Machine>.MemoryFault(core, tcb, (page & PhysicalPageMask) | (address & PageMask), syndrome, isInstruction);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Enter(CoreState* core, Tcb* tcb, Vcpu* vcpu)
    {
        if (core->LoadedVcpu != vcpu)
        {
            Load(core, tcb, vcpu);
        }

        if (core->IsVcpuActive == 0)
        {
            Activate(core, tcb, vcpu);
        }
    }

    private static void Load(CoreState* core, Tcb* tcb, Vcpu* vcpu)
    {
        Vcpu* last = core->LoadedVcpu;
        if (last != null)
        {
            Leave(core);
            Unload(core, last);
        }

        HypervisorInstructions.LoadRegisters(vcpu);
        VirtualInterface.Load(core->Boot, vcpu);
        HypervisorInstructions.WriteGuestRoot(tcb->AddressSpace);
        if (core->LastGuest != tcb && core->LastGuest != null && core->LastGuest->AddressSpace >> VmidShift == tcb->AddressSpace >> VmidShift)
        {
            // Two CPUs of one guest may mean different memory by one address-space identifier.
            HypervisorInstructions.WriteConfiguration(ForGuests);
            HypervisorInstructions.ForgetGuestTranslations();
        }

        core->LoadedVcpu = vcpu;
        core->LastGuest = tcb;
    }

    private static void Activate(CoreState* core, Tcb* tcb, Vcpu* vcpu)
    {
        HypervisorInstructions.WriteConfiguration(ForGuests);
        VirtualInterface.Enable(core->Boot, vcpu);
        Aarch64Instructions.WriteThreadPointerReadOnly(tcb->Registers[ThreadPointerReadOnly]);
        MaskTimer(core, vcpu);
        HypervisorInstructions.WriteGuestTimerControl(vcpu->Registers[Pride.Abi.VcpuRegisters.CntvCtlEl0]);
        core->IsVcpuActive = 1;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Deactivate(CoreState* core, Vcpu* vcpu)
    {
        vcpu->Registers[Pride.Abi.VcpuRegisters.CntvCtlEl0] = HypervisorInstructions.ReadGuestTimerControl();
        HypervisorInstructions.WriteGuestTimerControl(0);
        VirtualInterface.Disable(core->Boot, vcpu);
        vcpu->Tcb->Registers[ThreadPointerReadOnly] = HypervisorInstructions.ReadThreadPointerReadOnly();
        Aarch64Instructions.WriteThreadPointerReadOnly(0);
        HypervisorInstructions.WriteConfiguration(ForUsers);
        core->IsVcpuActive = 0;
    }

    /// <summary>The line of the guests' timer is off as long as its manager has not acknowledged the last interrupt.</summary>
    public static void MaskTimer(CoreState* core, Vcpu* vcpu)
    {
        if (core->IsGuestTimerOff != vcpu->IsTimerMasked)
        {
            core->IsGuestTimerOff = (uint)vcpu->IsTimerMasked;
            Gic.SetPrivateLine(core, core->Boot, core->Boot->GuestTimerIrq, vcpu->IsTimerMasked == 0);
        }
    }
}
