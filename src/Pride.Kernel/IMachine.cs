// What the portable kernel needs of a machine. Everything that differs between architectures stands behind this
// interface; the compiler makes one kernel for each machine, so no call here is virtual.
//
// The simulated machine of the tests implements it as well: the same kernel, on the host.

using System.Runtime.CompilerServices;
using Pride.Kernel.Objects;

namespace Pride.Kernel;

/// <summary>A machine: the ABI's registers, time, address spaces, floating point, interrupts, console.</summary>
public unsafe interface IMachine
{
    // The ABI: indices into Tcb.Registers.

    /// <summary>Cap pointer on entry, badge on return.</summary>
    static abstract int BadgeRegister { get; }

    /// <summary>Message info, both ways.</summary>
    static abstract int InfoRegister { get; }

    /// <summary>The first of the four message registers, which follow each other.</summary>
    static abstract int MessageRegister0 { get; }

    /// <summary>The reply cap; for NBSendWait the cap to send to.</summary>
    static abstract int ReplyRegister { get; }

    /// <summary>The system call's number.</summary>
    static abstract int NumberRegister { get; }

    /// <summary>The cap that NBSendRecv sends to.</summary>
    static abstract int SendRegister { get; }

    static abstract int PcRegister { get; }

    /// <summary>Bytes of the system-call instruction.</summary>
    static abstract ulong SystemCallBytes { get; }

    /// <summary>The register that word <paramref name="index"/> of a user context (Pride.Abi.UserContext) names.</summary>
    static abstract int ContextRegister(int index);

    /// <summary>Words in a user context.</summary>
    static abstract int ContextLength { get; }

    // Fault messages: which registers they carry, in order. What follows them is the same on every machine.

    /// <summary>Registers in the message of an unknown system call; its number follows them.</summary>
    static abstract int UnknownCallWords { get; }

    static abstract int UnknownCallRegister(int word);

    /// <summary>Registers in the message of a user exception; its number and code follow them.</summary>
    static abstract int ExceptionWords { get; }

    static abstract int ExceptionRegister(int word);

    /// <summary>Words of a user context that the answer to a timeout fault may set.</summary>
    static abstract int TimeoutReplyWords { get; }

    /// <summary>What register <paramref name="register"/> of <paramref name="tcb"/> may be set to: <paramref name="value"/> without bits that are the kernel's.</summary>
    static abstract ulong Sanitise(Tcb* tcb, int register, ulong value);

    // Memory.

    /// <summary>A kernel pointer from the 48 bits that a cap holds.</summary>
    static abstract void* Pointer(ulong bits);

    /// <summary>Makes the memory that <paramref name="to"/> sees its own; of a guest also the other state of its virtual CPU. A guest that ran before is left.</summary>
    static abstract void SwitchAddressSpace(CoreState* core, Tcb* to);

    /// <summary>One aligned word of a PD's memory, through its own tables (of a guest: at a guest-physical address). False when the PD could not read it or it is not RAM.</summary>
    static abstract bool TryReadUser(BootInfo* boot, Tcb* tcb, ulong address, out ulong value);

    /// <summary>The thread pointer, which <paramref name="from"/> may have changed, where the entry code does not save it with the others.</summary>
    static abstract void SwitchThreadPointer(Tcb* from, Tcb* to);

    // Virtual CPUs. Most machines have none, and then nothing of this but HasVcpus is called.

    /// <summary>True: threads may be virtual CPUs (a constant of the machine, so that other kernels pay nothing).</summary>
    static virtual bool HasVcpus => false;

    /// <summary>No guest runs any more: its interrupts are off.</summary>
    static virtual void LeaveGuest(CoreState* core)
    {
    }

    /// <summary>Makes what stands in <paramref name="vcpu"/> current, which does not run; it will be loaded again from there.</summary>
    static virtual void UnloadVcpu(CoreState* core, Vcpu* vcpu)
    {
    }

    /// <summary>Virtual interrupts that can be pending at once: 1..<see cref="Vcpu.MaximumListRegisters"/>.</summary>
    static virtual uint ListRegisters(CoreState* core) => 0;

    /// <summary>Makes <paramref name="interrupt"/> pending in list register <paramref name="index"/>. False: what is there is being served.</summary>
    static virtual bool TryInject(CoreState* core, Vcpu* vcpu, int index, VirtualInterrupt interrupt) => false;

    /// <summary>The list register of <paramref name="vcpu"/>, which runs, whose interrupt the guest has ended; that is then known. All ones: none.</summary>
    static virtual ulong TakeMaintenance(CoreState* core, Vcpu* vcpu) => 0;

    /// <summary>Keeps the guest's timer silent as long as <see cref="Vcpu.IsTimerMasked"/> says so.</summary>
    static virtual void MaskGuestTimer(CoreState* core, Vcpu* vcpu)
    {
    }

    // Floating point.

    static abstract void EnableFpu();

    static abstract void DisableFpu();

    static abstract void SaveFpu(FpuState* state);

    /// <summary>Opens the spare timer's registers to the thread that runs, or closes them.</summary>
    static abstract void OpenTimer(bool isOpen);

    static abstract void LoadFpu(FpuState* state);

    // Time: a counter that never wraps, and one deadline.

    static abstract ulong ReadCounter();

    /// <summary>Ticks per second.</summary>
    static abstract ulong CounterFrequency { get; }

    /// <summary>Asks for the timer's interrupt once the counter reaches <paramref name="deadline"/> (at once when that is past).</summary>
    static abstract void SetTimer(ulong deadline);

    // Interrupts. A claimed interrupt stays active, and so silent, until it is completed.

    /// <summary>
    /// The most urgent pending interrupt, which becomes active; or <see cref="MachineConstants.NoInterrupt"/>. Another core's call is no longer pending when this
    /// returns, so that one that comes later is pending again.
    /// </summary>
    static abstract uint ClaimInterrupt(CoreState* core);

    /// <summary>Lets other interrupts in while <paramref name="irq"/> stays active.</summary>
    static abstract void DropPriority(CoreState* core, uint irq);

    /// <summary>Lets <paramref name="irq"/> fire again.</summary>
    static abstract void Deactivate(CoreState* core, uint irq);

    /// <summary>Lets <paramref name="irq"/> never fire again (nobody handles it).</summary>
    static abstract void Disable(CoreState* core, uint irq);

    /// <summary>Interrupts another core, on which <see cref="IsCoreInterrupt"/> is then true of what it claims. What this core has written before is visible there.</summary>
    static abstract void InterruptCore(CoreState* core, uint target);

    static abstract bool IsCoreInterrupt(CoreState* core, uint irq);

    /// <summary>Sleeps until an interrupt is pending. False (simulated machine only): none will ever come.</summary>
    static abstract bool WaitForInterrupt();

    /// <summary>Calls the firmware with the eight words that the PD gives, and puts its eight in their place (Arm SMCCC); "not supported" where PDs may not call it.</summary>
    static abstract void CallFirmware(BootInfo* boot, ulong* words);

    /// <summary>Reads an I/O port of 1, 2 or 4 bytes. Never called on machines without ports.</summary>
    static abstract uint ReadPort(uint port, int bytes);

    static abstract void WritePort(uint port, int bytes, uint value);

    // Console and end.

    /// <summary>Bytes from a frame record (caller's frame pointer, return address) up to the frame pointer that names it.</summary>
    static abstract ulong FrameRecordDistance { get; }

    static abstract void PutChar(BootInfo* boot, byte value);

    /// <summary>Stops this core for good.</summary>
    static abstract void Halt();

    /// <summary>
    /// In the body of every loop that a thread can reach: says what bounds it. The simulated machine counts the rounds and throws when there are more; in
    /// a kernel this is a note in the ELF, from which the longest paths are computed.
    /// </summary>
    /// <param name="limit">What bounds the loop.</param>
    /// <param name="rounds">0 when the loop begins.</param>
    /// <param name="line">Where the loop stands.</param>
    static abstract void PassLoop(LoopLimit limit, ref LoopRounds rounds, [CallerLineNumber] int line = 0);

    /// <summary>True: devices' interrupts come to the boot core, whatever core their PDs are on (a constant of the machine).</summary>
    static abstract bool DevicesInterruptBootCore { get; }

    /// <summary>True: the kernel checks its own assumptions as it goes (a constant of the machine, so that a release kernel pays nothing).</summary>
    static abstract bool ChecksInvariants { get; }
}

/// <summary>An interrupt for a guest.</summary>
/// <param name="Id">0..1023, as the guest numbers them.</param>
/// <param name="Priority">0..31, 0 being the most urgent.</param>
/// <param name="Group">0 or 1.</param>
public readonly record struct VirtualInterrupt(uint Id, uint Priority, uint Group);

/// <summary>Constants of <see cref="IMachine"/>.</summary>
public static class MachineConstants
{
    /// <summary>No interrupt is pending.</summary>
    public const uint NoInterrupt = uint.MaxValue;

    /// <summary>Message registers in CPU registers; further words travel in the IPC buffer.</summary>
    public const int RegisterWords = 4;
}
