// Where Entry.S and Trap.S call C#.

using System.Runtime.InteropServices;
using System.Threading;
using Pride.Abi;
using Pride.Kernel.Objects;
using Pride.Kernel.X64.Firmware;
using Pride.Machine;
using Architecture = Pride.Machine.Architecture;

namespace Pride.Kernel.X64;

/// <summary>The kernel's entry points on x86-64. Each returns the thread to run.</summary>
[ForArchitecture(Architecture.X64)]
public static unsafe class X64Kernel
{
    /// <summary>Called once, on the boot core's stack, with the boot tables. Starts the other cores that have threads.</summary>
    /// <param name="core">The boot core's state.</param>
    /// <param name="boot">The boot information.</param>
    /// <param name="record">Physical address of the boot loader's record.</param>
    /// <param name="magic">What the boot loader left in eax.</param>
    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_start")]
    public static Tcb* Start(CoreState* core, BootInfo* boot, ulong record, ulong magic)
    {
        // What came before is the firmware's.
        ulong entryTime = X64Machine.ReadCounter();
        core->Boot = boot;
        X64Core.FillInterruptTable();
        X64Core.Initialise(core);
        EarlyConsole.Initialise(boot);
        Platform.Discover(boot, (uint)magic, record);

        // From here on the firmware's tables are out of reach: they may have been in what is zeroed now.
        X64Instructions.WriteRoot(boot->KernelRoot);
        X64Core.Protect();
        for (ulong physical = boot->ZeroStart; physical < boot->ZeroEnd; physical += sizeof(ulong))
        {
            *(ulong*)boot->MemoryAt(physical) = 0;
        }

        LocalApic.Initialise(core, boot);
        IoApic.Initialise(boot);
        Iommu.Initialise(boot);
        if (!Calibration.Measure(core, boot))
        {
            Kernel<X64Machine>.Panic(boot, "there is no HPET at its address, and nothing else says how fast time passes"u8);
        }

        // Into memory of PDs that do not run yet.
        for (ulong i = 0; i < boot->FrequencyWordCount; i++)
        {
            *boot->FrequencyWords[i] = core->CounterFrequency;
        }

        Cores.StartOthers(core, boot);
        LocalApic.UnmaskTimer(core);
        Tcb* first = Kernel<X64Machine>.Start(core, boot);
        boot->Statistics->BootCounter = entryTime;
        return first;
    }

    /// <summary>Called once on every other core, with the boot tables.</summary>
    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_start_other")]
    public static Tcb* StartOther(CoreState* core, BootInfo* boot)
    {
        core->Boot = boot;
        Volatile.Write(ref core->HasStarted, 1);
        X64Core.Initialise(core);
        X64Instructions.WriteRoot(boot->KernelRoot);
        X64Core.Protect();
        LocalApic.Initialise(core, boot);

        // One clock drives all: the boot core has measured it.
        core->CounterFrequency = boot->Cores->CounterFrequency;
        core->TimerRatio = boot->Cores->TimerRatio;
        LocalApic.UnmaskTimer(core);
        return Kernel<X64Machine>.Start(core, boot);
    }

    /// <summary>The short way of Call; all registers are saved. 0: take the long way.</summary>
    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_fast_call")]
    public static Tcb* FastCall(CoreState* core, Tcb* tcb, ulong word0, ulong word1, ulong word2, ulong word3) =>
        Kernel<X64Machine>.FastCall(core, tcb, new MessageWords(word0, word1, word2, word3));

    /// <summary>The short way of ReplyRecv; all registers are saved. 0: take the long way.</summary>
    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_fast_reply_receive")]
    public static Tcb* FastReplyReceive(CoreState* core, Tcb* tcb, ulong word0, ulong word1, ulong word2, ulong word3) =>
        Kernel<X64Machine>.FastReplyReceive(core, tcb, new MessageWords(word0, word1, word2, word3), tcb->Registers[X64Registers.R12]);

    /// <summary>The short way of Send; only what C# may change is saved. 0: take the long way.</summary>
    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_fast_send")]
    public static Tcb* FastSend(CoreState* core, Tcb* tcb, ulong pointer) => Kernel<X64Machine>.FastSend(core, tcb, pointer, true);

    /// <summary>The short way of Recv; only what C# may change is saved. 0: take the long way.</summary>
    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_fast_receive")]
    public static Tcb* FastReceive(CoreState* core, Tcb* tcb) => Kernel<X64Machine>.FastReceive(core, tcb);

    /// <summary>The short way of the calls without one of their own; only what C# may change is saved. 0: take the long way.</summary>
    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_fast_other")]
    public static Tcb* FastOther(CoreState* core, Tcb* tcb, long number) => Kernel<X64Machine>.FastOtherSystemCall(core, tcb, number);

    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_system_call")]
    public static Tcb* SystemCall(CoreState* core, Tcb* tcb) => Kernel<X64Machine>.SystemCall(core, tcb);

    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_interrupt")]
    public static Tcb* Interrupt(CoreState* core, Tcb* tcb) => Kernel<X64Machine>.Interrupt(core);

    /// <summary>An exception in user mode.</summary>
    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_exception")]
    public static Tcb* Exception(CoreState* core, Tcb* tcb, ulong vector, ulong code, ulong address) =>
        vector == X64Exceptions.PageFault
            ? Kernel<X64Machine>.MemoryFault(core, tcb, address, code & X64PageFault.Mask, (code & X64PageFault.Fetch) != 0)
            : Kernel<X64Machine>.UserException(core, tcb, vector, code);

    /// <summary>The kernel itself faulted. <paramref name="cause"/>: the vector above the error code.</summary>
    [UnmanagedCallersOnly(EntryPoint = "pride_kernel_fault")]
    public static void Fault(CoreState* core, ulong cause, ulong address, ulong pc, ulong framePointer, ulong stackPointer) =>
        Kernel<X64Machine>.CrashOnFault(core, cause, address, pc, framePointer, stackPointer);

    /// <summary>A check that the compiler puts into C# has failed.</summary>
    [UnmanagedCallersOnly(EntryPoint = "pride_panic")]
    public static void Panic(int reason) => Kernel<X64Machine>.CrashOnCheck(
        (CoreState*)X64Instructions.ReadCorePointer(), reason, X64Instructions.ReadFramePointer());
}
