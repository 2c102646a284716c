// All that one core owns: reached through one register (AArch64: TPIDR_EL1; RISC-V: tp, and sscratch while a PD runs; x86-64: the base of gs), never shared, hence without locks. The one exception is
// the inbox, whose words other cores set bits in.

using System.Runtime.InteropServices;

namespace Pride.Kernel.Objects;

/// <summary>
/// A core's state. <see cref="Size"/> bytes, page-aligned. The builder sets <see cref="StackTop"/> and <see cref="Index"/> and
/// leaves the rest zeroed. The order of the first six fields is known to the entry code.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = Size)]
public unsafe struct CoreState
{
    public const int Size = 8192;

    /// <summary>Its logarithm, for entry code.</summary>
    public const int SizeShift = 13;

    /// <summary>In <see cref="HartGate"/>.</summary>
    public const ulong HartsAreNamed = 1 << 1;

    /// <summary>Builder: initial kernel stack pointer: KernelLayout.StackWindow + Index * StackStride + StackBytes.</summary>
    public ulong StackTop;

    /// <summary>The thread that runs, or that ran last while <see cref="IsIdle"/>.</summary>
    public Tcb* Current;

    /// <summary>Where the entry code puts the one register that it has no other place for (RISC-V, x86-64: the stack pointer).</summary>
    public ulong EntryScratch;

    /// <summary>x86-64: its own address, since a segment's base is reached by loading through it; set at boot.</summary>
    public CoreState* Self;

    /// <summary>x86-64: the vector of the interrupt that the entry code has taken and the kernel has not claimed; 0: none.</summary>
    public ulong PendingVector;

    /// <summary>What the machine calls this core (RISC-V: the hart's number; x86-64: the local APIC's); set at boot.</summary>
    public ulong HardwareId;

    /// <summary>RISC-V, core 0's alone: bit 0: a hart has come in and boots; <see cref="HartsAreNamed"/>: the others can find out which core they are.</summary>
    public ulong HartGate;

    /// <summary>The context that pays: Current's own or one it was lent.</summary>
    public SchedulingContext* CurrentContext;

    /// <summary>Builder: 0 for the boot core.</summary>
    public uint Index;

    /// <summary>1 while no thread can run.</summary>
    public uint IsIdle;

    /// <summary>Counter value of the last update of the time.</summary>
    public ulong Now;

    /// <summary>Ticks since CurrentContext was last charged.</summary>
    public ulong Consumed;

    /// <summary>1: the timer must be set anew before the kernel is left.</summary>
    public uint MustSetTimer;

    /// <summary>1: the ready queues decide who runs next.</summary>
    public uint MustSchedule;

    /// <summary>A thread that became able to run and stands in no queue yet, or null: it runs next if its priority allows.</summary>
    public Tcb* Candidate;

    /// <summary>Ticks that a context's head refill must hold: twice the longest kernel path.</summary>
    public ulong MinimumBudget;

    /// <summary>The deadline that the timer is set to, in counter ticks. (The short ways read it together with the minimum.)</summary>
    public ulong TimerDeadline;

    /// <summary>1: floating-point registers are accessible at EL0.</summary>
    public uint FpuEnabled;

    /// <summary>Always zeroes: stands for slots that a cap table leaves out.</summary>
    public Cap EmptyCap;

    /// <summary>1: the first half of the system call that is entered has been done already.</summary>
    public uint FirstHalfDone;

    /// <summary>What an error reply says besides its code.</summary>
    public ulong ErrorWord0;
    public ulong ErrorWord1;

    /// <summary>The thread whose values the floating-point registers hold, or null.</summary>
    public Tcb* FpuOwner;

    /// <summary>Counter value up to which CPU time has been booked on a PD.</summary>
    public ulong BookedUntil;

    /// <summary>The first thread that waits for its budget, ordered by the time of its refill.</summary>
    public Tcb* ReleaseHead;

    /// <summary>When something happens besides the end of the running budget: the time of that refill, or the end of the domain's turn; the end of time when neither will come.</summary>
    public ulong NextEvent;

    /// <summary>The domain whose threads may run now.</summary>
    public uint Domain;

    /// <summary>The slot of the domain schedule that is being served.</summary>
    public uint DomainSlot;

    /// <summary>When that slot ends, in counter ticks; the end of time without a schedule.</summary>
    public ulong DomainEnd;

    /// <summary>Threads of other domains that could run, in the order in which they became so.</summary>
    public Tcb* ParkedHead;
    public Tcb* ParkedTail;

    /// <summary>The virtual CPU whose registers the CPU holds, or null.</summary>
    public Vcpu* LoadedVcpu;

    /// <summary>The guest's thread that was loaded last, or null.</summary>
    public Tcb* LastGuest;

    /// <summary>1: it runs, or the kernel was entered from it and nobody else has run since: the guest's interrupts are on.</summary>
    public uint IsVcpuActive;

    /// <summary>1: the interrupt of the guests' timer is disabled in the interrupt controller.</summary>
    public uint IsGuestTimerOff;

    /// <summary>The boot information, for panics and interrupts.</summary>
    public BootInfo* Boot;

    /// <summary>The highest priority of a ready thread; -1: none is ready.</summary>
    public int ReadyHighest;

    /// <summary>Bit n: word n of <see cref="ReadyBits"/> is not 0.</summary>
    public ulong ReadyTop;

    /// <summary>Bit p: a thread of priority p is ready.</summary>
    public fixed ulong ReadyBits[KernelLayout.Priorities / 64];

    /// <summary>Tcb* by priority.</summary>
    public fixed ulong ReadyHead[KernelLayout.Priorities];

    /// <summary>Tcb* by priority.</summary>
    public fixed ulong ReadyTail[KernelLayout.Priorities];

    /// <summary>Bit n: another core has signalled the notification with <see cref="Notification.Index"/> n.</summary>
    public fixed ulong Inbox[InboxWords];

    /// <summary>Core 0's alone: 1 while a core prints a PD's line, which others wait for. In debug images; the one lock that cores share.</summary>
    public int ConsoleBusy;

    /// <summary>x86-64, core 0's alone: 1 while a core selects and accesses a register of the IOAPIC, which all share: two accesses long.</summary>
    public int PinsBusy;

    /// <summary>1 once it runs the kernel, where nobody else tells the boot core so (x86-64; AArch64 with a spin table).</summary>
    public int HasStarted;

    /// <summary>Physical-window address of the interrupt controller's registers for this core (PLIC: its context); set at boot.</summary>
    public ulong InterruptRegisters;

    /// <summary>Ticks per second of the counter, where boot has measured it (x86-64).</summary>
    public ulong CounterFrequency;

    /// <summary>x86-64: the local APIC timer's ticks for each tick of the counter, times 2^32; set at boot.</summary>
    public ulong TimerRatio;

    /// <summary>x86-64: descriptors and task state that the CPU reads (X64Core.cs); set at boot.</summary>
    public fixed ulong Descriptors[DescriptorWords];

    /// <summary>Words in <see cref="Descriptors"/>: seven of descriptors, thirteen of task state.</summary>
    public const int DescriptorWords = 20;

    /// <summary>Words in <see cref="Inbox"/>.</summary>
    public const int InboxWords = KernelLayout.MaximumTcbs / 64;
}
