// AArch64, as the portable kernel sees it: at EL1, or at EL2 when it is a hypervisor, where most names of EL1's registers are EL2's.
//
// At EL1 time is the virtual counter and the virtual timer (CNTV); the physical timer (CNTP) is left to a driver PD. At EL2 the virtual timer is the guests'; the kernel's is EL1's
// physical one, and what a PD calls CNTP is EL2's. Registers stand in the TCB as Vectors.S saves them.

using System.Runtime.CompilerServices;
using Pride.Abi;
using Pride.Kernel.AArch64.Guests;
using Pride.Kernel.Objects;
using Pride.Machine;

namespace Pride.Kernel.AArch64;

/// <summary>The AArch64 machine.</summary>
public readonly unsafe struct Aarch64Machine : IMachine
{
    /// <summary>CPACR_EL1.FPEN: no traps, and traps at EL0 only.</summary>
    private const ulong FpuForAll = 3UL << 20;
    private const ulong FpuForKernel = 1UL << 20;

    /// <summary>SPSR: N, Z, C, V are the user's; all else is 0: EL0t, AArch64, nothing masked.</summary>
    private const ulong UserFlags = 0xF000_0000;

    /// <summary>Of a guest: also TCO, DIT, UAO, PAN, SSBS, BTYPE and the interrupt masks, with EL0t, EL1t or EL1h. Never AArch32, a single step or an illegal state.</summary>
    private const ulong GuestFlags = UserFlags | 0x03C0_1FC0;
    private const ulong GuestModes = 0x1F;
    private const ulong El0t = 0;
    private const ulong El1t = 4;
    private const ulong El1h = 5;

    /// <summary>CNTKCTL_EL1: EL0 may read both counters (bits 0 and 1), always; the physical timer's registers (bit 9).</summary>
    private const ulong CountersForUsers = 3;
    private const ulong PhysicalTimerForUsers = 1 << 9;

    /// <summary>The same register at EL2: guests may read the physical counter (bit 10), and not touch the physical timer (bit 11).</summary>
    private const ulong CounterForGuests = 1 << 10;

    private const ulong KernelHalf = 0xFFFF_0000_0000_0000;
    private const ulong UserEnd = 1UL << 48;

    public static int BadgeRegister => 0;

    public static int InfoRegister => 1;

    public static int MessageRegister0 => 2;

    public static int ReplyRegister => 6;

    public static int NumberRegister => 7;

    public static int SendRegister => 8;

    public static int PcRegister => Aarch64Registers.Pc;

    public static ulong SystemCallBytes => 4;

    public static int ContextLength => UserContext.Length;

    public static int UnknownCallWords => UnknownSyscallMessage.Number;

    public static int ExceptionWords => UserExceptionMessage.Number;

    public static int TimeoutReplyWords => TimeoutMessage.ReplyLength;

    public static ulong CounterFrequency => Aarch64Instructions.ReadCounterFrequency();

    public static bool DevicesInterruptBootCore => Bcm2836.IsHere;

    public static bool ChecksInvariants => false;

    public static ulong FrameRecordDistance => 0;

    public static int ContextRegister(int index) => UserContext.Registers[index];

    /// <summary>x0 to x7, then program counter, stack pointer, link register, flags.</summary>
    public static int UnknownCallRegister(int word) => word switch
    {
        UnknownSyscallMessage.FaultPc => Aarch64Registers.Pc,
        UnknownSyscallMessage.Sp => Aarch64Registers.Sp,
        UnknownSyscallMessage.Lr => Aarch64Registers.X30,
        UnknownSyscallMessage.Spsr => Aarch64Registers.Spsr,
        _ => word,
    };

    public static int ExceptionRegister(int word) => ContextRegister(word);

    public static ulong Sanitise(Tcb* tcb, int register, ulong value)
    {
        if (register != Aarch64Registers.Spsr)
        {
            return value;
        }

        if (KernelBuild.IsHypervisor && tcb->Vcpu != null && (value & GuestModes) is El0t or El1t or El1h)
        {
            return value & (GuestFlags | GuestModes);
        }

        return value & UserFlags;
    }

    public static void* Pointer(ulong bits) => (void*)(bits | KernelHalf);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SwitchAddressSpace(CoreState* core, Tcb* to)
    {
        if (KernelBuild.IsHypervisor)
        {
            Hypervisor.SwitchTo(core, to);
        }
        else
        {
            Aarch64Instructions.WriteUserRoot(to->AddressSpace);
        }
    }

    public static bool TryReadUser(BootInfo* boot, Tcb* tcb, ulong address, out ulong value)
    {
        value = 0;
        if (KernelBuild.IsHypervisor && tcb->Vcpu != null)
        {
            return address < Aarch64SecondStage.AddressTop && PageWalk<Aarch64SecondStage>.TryRead(boot, Aarch64SecondStage.Address(tcb->AddressSpace), address, out value);
        }

        return address < UserEnd && PageWalk<Aarch64PageTable>.TryRead(boot, Aarch64PageTable.Address(tcb->AddressSpace), address, out value);
    }

    /// <summary>TPIDRRO_EL0 is not switched: nobody can write it, and it is 0 since boot.</summary>
    public static void SwitchThreadPointer(Tcb* from, Tcb* to)
    {
        from->Registers[Aarch64Registers.ThreadPointer] = Aarch64Instructions.ReadThreadPointer();
        Aarch64Instructions.WriteThreadPointer(to->Registers[Aarch64Registers.ThreadPointer]);
    }

    public static bool HasVcpus => KernelBuild.IsHypervisor;

    public static void LeaveGuest(CoreState* core) => Hypervisor.Leave(core);

    public static void UnloadVcpu(CoreState* core, Vcpu* vcpu) => Hypervisor.Unload(core, vcpu);

    public static uint ListRegisters(CoreState* core) => VirtualInterface.ListRegisters(core->Boot);

    public static bool TryInject(CoreState* core, Vcpu* vcpu, int index, VirtualInterrupt interrupt) => Hypervisor.TryInject(core, vcpu, index, interrupt);

    public static ulong TakeMaintenance(CoreState* core, Vcpu* vcpu) => VirtualInterface.TakeEnded(core->Boot);

    public static void MaskGuestTimer(CoreState* core, Vcpu* vcpu) => Hypervisor.MaskTimer(core, vcpu);

    public static void EnableFpu() => Aarch64Instructions.WriteFpuAccess(FpuForAll);

    public static void DisableFpu() => Aarch64Instructions.WriteFpuAccess(FpuForKernel);

    public static void SaveFpu(FpuState* state) => Aarch64Instructions.SaveFpu(state);

    public static void LoadFpu(FpuState* state) => Aarch64Instructions.LoadFpu(state);

    public static void OpenTimer(bool isOpen) =>
        Aarch64Instructions.WriteTimerAccess(CountersForUsers | (KernelBuild.IsHypervisor ? CounterForGuests : 0) | (isOpen ? PhysicalTimerForUsers : 0));

    public static ulong ReadCounter() => Aarch64Instructions.ReadCounter();

    public static void SetTimer(ulong deadline)
    {
        if (KernelBuild.IsHypervisor)
        {
            HypervisorInstructions.WriteTimerDeadline(deadline);
        }
        else
        {
            Aarch64Instructions.WriteTimerDeadline(deadline);
        }
    }

    public static uint ClaimInterrupt(CoreState* core) => Bcm2836.IsHere ? Bcm2836.Claim(core) : Gic.Claim(core->Boot);

    /// <summary>The BCM2836 has no running priority: other interrupts come in anyway.</summary>
    public static void DropPriority(CoreState* core, uint irq)
    {
        if (!Bcm2836.IsHere)
        {
            Gic.DropPriority(core->Boot, irq);
        }
    }

    public static void Deactivate(CoreState* core, uint irq)
    {
        if (Bcm2836.IsHere)
        {
            Bcm2836.Deactivate(core, irq);
        }
        else
        {
            Gic.Deactivate(core->Boot, irq);
        }
    }

    public static void Disable(CoreState* core, uint irq)
    {
        if (Bcm2836.IsHere)
        {
            Bcm2836.Disable(core, irq);
        }
        else
        {
            Gic.Disable(core, core->Boot, irq);
        }
    }

    public static void InterruptCore(CoreState* core, uint target)
    {
        if (Bcm2836.IsHere)
        {
            Bcm2836.InterruptCore(core->Boot, target);
        }
        else
        {
            Gic.InterruptCore(core->Boot, target);
        }
    }

    public static bool IsCoreInterrupt(CoreState* core, uint irq) => Bcm2836.IsHere ? Bcm2836.IsCoreInterrupt(irq) : Gic.IsCoreInterrupt(irq);

    public static void CallFirmware(BootInfo* boot, ulong* words) => Firmware.Call(boot, words);

    /// <summary>There are no ports, and no caps to any.</summary>
    public static uint ReadPort(uint port, int bytes) => 0;

    public static void WritePort(uint port, int bytes, uint value)
    {
    }

    public static bool WaitForInterrupt()
    {
        Aarch64Instructions.WaitForInterrupt();
        return true;
    }

    public static void PutChar(BootInfo* boot, byte value)
    {
        if (boot->ConsoleUart == 0)
        {
            return;
        }

        ConsoleRegisters* uart = &boot->ConsoleRegisters;
        if (uart->EnableValue != 0)
        {
            Mmio.Access.Store32((nuint)(boot->ConsoleUart + uart->Enable), uart->EnableValue);
        }

        LoopRounds rounds = default;
        for (int i = 0; i < LoopLimits.SerialPolls && (Mmio.Access.Load32((nuint)(boot->ConsoleUart + uart->Status)) & uart->BusyMask) == uart->BusyValue; i++)
        {
            PassLoop(LoopLimit.SerialPolls, ref rounds);
        }

        Mmio.Access.Store32((nuint)(boot->ConsoleUart + uart->Data), value);
    }

    /// <summary>A note for `pride bounds`, which takes no instruction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PassLoop(LoopLimit limit, ref LoopRounds rounds, [CallerLineNumber] int line = 0) => Aarch64Instructions.NoteLoop((int)limit, line);

    public static void Halt()
    {
        while (true)
        {
            Aarch64Instructions.WaitForInterrupt();
        }
    }
}
