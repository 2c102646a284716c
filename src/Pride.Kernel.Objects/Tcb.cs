// The thread control block: everything the kernel knows of one PD (or virtual CPU).
//
// The image builder fills the fields marked "builder"; all others start as zero and belong to the kernel.
// Registers stand first: the vectors save into them; on AArch64 SP_EL1 points here while the PD runs.

using System.Runtime.InteropServices;
using Pride.Abi;

namespace Pride.Kernel.Objects;

/// <summary>What a thread is doing. There is no "restart" state as in seL4: whoever makes a thread repeat a system call sets its program counter back at once.</summary>
public enum ThreadState : ulong
{
    /// <summary>Stopped, or not started. Not in any queue.</summary>
    Inactive = 0,

    /// <summary>Able to run: current, in a ready queue, in the release queue, or without a scheduling context.</summary>
    Running = 1,

    /// <summary>Waits at an endpoint for a message (and, with a bound notification, for a signal).</summary>
    BlockedOnReceive = 2,

    /// <summary>Waits at an endpoint for a receiver; so does a thread whose fault message waits.</summary>
    BlockedOnSend = 3,

    /// <summary>Waits for the answer to a call, or to a fault.</summary>
    BlockedOnReply = 4,

    /// <summary>Waits at a notification for a signal.</summary>
    BlockedOnNotification = 5,
}

/// <summary>Features of a thread; bit 0 as in seL4 (libsel4, seL4_TCBFlag).</summary>
[System.Flags]
public enum TcbFlags : uint
{
    None = 0,

    /// <summary>Floating-point and SIMD instructions fault.</summary>
    FpuDisabled = 1,

    /// <summary>Pride's own: the registers of the machine's spare timer are open to it (AArch64: CNTP_*). For the timer driver alone.</summary>
    PhysicalTimer = 1 << 8,
}

/// <summary>The queues of runnable threads.</summary>
public enum RunQueue : uint
{
    None = 0,

    /// <summary>A ready queue: can run now.</summary>
    Ready = 1,

    /// <summary>The release queue: waits for its budget.</summary>
    Release = 2,

    /// <summary>The parked: waits for its domain's turn.</summary>
    Parked = 3,
}

/// <summary>How a blocked sender is to be treated, kept while it waits.</summary>
[System.Flags]
public enum SendFlags : uint
{
    None = 0,

    /// <summary>It waits for a reply (Call), not only for delivery.</summary>
    IsCall = 1,

    CanGrant = 2,
    CanGrantReply = 4,
}

/// <summary>
/// A thread. Size: <see cref="Size"/> bytes. In the builder's arrays each starts at a multiple of <see cref="Size"/> from the first.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = Size)]
public unsafe struct Tcb
{
    public const int Size = 768;

    /// <summary>Words in <see cref="Registers"/>: enough for each architecture (<see cref="Aarch64Registers"/>, <see cref="RiscV64Registers"/>, <see cref="X64Registers"/>).</summary>
    public const int RegisterWords = 36;

    /// <summary>Builder: the user registers by the architecture's index: the program counter is the ELF's entry point, the rest 0 (AArch64's SPSR: EL0t, interrupts on; x86-64's flags: interrupts on).</summary>
    public fixed ulong Registers[RegisterWords];

    /// <summary>
    /// Builder: what the register that names the PD's tables is set to: root table and ASID (1..255, unique). AArch64: TTBR0_EL1, the ASID in bits
    /// 63..48. RISC-V: satp. x86-64: CR3, without an ASID.
    /// </summary>
    public ulong AddressSpace;

    /// <summary>Builder: where floating-point registers are kept, zeroed; null together with <see cref="TcbFlags.FpuDisabled"/>.</summary>
    public FpuState* Fpu;

    /// <summary>Builder: the cap table (<see cref="CapCount"/> slots).</summary>
    public Cap* Caps;

    /// <summary>Builder: slots in <see cref="Caps"/>, at most <see cref="KernelLayout.CapTableSlots"/>: the highest one in use + 1.</summary>
    public ulong CapCount;

    /// <summary>Builder: root table of <see cref="KernelLayout.RootTableSlots"/> caps for shared caps (index = bits 63..58 of the cap pointer), or null.</summary>
    public Cap* RootCaps;

    /// <summary>Builder: kernel-virtual address of the IPC buffer (one page of the PD's own); null: messages end after the register words.</summary>
    public ulong* IpcBuffer;

    /// <summary>Builder: the scheduling context it runs on at start (passive PDs too: they need one for Init); null: it cannot run.</summary>
    public SchedulingContext* SchedulingContext;

    /// <summary>Builder: the notification whose signals it also receives while it waits on an endpoint, or null (see <see cref="Notification.BoundTcb"/>).</summary>
    public Notification* BoundNotification;

    /// <summary>Builder: Running for PDs that start at boot, Inactive for others.</summary>
    public ThreadState State;

    /// <summary>While blocked by a system call: bytes from that instruction to the saved program counter. Stopping the thread goes back by as much, so that it can repeat the call.</summary>
    public ulong RestartOffset;

    /// <summary>Builder: 0..255.</summary>
    public uint Priority;

    /// <summary>Builder: the highest priority it may give to others; Microkit sets it to <see cref="Priority"/>.</summary>
    public uint MaximumControlledPriority;

    /// <summary>Builder.</summary>
    public TcbFlags Flags;

    /// <summary>Builder: index in <see cref="BootInfo.Tcbs"/>, and in the statistics page.</summary>
    public uint Index;

    /// <summary>Builder: the core it belongs to.</summary>
    public uint Core;

    /// <summary>Builder: the domain in whose turns it runs.</summary>
    public uint Domain;

    /// <summary>Builder: endpoint cap (Write plus Grant or GrantReply) that receives its faults: its parent's or the monitor's; badge as Microkit's.</summary>
    public Cap FaultHandler;

    /// <summary>Builder: endpoint cap that receives timeout faults, or the null cap (Microkit: null): then it just waits for its next budget.</summary>
    public Cap TimeoutHandler;

    /// <summary>Builder: the virtual CPU that the thread is, or null. Then <see cref="AddressSpace"/> names second-stage tables (AArch64: VTTBR_EL2, the VMID in bits 63..48).</summary>
    public Vcpu* Vcpu;

    /// <summary>Builder: the invocation labels of the ABI version that its program was linked for.</summary>
    public InvocationLabels* Labels;

    /// <summary>Builder: its entry in the statistics page.</summary>
    public PdStatistics* Statistics;

    /// <summary>While blocked on reply: the object that will answer. While blocked on receive: the one it offers. Else null.</summary>
    public Reply* Reply;

    /// <summary>While blocked: the endpoint or notification whose queue it stands in.</summary>
    public void* BlockedOn;

    /// <summary>While blocked on send: the badge it sends with.</summary>
    public ulong SendBadge;

    /// <summary>While blocked on send.</summary>
    public SendFlags SendFlags;

    /// <summary>Which run queue it stands in.</summary>
    public RunQueue QueuedIn;

    /// <summary>Neighbours in an endpoint's or a notification's queue.</summary>
    public Tcb* WaitNext;
    public Tcb* WaitPrevious;

    /// <summary>Neighbours in a ready queue or in the release queue.</summary>
    public Tcb* RunNext;
    public Tcb* RunPrevious;

    /// <summary>The pending or last fault (<see cref="FaultKind"/>; 0: none).</summary>
    public ulong Fault;

    /// <summary>What the fault message says besides the registers; the meaning depends on <see cref="Fault"/>.</summary>
    public fixed ulong FaultWords[FaultWordCount];

    /// <summary>Cap fault: address, phase, failure type, and three words on the failure.</summary>
    public const int FaultWordCount = 6;
}
