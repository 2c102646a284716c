// AArch64 at EL1, as the portable kernel sees it.
//
// Time is the virtual counter and the virtual timer (CNTV); the physical timer (CNTP) is left to a driver PD. Registers
// stand in the TCB as Vectors.S saves them.

using System.Runtime.CompilerServices;
using Pride.Abi;
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

    /// <summary>CNTKCTL_EL1: EL0 may read both counters (bits 0 and 1), always; the physical timer's registers (bit 9).</summary>
    private const ulong CountersForUsers = 3;
    private const ulong PhysicalTimerForUsers = 1 << 9;

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

    public static ulong Sanitise(int register, ulong value) => register == Aarch64Registers.Spsr ? value & UserFlags : value;

    public static void* Pointer(ulong bits) => (void*)(bits | KernelHalf);

    public static void SwitchAddressSpace(ulong addressSpace) => Aarch64Instructions.WriteUserRoot(addressSpace);

    public static bool TryReadUser(BootInfo* boot, Tcb* tcb, ulong address, out ulong value)
    {
        value = 0;
        return address < UserEnd && PageWalk<Aarch64PageTable>.TryRead(boot, Aarch64PageTable.Address(tcb->AddressSpace), address, out value);
    }

    /// <summary>TPIDRRO_EL0 is not switched: nobody can write it, and it is 0 since boot.</summary>
    public static void SwitchThreadPointer(Tcb* from, Tcb* to)
    {
        from->Registers[Aarch64Registers.ThreadPointer] = Aarch64Instructions.ReadThreadPointer();
        Aarch64Instructions.WriteThreadPointer(to->Registers[Aarch64Registers.ThreadPointer]);
    }

    public static void EnableFpu() => Aarch64Instructions.WriteFpuAccess(FpuForAll);

    public static void DisableFpu() => Aarch64Instructions.WriteFpuAccess(FpuForKernel);

    public static void SaveFpu(FpuState* state) => Aarch64Instructions.SaveFpu(state);

    public static void LoadFpu(FpuState* state) => Aarch64Instructions.LoadFpu(state);

    public static void OpenTimer(bool isOpen) =>
        Aarch64Instructions.WriteTimerAccess(CountersForUsers | (isOpen ? PhysicalTimerForUsers : 0));

    public static ulong ReadCounter() => Aarch64Instructions.ReadCounter();

    public static void SetTimer(ulong deadline) => Aarch64Instructions.WriteTimerDeadline(deadline);

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
