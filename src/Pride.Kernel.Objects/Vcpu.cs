// A virtual CPU (AArch64): what a guest's thread has beside the registers in its TCB.
//
// The CPU holds the state of one virtual CPU at a time (CoreState.LoadedVcpu), and keeps it while PDs run: the EL1 registers do not matter to them. So what
// stands here is current only for the others. The entry code stores and loads by these offsets (Vcpu.S).

using System.Runtime.InteropServices;
using Pride.Abi;

namespace Pride.Kernel.Objects;

/// <summary>A virtual CPU. 320 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Size = Size)]
public unsafe struct Vcpu
{
    public const int Size = 320;

    /// <summary>Words of virtual interrupts that the guest's interrupt controller can hold; what the CPU has beyond is not used.</summary>
    public const int MaximumListRegisters = 4;

    /// <summary>Builder: by <see cref="VcpuRegisters"/>: SCTLR_EL1 is <see cref="InitialControl"/>, the others 0.</summary>
    public fixed ulong Registers[VcpuRegisters.Count];

    /// <summary>The virtual interrupts, as the interrupt controller has them.</summary>
    public fixed ulong ListRegisters[MaximumListRegisters];

    /// <summary>GICH_VMCR or ICH_VMCR_EL2: priority mask and enables that the guest has set.</summary>
    public ulong InterfaceState;

    /// <summary>GICH_APR or ICH_AP1R0_EL2: which priorities the guest serves.</summary>
    public ulong ActivePriorities;

    /// <summary>GICH_HCR or ICH_HCR_EL2 while the guest runs. Builder: <see cref="InterfaceEnabled"/>.</summary>
    public ulong InterfaceControl;

    /// <summary>Builder: the thread, whose <see cref="Tcb.Vcpu"/> points back, for good.</summary>
    public Tcb* Tcb;

    /// <summary>1: the virtual timer's interrupt has been told to the manager, who has not acknowledged it.</summary>
    public ulong IsTimerMasked;

    /// <summary>GICH_HCR.En, ICH_HCR_EL2.En.</summary>
    public const ulong InterfaceEnabled = 1;

    /// <summary>SCTLR_EL1 of a guest that starts, as in seL4: the RES1 bits of Armv8.0, CP15BEN, nTWI, nTWE, UCT and UCI; MMU and caches off.</summary>
    public const ulong InitialControl = 0x30D0_0800 | (1 << 5) | (1 << 15) | (1 << 16) | (1 << 18) | (1 << 26);
}
