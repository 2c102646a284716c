// The virtual interrupt controller that a guest sees, from the hypervisor's side: list registers hold the interrupts that are pending for the guest or served
// by it. GICv2 (GICH, IHI 0048B, 5.3) has memory-mapped registers, GICv3 (ICH, IHI 0069, 12.4) system registers; each has its own format of list registers.

using Pride.Kernel.Objects;
using Pride.Machine;

namespace Pride.Kernel.AArch64.Guests;

/// <summary>The virtual interface of this core.</summary>
internal static unsafe class VirtualInterface
{
    // GICH.
    private const ulong Control = 0x00;
    private const ulong Type = 0x04;
    private const ulong State = 0x08;
    private const ulong Ended = 0x20;
    private const ulong ActivePriorities = 0xF0;
    private const ulong FirstListRegister = 0x100;

    /// <summary>GICH_VTR and ICH_VTR_EL2: list registers less one.</summary>
    private const ulong TypeCountMask = 0x1f;

    // A list register: two bits of state (1 pending, 2 active), group, priority, "tell when it is ended", interrupt.
    private const int StateShift2 = 28;
    private const int GroupShift2 = 30;
    private const int PriorityShift2 = 23;
    private const int TellShift2 = 19;
    private const int StateShift3 = 62;
    private const int GroupShift3 = 60;
    private const int PriorityShift3 = 48;
    private const int TellShift3 = 41;
    private const ulong Pending = 1;
    private const ulong Active = 2;

    private static bool IsVersion3 => KernelBuild.InterruptController == InterruptController.Gic3;

    private static int StateShift => IsVersion3 ? StateShift3 : StateShift2;

    private static int TellShift => IsVersion3 ? TellShift3 : TellShift2;

    /// <summary>How many list registers this kernel uses.</summary>
    public static uint ListRegisters(BootInfo* boot)
    {
        ulong type = IsVersion3 ? HypervisorInstructions.ReadInterfaceType() : Read(boot, Type);
        uint count = (uint)(type & TypeCountMask) + 1;
        return count < Vcpu.MaximumListRegisters ? count : Vcpu.MaximumListRegisters;
    }

    /// <summary>The guest gets its interrupts.</summary>
    public static void Enable(BootInfo* boot, Vcpu* vcpu) => WriteControl(boot, vcpu->InterfaceControl);

    /// <summary>Nobody gets interrupts, nor does the kernel hear of any that ended.</summary>
    public static void Disable(BootInfo* boot, Vcpu* vcpu)
    {
        vcpu->InterfaceControl = IsVersion3 ? HypervisorInstructions.ReadInterfaceControl() : Read(boot, Control);
        WriteControl(boot, 0);
    }

    /// <summary>Puts the state of the interface, which is disabled, into <paramref name="vcpu"/>.</summary>
    public static void Store(BootInfo* boot, Vcpu* vcpu)
    {
        vcpu->InterfaceState = IsVersion3 ? HypervisorInstructions.ReadInterfaceState() : Read(boot, State);
        vcpu->ActivePriorities = IsVersion3 ? HypervisorInstructions.ReadActivePriorities() : Read(boot, ActivePriorities);
        uint count = ListRegisters(boot);
        LoopRounds rounds = default;
        for (int i = 0; i < (int)count; i++)
        {
            Aarch64Machine.PassLoop(LoopLimit.ListRegisters, ref rounds);
            vcpu->ListRegisters[i] = ReadListRegister(boot, i);
        }
    }

    public static void Load(BootInfo* boot, Vcpu* vcpu)
    {
        if (IsVersion3)
        {
            HypervisorInstructions.WriteInterfaceState(vcpu->InterfaceState);
            HypervisorInstructions.WriteActivePriorities(vcpu->ActivePriorities);
        }
        else
        {
            Write(boot, State, vcpu->InterfaceState);
            Write(boot, ActivePriorities, vcpu->ActivePriorities);
        }

        uint count = ListRegisters(boot);
        LoopRounds rounds = default;
        for (int i = 0; i < (int)count; i++)
        {
            Aarch64Machine.PassLoop(LoopLimit.ListRegisters, ref rounds);
            WriteListRegister(boot, i, vcpu->ListRegisters[i]);
        }
    }

    /// <summary>A list register with <paramref name="interrupt"/> pending, whose end the kernel is told.</summary>
    public static ulong Compose(VirtualInterrupt interrupt) => IsVersion3
        ? interrupt.Id | (1UL << TellShift3) | ((ulong)interrupt.Priority << PriorityShift3) | ((ulong)interrupt.Group << GroupShift3) | (Pending << StateShift3)
        : interrupt.Id | (1UL << TellShift2) | ((ulong)interrupt.Priority << PriorityShift2) | ((ulong)interrupt.Group << GroupShift2) | (Pending << StateShift2);

    /// <summary>True: the guest serves the interrupt in this list register.</summary>
    public static bool IsActive(ulong listRegister) => ((listRegister >> StateShift) & Active) != 0;

    /// <summary>The first list register whose interrupt the guest has ended, which is then known; all ones: none.</summary>
    public static ulong TakeEnded(BootInfo* boot)
    {
        ulong ended = IsVersion3 ? HypervisorInstructions.ReadEnded() : Read(boot, Ended);
        int index = System.Numerics.BitOperations.TrailingZeroCount(ended);
        if (index >= Vcpu.MaximumListRegisters)
        {
            return ulong.MaxValue;
        }

        WriteListRegister(boot, index, ReadListRegister(boot, index) & ~(1UL << TellShift));
        return (ulong)index;
    }

    public static ulong ReadListRegister(BootInfo* boot, int index)
    {
        if (!IsVersion3)
        {
            return Read(boot, FirstListRegister + ((ulong)index * sizeof(uint)));
        }

        return index switch
        {
            0 => HypervisorInstructions.ReadListRegister0(),
            1 => HypervisorInstructions.ReadListRegister1(),
            2 => HypervisorInstructions.ReadListRegister2(),
            _ => HypervisorInstructions.ReadListRegister3(),
        };
    }

    public static void WriteListRegister(BootInfo* boot, int index, ulong value)
    {
        if (!IsVersion3)
        {
            Write(boot, FirstListRegister + ((ulong)index * sizeof(uint)), value);
            return;
        }

        switch (index)
        {
            case 0:
                HypervisorInstructions.WriteListRegister0(value);
                break;
            case 1:
                HypervisorInstructions.WriteListRegister1(value);
                break;
            case 2:
                HypervisorInstructions.WriteListRegister2(value);
                break;
            default:
                HypervisorInstructions.WriteListRegister3(value);
                break;
        }
    }

    private static void WriteControl(BootInfo* boot, ulong value)
    {
        if (IsVersion3)
        {
            HypervisorInstructions.WriteInterfaceControl(value);
        }
        else
        {
            Write(boot, Control, value);
        }
    }

    private static ulong Read(BootInfo* boot, ulong offset) => Mmio.Access.Load32((nuint)(boot->VirtualInterfaceRegisters + offset));

    private static void Write(BootInfo* boot, ulong offset, ulong value) => Mmio.Access.Store32((nuint)(boot->VirtualInterfaceRegisters + offset), (uint)value);
}
