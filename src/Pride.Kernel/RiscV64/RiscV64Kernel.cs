// Where Entry.S and Trap.S call C#.

using System.Runtime.InteropServices;
using Pride.Abi;
using Pride.Kernel.Firmware;
using Pride.Kernel.Objects;
using Pride.Machine;
using Architecture = Pride.Machine.Architecture;

namespace Pride.Kernel.RiscV64;

/// <summary>The kernel's entry points on RISC-V. Each returns the thread to run.</summary>
[ForArchitecture(Architecture.RiscV64)]
public static unsafe class RiscV64Kernel
{
    // sstatus and sie (RISC-V privileged architecture, "Supervisor Status Register", "Supervisor Interrupt Registers").
    private const ulong InterruptsEnabledBefore = 1 << 5;
    private const ulong InterruptsEnabled = 1 << 1;
    private const ulong FromSupervisor = 1 << 8;
    private const ulong FloatingPoint = 3 << 13;
    private const ulong SupervisorReachesUserMemory = 1 << 18;
    private const ulong ExecutableIsReadable = 1 << 19;

    /// <summary>scounteren: user mode may read the time.</summary>
    private const ulong TimeCounter = 1 << 1;

    /// <summary>satp: the address space identifier, as wide as a hart may have it.</summary>
    private const ulong AsidField = 0xFFFFUL << 44;

    /// <summary>Called once on the boot core, before memory is zeroed. <paramref name="tree"/>: where the boot loader says that a device tree is.</summary>
    [RunsOnce]
    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_check")]
    public static void Check(CoreState* core, BootInfo* boot, ulong tree)
    {
        core->Boot = boot;
        TreePlatform.Check<RiscV64Machine>(boot, tree);
    }

    /// <summary>Called once, with the MMU on, on the boot core's stack. Starts the other cores that have threads.</summary>
    /// <param name="core">The boot core's state.</param>
    /// <param name="boot">The boot information.</param>
    /// <param name="hart">Which hart this is.</param>
    /// <param name="entryTime">The counter at the kernel's first instruction: what came before is the firmware's.</param>
    [RunsOnce]
    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_start")]
    public static Tcb* Start(CoreState* core, BootInfo* boot, ulong hart, ulong entryTime)
    {
        Harts.Name(boot, hart);
        Harts.StartOthers(boot);
        Tcb* first = StartCore(core, boot);
        boot->Statistics->BootCounter = entryTime;
        return first;
    }

    /// <summary>Called once on every other core.</summary>
    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_start_other")]
    public static Tcb* StartOther(CoreState* core, BootInfo* boot) => StartCore(core, boot);

    [RunsOnce]
    private static Tcb* StartCore(CoreState* core, BootInfo* boot)
    {
        core->Boot = boot;
        CheckAddressSpaces(boot);

        // Set once: a trap from user mode and the return to it leave these bits as they are.
        RiscV64Instructions.ClearStatus(InterruptsEnabled | FromSupervisor | FloatingPoint | SupervisorReachesUserMemory | ExecutableIsReadable);
        RiscV64Instructions.SetStatus(InterruptsEnabledBefore);
        RiscV64Instructions.WriteCounterAccess(TimeCounter);
        RiscV64Machine.SetTimer(ulong.MaxValue);
        Plic.InitialiseCore(core, boot);
        RiscV64Instructions.WriteEnabled(RiscV64Machine.HandledInterrupts);
        return Kernel<RiscV64Machine>.Start(core, boot);
    }

    /// <summary>Without an identifier for each PD the TLB would give one PD the memory of another.</summary>
    private static void CheckAddressSpaces(BootInfo* boot)
    {
        ulong satp = RiscV64Instructions.ReadAddressSpace();
        RiscV64Instructions.WriteAddressSpace(satp | AsidField);
        ulong identifiers = (RiscV64Instructions.ReadAddressSpace() & AsidField) >> 44;
        RiscV64Instructions.WriteAddressSpace(satp);
        RiscV64Instructions.ForgetTranslations();
        if (identifiers < boot->TcbCount)
        {
            Kernel<RiscV64Machine>.Panic(boot, "this hart has fewer address space identifiers than the image has PDs"u8);
        }
    }

    /// <summary>The short way of Call; all registers are saved. 0: take the long way.</summary>
    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_fast_call")]
    public static Tcb* FastCall(CoreState* core, Tcb* tcb, ulong word0, ulong word1, ulong word2, ulong word3) =>
        Kernel<RiscV64Machine>.FastCall(core, tcb, new MessageWords(word0, word1, word2, word3));

    /// <summary>The short way of ReplyRecv; all registers are saved. 0: take the long way.</summary>
    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_fast_reply_receive")]
    public static Tcb* FastReplyReceive(CoreState* core, Tcb* tcb, ulong word0, ulong word1, ulong word2, ulong word3, ulong reply) =>
        Kernel<RiscV64Machine>.FastReplyReceive(core, tcb, new MessageWords(word0, word1, word2, word3), reply);

    /// <summary>The short way of Send; only what C# may change is saved. 0: take the long way.</summary>
    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_fast_send")]
    public static Tcb* FastSend(CoreState* core, Tcb* tcb, ulong pointer) => Kernel<RiscV64Machine>.FastSend(core, tcb, pointer, true);

    /// <summary>The short way of Recv; only what C# may change is saved. 0: take the long way.</summary>
    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_fast_receive")]
    public static Tcb* FastReceive(CoreState* core, Tcb* tcb) => Kernel<RiscV64Machine>.FastReceive(core, tcb);

    /// <summary>The short way of the calls without one of their own; only what C# may change is saved. 0: take the long way.</summary>
    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_fast_other")]
    public static Tcb* FastOther(CoreState* core, Tcb* tcb, long number) => Kernel<RiscV64Machine>.FastOtherSystemCall(core, tcb, number);

    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_system_call")]
    public static Tcb* SystemCall(CoreState* core, Tcb* tcb) => Kernel<RiscV64Machine>.SystemCall(core, tcb);

    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_interrupt")]
    public static Tcb* Interrupt(CoreState* core, Tcb* tcb) => Kernel<RiscV64Machine>.Interrupt(core);

    /// <summary>An exception in user mode that is no system call. Memory faults of either kind (page, physical) say what was tried, as in seL4.</summary>
    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_exception")]
    public static Tcb* Exception(CoreState* core, Tcb* tcb, ulong cause, ulong address) => cause switch
    {
        RiscV64Causes.LoadPageFault or RiscV64Causes.LoadAccessFault =>
            Kernel<RiscV64Machine>.MemoryFault(core, tcb, address, RiscV64Causes.LoadAccessFault, false),
        RiscV64Causes.StorePageFault or RiscV64Causes.StoreAccessFault =>
            Kernel<RiscV64Machine>.MemoryFault(core, tcb, address, RiscV64Causes.StoreAccessFault, false),
        RiscV64Causes.InstructionPageFault or RiscV64Causes.InstructionAccessFault =>
            Kernel<RiscV64Machine>.MemoryFault(core, tcb, address, RiscV64Causes.InstructionAccessFault, true),
        _ => Kernel<RiscV64Machine>.UserException(core, tcb, cause, 0),
    };

    /// <summary>The kernel itself faulted.</summary>
    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_fault")]
    public static void Fault(CoreState* core, ulong cause, ulong address, ulong pc, ulong framePointer, ulong stackPointer) =>
        Kernel<RiscV64Machine>.CrashOnFault(core, cause, address, pc, framePointer, stackPointer);

    /// <summary>A check that the compiler puts into C# has failed.</summary>
    [UnmanagedCallersOnly(EntryPoint = "pride_panic")]
    public static void Panic(int reason) => Kernel<RiscV64Machine>.CrashOnCheck(
        (CoreState*)RiscV64Instructions.ReadCorePointer(), reason, RiscV64Instructions.ReadFramePointer());
}
