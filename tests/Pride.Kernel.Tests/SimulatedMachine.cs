// A machine made of a few numbers, on which the portable kernel runs under test: time that the test moves, interrupt lines that
// the test raises, a log of what the kernel did to the hardware. One machine for each test thread.

using System;
using System.Collections.Generic;
using System.Text;
using Pride.Abi;
using Pride.Kernel.Objects;

namespace Pride.Kernel.Tests;

/// <summary>What the simulated hardware holds.</summary>
public sealed class SimulatedHardware
{
    public const uint TimerIrq = 27;

    /// <summary>What the kernel takes on behalf of guests.</summary>
    public const uint GuestTimerIrq = 26;
    public const uint MaintenanceIrq = 25;

    public const ulong PendingInList = 1UL << 28;
    public const ulong ActiveInList = 1UL << 29;

    /// <summary>The list register whose interrupt a guest has ended.</summary>
    public ulong Ended { get; set; } = ulong.MaxValue;

    /// <summary>What another core's call looks like.</summary>
    public const uint CoreIrq = 0;

    [ThreadStatic]
    private static SimulatedHardware? s_current;

    public static SimulatedHardware Current => s_current ??= new SimulatedHardware();

    public ulong Counter { get; set; } = 1000;

    /// <summary>Ticks per second: one tick is one microsecond, unless a test has it otherwise.</summary>
    public ulong CounterFrequency { get; set; } = 1_000_000;

    public ulong Deadline { get; set; } = ulong.MaxValue;

    /// <summary>Devices' interrupts come to core 0 alone.</summary>
    public bool DevicesInterruptBootCore { get; set; }

    /// <summary>Lines whose input is asserted (level) or latched (edge).</summary>
    public SortedSet<uint> Pending { get; } = [];

    /// <summary>Claimed and not yet deactivated.</summary>
    public SortedSet<uint> Active { get; } = [];

    public HashSet<uint> Disabled { get; } = [];

    /// <summary>Functions of the firmware that were called.</summary>
    public List<ulong> FirmwareCalls { get; } = [];

    /// <summary>Every read of an I/O port, and its width in bytes.</summary>
    public List<(uint Port, int Bytes)> PortReads { get; } = [];

    public List<(uint Port, int Bytes, uint Value)> PortWrites { get; } = [];

    /// <summary>What every I/O port answers.</summary>
    public uint PortValue { get; set; }

    /// <summary>Cores that were interrupted by this one.</summary>
    public List<uint> CoreCalls { get; } = [];

    /// <summary>Threads in the system: no queue is longer.</summary>
    public ulong Threads { get; set; } = KernelLayout.MaximumTcbs;

    public ulong AddressSpace { get; set; }

    public ulong ThreadPointer { get; set; }

    public bool FpuEnabled { get; set; }

    public bool TimerOpen { get; set; }

    /// <summary>What stands in the floating-point registers: the number of the thread whose values they are.</summary>
    public ulong FpuContents { get; set; }

    public StringBuilder Console { get; } = new();

    public bool Halted { get; set; }

    /// <summary>Memory of PDs for ReadMemory, by address space and address.</summary>
    public Dictionary<(ulong Space, ulong Address), ulong> Memory { get; } = [];

    public static SimulatedHardware Reset() => s_current = new SimulatedHardware();
}

/// <summary>The machine; registers are numbered as on AArch64.</summary>
public readonly unsafe struct SimulatedMachine : IMachine
{
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

    public static ulong CounterFrequency => SimulatedHardware.Current.CounterFrequency;

    public static bool DevicesInterruptBootCore => SimulatedHardware.Current.DevicesInterruptBootCore;

    public static bool ChecksInvariants => true;

    public static ulong FrameRecordDistance => 0;

    public static int ContextRegister(int index) => UserContext.Registers[index];

    public static int UnknownCallRegister(int word) => word switch
    {
        UnknownSyscallMessage.FaultPc => Aarch64Registers.Pc,
        UnknownSyscallMessage.Sp => Aarch64Registers.Sp,
        UnknownSyscallMessage.Lr => Aarch64Registers.X30,
        UnknownSyscallMessage.Spsr => Aarch64Registers.Spsr,
        _ => word,
    };

    public static int ExceptionRegister(int word) => ContextRegister(word);

    /// <summary>A guest may have its kernel's mode, 5, besides a user's, 0.</summary>
    public static ulong Sanitise(Tcb* tcb, int register, ulong value) => register != Aarch64Registers.Spsr ? value
        : tcb->Vcpu != null && (value & 0x1F) == 5 ? value & 0xF000_001F
        : value & 0xF000_0000;

    public static void* Pointer(ulong bits) => (void*)bits;

    public static void SwitchAddressSpace(CoreState* core, Tcb* to)
    {
        SimulatedHardware.Current.AddressSpace = to->AddressSpace;
        if (to->Vcpu == null)
        {
            LeaveGuest(core);
            return;
        }

        core->LoadedVcpu = to->Vcpu;
        core->IsVcpuActive = 1;
        MaskGuestTimer(core, to->Vcpu);
    }

    public static bool HasVcpus => true;

    public static void LeaveGuest(CoreState* core) => core->IsVcpuActive = 0;

    public static void UnloadVcpu(CoreState* core, Vcpu* vcpu)
    {
        Assert(core->IsVcpuActive == 0 || core->LoadedVcpu != vcpu, "a guest that runs is not looked at");
        if (core->LoadedVcpu == vcpu)
        {
            core->LoadedVcpu = null;
        }
    }

    public static uint ListRegisters(CoreState* core) => Vcpu.MaximumListRegisters;

    /// <summary>A list register: the interrupt, the priority in bits 15..10, the group in bit 16; pending in bit 28, active in bit 29.</summary>
    public static bool TryInject(CoreState* core, Vcpu* vcpu, int index, VirtualInterrupt interrupt)
    {
        if ((vcpu->ListRegisters[index] & SimulatedHardware.ActiveInList) != 0)
        {
            return false;
        }

        vcpu->ListRegisters[index] = interrupt.Id | (interrupt.Priority << 10) | (interrupt.Group << 16) | SimulatedHardware.PendingInList;
        return true;
    }

    public static ulong TakeMaintenance(CoreState* core, Vcpu* vcpu) => SimulatedHardware.Current.Ended;

    public static void MaskGuestTimer(CoreState* core, Vcpu* vcpu)
    {
        if (vcpu->IsTimerMasked != 0)
        {
            SimulatedHardware.Current.Disabled.Add(core->Boot->GuestTimerIrq);
        }
        else
        {
            SimulatedHardware.Current.Disabled.Remove(core->Boot->GuestTimerIrq);
        }
    }

    public static bool TryReadUser(BootInfo* boot, Tcb* tcb, ulong address, out ulong value) =>
        SimulatedHardware.Current.Memory.TryGetValue((tcb->AddressSpace, address), out value);

    public static void SwitchThreadPointer(Tcb* from, Tcb* to)
    {
        from->Registers[Aarch64Registers.ThreadPointer] = SimulatedHardware.Current.ThreadPointer;
        SimulatedHardware.Current.ThreadPointer = to->Registers[Aarch64Registers.ThreadPointer];
    }

    public static void EnableFpu() => SimulatedHardware.Current.FpuEnabled = true;

    public static void DisableFpu() => SimulatedHardware.Current.FpuEnabled = false;

    public static void SaveFpu(FpuState* state) => state->Vectors[0] = SimulatedHardware.Current.FpuContents;

    public static void LoadFpu(FpuState* state) => SimulatedHardware.Current.FpuContents = state->Vectors[0];

    public static void OpenTimer(bool isOpen) => SimulatedHardware.Current.TimerOpen = isOpen;

    public static ulong ReadCounter() => SimulatedHardware.Current.Counter;

    public static void SetTimer(ulong deadline)
    {
        SimulatedHardware.Current.Deadline = deadline;
        SimulatedHardware.Current.Pending.Remove(SimulatedHardware.TimerIrq);
    }

    public static uint ClaimInterrupt(CoreState* core)
    {
        SimulatedHardware hardware = SimulatedHardware.Current;
        if (hardware.Counter >= hardware.Deadline)
        {
            hardware.Pending.Add(SimulatedHardware.TimerIrq);
        }

        foreach (uint irq in hardware.Pending)
        {
            if (!hardware.Active.Contains(irq) && !hardware.Disabled.Contains(irq))
            {
                hardware.Pending.Remove(irq);
                hardware.Active.Add(irq);
                return irq;
            }
        }

        return MachineConstants.NoInterrupt;
    }

    public static void DropPriority(CoreState* core, uint irq) => Assert(SimulatedHardware.Current.Active.Contains(irq), "only a claimed interrupt is ended");

    public static void Deactivate(CoreState* core, uint irq) => Assert(SimulatedHardware.Current.Active.Remove(irq), "only a claimed interrupt is deactivated");

    public static void Disable(CoreState* core, uint irq) => SimulatedHardware.Current.Disabled.Add(irq);

    public static void InterruptCore(CoreState* core, uint target) => SimulatedHardware.Current.CoreCalls.Add(target);

    public static bool IsCoreInterrupt(CoreState* core, uint irq) => irq == SimulatedHardware.CoreIrq;

    /// <summary>Its firmware answers each word plus one.</summary>
    public static void CallFirmware(BootInfo* boot, ulong* words)
    {
        SimulatedHardware.Current.FirmwareCalls.Add(words[0]);
        for (int i = 0; i < 8; i++)
        {
            words[i]++;
        }
    }

    public static uint ReadPort(uint port, int bytes)
    {
        SimulatedHardware.Current.PortReads.Add((port, bytes));
        return SimulatedHardware.Current.PortValue;
    }

    public static void WritePort(uint port, int bytes, uint value) => SimulatedHardware.Current.PortWrites.Add((port, bytes, value));

    public static bool WaitForInterrupt()
    {
        SimulatedHardware hardware = SimulatedHardware.Current;
        if (hardware.Counter >= hardware.Deadline)
        {
            return true;
        }

        foreach (uint irq in hardware.Pending)
        {
            if (!hardware.Active.Contains(irq) && !hardware.Disabled.Contains(irq))
            {
                return true;
            }
        }

        return false;
    }

    public static void PutChar(BootInfo* boot, byte value) => SimulatedHardware.Current.Console.Append((char)value);

    public static void PassLoop(LoopLimit limit, ref LoopRounds rounds, int line = 0)
    {
        ulong most = limit is LoopLimit.Threads or LoopLimit.DomainThreads ? SimulatedHardware.Current.Threads : LoopLimits.Most(limit);
        if (++rounds.Count > most)
        {
            throw new InvalidOperationException($"the loop in line {line} goes round more often than its limit '{limit}' allows ({most})");
        }
    }

    public static void Halt() => SimulatedHardware.Current.Halted = true;

    private static void Assert(bool condition, string what)
    {
        if (!condition)
        {
            throw new InvalidOperationException(what);
        }
    }
}
