// Where Entry.S and Vectors.S call C#.

using System.Runtime.InteropServices;
using System.Threading;
using Pride.Kernel.AArch64.Guests;
using Pride.Kernel.Firmware;
using Pride.Kernel.Objects;
using Pride.Machine;
using Architecture = Pride.Machine.Architecture;

namespace Pride.Kernel.AArch64;

/// <summary>The kernel's entry points on AArch64. Each returns the thread to run.</summary>
[ForArchitecture(Architecture.AArch64)]
public static unsafe class Aarch64Kernel
{
    // ESR_EL1.EC (Arm ARM DDI 0487, D17.2.37).
    private const uint InstructionAbort = 0x20;
    private const uint DataAbort = 0x24;

    /// <summary>Called once on the boot core, before memory is zeroed. <paramref name="tree"/>: where the boot loader says that a device tree is.</summary>
    [RunsOnce]
    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_check")]
    public static void Check(CoreState* core, BootInfo* boot, ulong tree)
    {
        core->Boot = boot;
        if (KernelBuild.IsHypervisor)
        {
            Hypervisor.Check(boot);
        }

        TreePlatform.Check<Aarch64Machine>(boot, tree);
    }

    /// <summary>Called once, with the MMU on, on the boot core's stack. Starts the other cores that have threads.</summary>
    [RunsOnce]
    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_start")]
    public static Tcb* Start(CoreState* core, BootInfo* boot)
    {
        core->Boot = boot;
        if (Bcm2836.IsHere)
        {
            Bcm2836.Initialise(boot);
        }
        else
        {
            Gic.InitialiseDistributor(boot);
        }

        Cores.StartOthers(boot);
        return StartCore(core, boot);
    }

    /// <summary>Called once on every other core.</summary>
    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_start_other")]
    public static Tcb* StartOther(CoreState* core, BootInfo* boot)
    {
        Volatile.Write(ref core->HasStarted, 1);
        return StartCore(core, boot);
    }

    [RunsOnce]
    private static Tcb* StartCore(CoreState* core, BootInfo* boot)
    {
        core->Boot = boot;
        Aarch64Instructions.WriteUserRoot(boot->EmptyRoot);
        Aarch64Instructions.WriteThreadPointer(0);
        Aarch64Instructions.WriteThreadPointerReadOnly(0);
        Aarch64Machine.SetTimer(ulong.MaxValue);
        if (KernelBuild.IsHypervisor)
        {
            HypervisorInstructions.WriteTimerControl(1);
        }
        else
        {
            Aarch64Instructions.WriteTimerControl(1);
        }

        if (Bcm2836.IsHere)
        {
            Bcm2836.InitialiseCore(core, boot);
        }
        else
        {
            Gic.InitialiseCore(core, boot);
        }

        Aarch64Instructions.Synchronise();
        return Kernel<Aarch64Machine>.Start(core, boot);
    }

    /// <summary>The short way of Call; all registers are saved. 0: take the long way.</summary>
    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_fast_call")]
    public static Tcb* FastCall(CoreState* core, Tcb* tcb, ulong word0, ulong word1, ulong word2, ulong word3) =>
        Kernel<Aarch64Machine>.FastCall(core, tcb, new MessageWords(word0, word1, word2, word3));

    /// <summary>The short way of ReplyRecv; all registers are saved. 0: take the long way.</summary>
    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_fast_reply_receive")]
    public static Tcb* FastReplyReceive(CoreState* core, Tcb* tcb, ulong word0, ulong word1, ulong word2, ulong word3, ulong reply) =>
        Kernel<Aarch64Machine>.FastReplyReceive(core, tcb, new MessageWords(word0, word1, word2, word3), reply);

    /// <summary>The short way of Send; only x0-x19 and x30 are saved. 0: take the long way.</summary>
    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_fast_send")]
    public static Tcb* FastSend(CoreState* core, Tcb* tcb, ulong pointer) => Kernel<Aarch64Machine>.FastSend(core, tcb, pointer, true);

    /// <summary>The short way of Recv; only x0-x19 and x30 are saved. 0: take the long way.</summary>
    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_fast_receive")]
    public static Tcb* FastReceive(CoreState* core, Tcb* tcb) => Kernel<Aarch64Machine>.FastReceive(core, tcb);

    /// <summary>The short way of other calls; only x0-x19 and x30 are saved. 0: take the long way.</summary>
    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_fast_other")]
    public static Tcb* FastOther(CoreState* core, Tcb* tcb, long number) => Kernel<Aarch64Machine>.FastOtherSystemCall(core, tcb, number);

    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_system_call")]
    public static Tcb* SystemCall(CoreState* core, Tcb* tcb) => Kernel<Aarch64Machine>.SystemCall(core, tcb);

    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_interrupt")]
    public static Tcb* Interrupt(CoreState* core, Tcb* tcb) => Kernel<Aarch64Machine>.Interrupt(core);

    /// <summary>A synchronous exception at EL0 that is no system call.</summary>
    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_exception")]
    public static Tcb* Exception(CoreState* core, Tcb* tcb, ulong syndrome, ulong address)
    {
        if (KernelBuild.IsHypervisor && tcb->Vcpu != null)
        {
            return Hypervisor.Exception(core, tcb, syndrome, address);
        }

        return (uint)(syndrome >> 26) switch
        {
            DataAbort => Kernel<Aarch64Machine>.MemoryFault(core, tcb, address, syndrome, false),
            InstructionAbort => Kernel<Aarch64Machine>.MemoryFault(core, tcb, address, syndrome, true),
            _ => Kernel<Aarch64Machine>.UserException(core, tcb, syndrome, 0),
        };
    }

    /// <summary>The kernel itself faulted.</summary>
    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_fault")]
    public static void Fault(CoreState* core, ulong syndrome, ulong address, ulong pc, ulong framePointer, ulong stackPointer) =>
        Kernel<Aarch64Machine>.CrashOnFault(core, syndrome, address, pc, framePointer, stackPointer);

    /// <summary>A check that the compiler puts into C# has failed.</summary>
    [UnmanagedCallersOnly(EntryPoint = "pride_panic")]
    public static void Panic(int reason) => Kernel<Aarch64Machine>.CrashOnCheck(
        (CoreState*)(KernelBuild.IsHypervisor ? HypervisorInstructions.ReadCorePointer() : Aarch64Instructions.ReadCorePointer()), reason, Aarch64Instructions.ReadFramePointer());
}
