// x86-64, as the portable kernel sees it.
//
// Time is the time-stamp counter and the local APIC's timer, whose frequencies boot has measured. Registers stand in the TCB as Trap.S saves them.

using System.Runtime.InteropServices;
using Pride.Abi;
using Pride.Kernel.Objects;

namespace Pride.Kernel.X64;

/// <summary>The x86-64 machine.</summary>
public readonly unsafe struct X64Machine : IMachine
{
    private const ulong KernelHalf = 0xFFFF_0000_0000_0000;

    /// <summary>Canonical addresses of the lower half; what a user may name as program counter, or the base of a segment.</summary>
    private const ulong UserEnd = 1UL << 47;

    /// <summary>Flags that are a user's: arithmetic and direction. Interrupts are on and bit 1 is set, always.</summary>
    private const ulong UserFlags = 0xCD5;
    private const ulong FixedFlags = 0x202;

    /// <summary>The timer's deadline is at most so many counter ticks ahead; a deadline beyond it is set again then. The product with the ratio must fit.</summary>
    private const ulong LongestWait = 1UL << 31;

    public static int BadgeRegister => X64Registers.Rdi;

    public static int InfoRegister => X64Registers.Rsi;

    public static int MessageRegister0 => X64Registers.R10;

    public static int ReplyRegister => X64Registers.R12;

    public static int NumberRegister => X64Registers.Rdx;

    public static int SendRegister => X64Registers.R13;

    public static int PcRegister => X64Registers.Rip;

    public static ulong SystemCallBytes => 2;

    public static int ContextLength => X64UserContext.Length;

    public static int UnknownCallWords => X64UnknownSyscallMessage.Number;

    public static int ExceptionWords => X64UserExceptionMessage.Number;

    public static int TimeoutReplyWords => X64UserContext.TimeoutReplyLength;

    public static ulong CounterFrequency => Boot->Cores->CounterFrequency;

    public static bool DevicesInterruptBootCore => false;

    public static bool ChecksInvariants => false;

    public static ulong FrameRecordDistance => 0;

    private static BootInfo* Boot => (BootInfo*)(delegate*<void>)&BootInformation;

    public static int ContextRegister(int index) => X64Registers.InContext[index];

    /// <summary>rax to r15 as in a context, then program counter, stack pointer, flags.</summary>
    public static int UnknownCallRegister(int word) => ContextRegister(
        word < X64UnknownSyscallMessage.FaultPc ? X64UserContext.Rax + word : X64UserContext.Rip + word - X64UnknownSyscallMessage.FaultPc);

    public static int ExceptionRegister(int word) => ContextRegister(word);

    /// <summary>A program counter or base that is not canonical would fault in the kernel: as in seL4 it becomes 0.</summary>
    public static ulong Sanitise(Tcb* tcb, int register, ulong value) => register switch
    {
        X64Registers.Flags => (value & UserFlags) | FixedFlags,
        X64Registers.Rip or X64Registers.FsBase or X64Registers.GsBase => value < UserEnd ? value : 0,
        _ => value,
    };

    public static void* Pointer(ulong bits) => (void*)(bits | KernelHalf);

    public static void SwitchAddressSpace(CoreState* core, Tcb* to) => X64Instructions.WriteRoot(to->AddressSpace);

    public static bool TryReadUser(BootInfo* boot, Tcb* tcb, ulong address, out ulong value)
    {
        value = 0;
        return address < UserEnd && PageWalk<X64PageTable>.TryRead(boot, X64PageTable.Address(tcb->AddressSpace), address, out value);
    }

    /// <summary>
    /// Segment bases. PDs cannot write them but to 0, by loading a selector; so when both threads' are 0 there is nothing to do.
    /// </summary>
    public static void SwitchThreadPointer(Tcb* from, Tcb* to)
    {
        if ((from->Registers[X64Registers.FsBase] | to->Registers[X64Registers.FsBase]) != 0)
        {
            X64Instructions.WriteModelRegister(X64Core.FsBase, to->Registers[X64Registers.FsBase]);
        }

        if ((from->Registers[X64Registers.GsBase] | to->Registers[X64Registers.GsBase]) != 0)
        {
            X64Instructions.WriteModelRegister(X64Core.UserGsBase, to->Registers[X64Registers.GsBase]);
        }
    }

    public static void EnableFpu() => X64Instructions.ClearTaskSwitched();

    public static void DisableFpu() => X64Instructions.WriteControl0(X64Core.Control0 | X64Core.TaskSwitched);

    public static void SaveFpu(FpuState* state) => X64Instructions.SaveFpu(state);

    public static void LoadFpu(FpuState* state) => X64Instructions.LoadFpu(state);

    /// <summary>There is no spare timer.</summary>
    public static void OpenTimer(bool isOpen)
    {
    }

    public static ulong ReadCounter() => X64Instructions.ReadCounter();

    public static void SetTimer(ulong deadline)
    {
        CoreState* core = (CoreState*)X64Instructions.ReadCorePointer();
        ulong now = X64Instructions.ReadCounter();
        ulong ahead = deadline > now ? deadline - now : 0;
        ahead = ahead < LongestWait ? ahead : LongestWait;

        // One more: late by a tick rather than early, and never 0, which would stop the timer.
        LocalApic.SetTimer(core, (uint)((ahead * core->TimerRatio) >> 32) + 1);
    }

    public static uint ClaimInterrupt(CoreState* core)
    {
        ulong vector = core->PendingVector;
        core->PendingVector = 0;
        if (vector == X64Interrupts.IommuVector)
        {
            Iommu.TakeRefusals(core->Boot);
            LocalApic.Complete(core);
            return MachineConstants.NoInterrupt;
        }

        return vector is 0 or X64Interrupts.SpuriousVector ? MachineConstants.NoInterrupt : (uint)vector - X64Interrupts.FirstVector;
    }

    public static void DropPriority(CoreState* core, uint irq)
    {
        if (IoApic.IsLevel(core->Boot, irq))
        {
            IoApic.Mask(core->Boot, irq);
        }

        LocalApic.Complete(core);
    }

    public static void Deactivate(CoreState* core, uint irq)
    {
        if (IoApic.IsLevel(core->Boot, irq) && core->Boot->Irqs[irq].Notification != null)
        {
            IoApic.Unmask(core->Boot, irq);
        }
    }

    /// <summary>Boot has left every pin masked that nobody handles; a level line is masked since it was claimed.</summary>
    public static void Disable(CoreState* core, uint irq)
    {
    }

    public static void InterruptCore(CoreState* core, uint target) => LocalApic.Interrupt(core, target);

    public static bool IsCoreInterrupt(CoreState* core, uint irq) => irq == X64Interrupts.Core;

    /// <summary>There is none that PDs could call: the words say "not supported" as Arm's would.</summary>
    public static void CallFirmware(BootInfo* boot, ulong* words) => words[0] = ulong.MaxValue;

    public static uint ReadPort(uint port, int bytes) => bytes switch
    {
        1 => X64Instructions.ReadPort8(port),
        2 => X64Instructions.ReadPort16(port),
        _ => X64Instructions.ReadPort32(port),
    };

    public static void WritePort(uint port, int bytes, uint value)
    {
        switch (bytes)
        {
            case 1:
                X64Instructions.WritePort8(port, value);
                break;
            case 2:
                X64Instructions.WritePort16(port, value);
                break;
            default:
                X64Instructions.WritePort32(port, value);
                break;
        }
    }

    public static bool WaitForInterrupt()
    {
        X64Instructions.WaitForInterrupt();
        return true;
    }

    public static void PutChar(BootInfo* boot, byte value) => EarlyConsole.PutChar(boot, value);

    /// <summary>`pride bounds` reads kernels for AArch64 only.</summary>
    public static void PassLoop(LoopLimit limit, ref LoopRounds rounds, int line = 0)
    {
    }

    public static void Halt()
    {
        while (true)
        {
            X64Instructions.Stop();
        }
    }

    // The page in Entry.S.
    [DllImport("*", EntryPoint = "pride_boot_info")]
    private static extern void BootInformation();
}
