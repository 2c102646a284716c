// RISC-V in supervisor mode over SBI, as the portable kernel sees it.
//
// Time is the time counter and, with Sstc, the hart's own compare register; else the firmware's timer. Registers stand in the TCB
// as Trap.S saves them: all of them, thread pointer included.

using System.Runtime.InteropServices;
using Pride.Abi;
using Pride.Kernel.Objects;

namespace Pride.Kernel.RiscV64;

/// <summary>The RISC-V machine.</summary>
public readonly unsafe struct RiscV64Machine : IMachine
{
    /// <summary>sstatus.FS: initial (the registers may be used), and the whole field.</summary>
    private const ulong FpuInitial = 1 << 13;
    private const ulong FpuField = 3 << 13;

    // Bits of sip and sie.
    private const ulong SoftwareInterrupt = 1 << 1;
    private const ulong TimerInterrupt = 1 << 5;
    private const ulong ExternalInterrupt = 1 << 9;

    private const ulong KernelHalf = 0xFFFF_0000_0000_0000;

    /// <summary>Sv39's lower half.</summary>
    private const ulong UserEnd = 1UL << 38;

    /// <summary>SBI_ERR_NOT_SUPPORTED: PDs do not call the firmware.</summary>
    private const long NotSupported = -2;

    /// <summary>What sie enables.</summary>
    internal static ulong HandledInterrupts => SoftwareInterrupt | TimerInterrupt | ExternalInterrupt;

    public static int BadgeRegister => RiscV64Registers.A0;

    public static int InfoRegister => RiscV64Registers.A1;

    public static int MessageRegister0 => RiscV64Registers.A2;

    public static int ReplyRegister => RiscV64Registers.A6;

    public static int NumberRegister => RiscV64Registers.A7;

    public static int SendRegister => RiscV64Registers.T0;

    public static int PcRegister => RiscV64Registers.Pc;

    public static ulong SystemCallBytes => 4;

    public static int ContextLength => RiscV64UserContext.Length;

    public static int UnknownCallWords => RiscV64UnknownSyscallMessage.Number;

    public static int ExceptionWords => RiscV64UserExceptionMessage.Number;

    public static int TimeoutReplyWords => RiscV64UserContext.Length;

    public static ulong CounterFrequency => Boot->CounterFrequency;

    public static bool DevicesInterruptBootCore => false;

    public static bool ChecksInvariants => false;

    public static ulong FrameRecordDistance => 16;

    private static BootInfo* Boot => (BootInfo*)(delegate*<void>)&BootInformation;

    public static int ContextRegister(int index) => RiscV64UserContext.Registers[index];

    /// <summary>Program counter, stack pointer, return address, then a0 to a6.</summary>
    public static int UnknownCallRegister(int word) => word switch
    {
        RiscV64UnknownSyscallMessage.FaultPc => RiscV64Registers.Pc,
        RiscV64UnknownSyscallMessage.Sp => RiscV64Registers.Sp,
        RiscV64UnknownSyscallMessage.Ra => RiscV64Registers.Ra,
        _ => RiscV64Registers.A0 + word - RiscV64UnknownSyscallMessage.A0,
    };

    public static int ExceptionRegister(int word) =>
        word == RiscV64UserExceptionMessage.FaultPc ? RiscV64Registers.Pc : RiscV64Registers.Sp;

    /// <summary>No register that travels has privileged bits.</summary>
    public static ulong Sanitise(Tcb* tcb, int register, ulong value) => value;

    public static void* Pointer(ulong bits) => (void*)(bits | KernelHalf);

    public static void SwitchAddressSpace(CoreState* core, Tcb* to) => RiscV64Instructions.WriteAddressSpace(to->AddressSpace);

    public static bool TryReadUser(BootInfo* boot, Tcb* tcb, ulong address, out ulong value)
    {
        value = 0;
        return address < UserEnd && PageWalk<Sv39PageTable>.TryRead(boot, Sv39PageTable.RootOf(tcb->AddressSpace), address, out value);
    }

    /// <summary>Trap.S has saved it.</summary>
    public static void SwitchThreadPointer(Tcb* from, Tcb* to)
    {
    }

    public static void EnableFpu() => RiscV64Instructions.SetStatus(FpuInitial);

    public static void DisableFpu() => RiscV64Instructions.ClearStatus(FpuField);

    public static void SaveFpu(FpuState* state) => RiscV64Instructions.SaveFpu(state);

    public static void LoadFpu(FpuState* state) => RiscV64Instructions.LoadFpu(state);

    /// <summary>There is no spare timer.</summary>
    public static void OpenTimer(bool isOpen)
    {
    }

    public static ulong ReadCounter() => RiscV64Instructions.ReadCounter();

    public static void SetTimer(ulong deadline)
    {
        if (KernelBuild.HasSupervisorTimer)
        {
            RiscV64Instructions.WriteTimerDeadline(deadline);
        }
        else
        {
            Sbi.SetTimer(deadline);
        }
    }

    public static uint ClaimInterrupt(CoreState* core)
    {
        ulong pending = RiscV64Instructions.ReadPending();
        if ((pending & ExternalInterrupt) != 0)
        {
            // 0: another hart was faster, or it has gone.
            uint irq = Plic.Claim(core);
            if (irq != 0)
            {
                return irq;
            }
        }

        if ((pending & SoftwareInterrupt) != 0)
        {
            // Cleared before the inbox is emptied: what comes after is seen by the next interrupt. Writing a CSR counts as output to a device, which memory
            // accesses may overtake (RISC-V unprivileged ISA, "CSR Access Ordering").
            RiscV64Instructions.ClearPending(SoftwareInterrupt);
            RiscV64Instructions.PublishWrites();
            return SupervisorInterrupts.Software;
        }

        return (pending & TimerInterrupt) != 0 ? SupervisorInterrupts.Timer : MachineConstants.NoInterrupt;
    }

    /// <summary>The PLIC has no running priority: other sources come in anyway.</summary>
    public static void DropPriority(CoreState* core, uint irq)
    {
    }

    public static void Deactivate(CoreState* core, uint irq)
    {
        if (irq < SupervisorInterrupts.Base)
        {
            Plic.Complete(core, irq);
        }
    }

    /// <summary>Completed first, since the PLIC forgets a completion of what is off.</summary>
    public static void Disable(CoreState* core, uint irq)
    {
        if (irq < SupervisorInterrupts.Base)
        {
            Plic.Complete(core, irq);
            Plic.Disable(core, irq);
        }
    }

    public static void InterruptCore(CoreState* core, uint target)
    {
        RiscV64Instructions.PublishWrites();
        Sbi.Interrupt(core->Boot->Cores[target].HardwareId);
    }

    public static bool IsCoreInterrupt(CoreState* core, uint irq) => irq == SupervisorInterrupts.Software;

    public static void CallFirmware(BootInfo* boot, ulong* words) => words[0] = unchecked((ulong)NotSupported);

    /// <summary>There are no ports, and no caps to any.</summary>
    public static uint ReadPort(uint port, int bytes) => 0;

    public static void WritePort(uint port, int bytes, uint value)
    {
    }

    public static bool WaitForInterrupt()
    {
        RiscV64Instructions.WaitForInterrupt();
        return true;
    }

    public static void PutChar(BootInfo* boot, byte value) => Sbi.PutChar(value);

    /// <summary>`pride bounds` reads kernels for AArch64 only.</summary>
    public static void PassLoop(LoopLimit limit, ref LoopRounds rounds, int line = 0)
    {
    }

    public static void Halt()
    {
        RiscV64Instructions.WriteEnabled(0);
        while (true)
        {
            RiscV64Instructions.WaitForInterrupt();
        }
    }

    // The page in Entry.S.
    [DllImport("*", EntryPoint = "pride_boot_info")]
    private static extern void BootInformation();
}
