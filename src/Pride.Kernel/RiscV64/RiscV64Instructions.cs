// The privileged instructions that the kernel uses, each a C# method. There is no model of them on the host:
// tests run the portable kernel on the simulated machine.

using System;
using System.Runtime.InteropServices;
using Pride.Kernel.Objects;
using Pride.Machine;
using Architecture = Pride.Machine.Architecture;

namespace Pride.Kernel.RiscV64;

/// <summary>What the firmware answers.</summary>
internal struct SbiReply
{
    /// <summary>0, or a negative error code.</summary>
    public long Error;
    public ulong Value;
}

/// <summary>Control and status registers (RISC-V privileged architecture, chapter "Supervisor-Level ISA") and barriers.</summary>
internal static unsafe class RiscV64Instructions
{
    private const string NotOnHost = "a RISC-V instruction has no model on the host";

    [InlineAssembly(Architecture.RiscV64, "rdtime $0", "=r")]
    public static ulong ReadCounter() => throw new PlatformNotSupportedException(NotOnHost);

    /// <summary>stimecmp (Sstc): the timer's interrupt is pending while time is at or past it. By number, since assemblers for rv64imac lack the name.</summary>
    [InlineAssembly(Architecture.RiscV64, "csrw 0x14d, $0", "r")]
    public static void WriteTimerDeadline(ulong value) => throw new PlatformNotSupportedException(NotOnHost);

    /// <summary>
    /// No fence: tables never change while the kernel runs, and address space identifier and root are written at once. The identifiers of two
    /// PDs differ, so nothing that the TLB holds can be mistaken.
    /// </summary>
    [InlineAssembly(Architecture.RiscV64, "csrw satp, $0", "r,~{memory}")]
    public static void WriteAddressSpace(ulong value) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.RiscV64, "csrr $0, satp", "=r,~{memory}")]
    public static ulong ReadAddressSpace() => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.RiscV64, "sfence.vma", "~{memory}")]
    public static void ForgetTranslations() => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.RiscV64, "csrs sstatus, $0", "r,~{memory}")]
    public static void SetStatus(ulong bits) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.RiscV64, "csrc sstatus, $0", "r,~{memory}")]
    public static void ClearStatus(ulong bits) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.RiscV64, "csrr $0, sip", "=r,~{memory}")]
    public static ulong ReadPending() => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.RiscV64, "csrc sip, $0", "r,~{memory}")]
    public static void ClearPending(ulong bits) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.RiscV64, "csrw sie, $0", "r,~{memory}")]
    public static void WriteEnabled(ulong bits) => throw new PlatformNotSupportedException(NotOnHost);

    /// <summary>Which counters user mode may read.</summary>
    [InlineAssembly(Architecture.RiscV64, "csrw scounteren, $0", "r")]
    public static void WriteCounterAccess(ulong bits) => throw new PlatformNotSupportedException(NotOnHost);

    /// <summary>Ends when an interrupt is pending that sie enables, though sstatus masks it.</summary>
    [InlineAssembly(Architecture.RiscV64, "wfi", "~{memory}")]
    public static void WaitForInterrupt() => throw new PlatformNotSupportedException(NotOnHost);

    /// <summary>What this hart has written, to memory and devices, is visible before anything that follows.</summary>
    [InlineAssembly(Architecture.RiscV64, "fence iorw, iorw", "~{memory}")]
    public static void PublishWrites() => throw new PlatformNotSupportedException(NotOnHost);

    /// <summary>The core's state, as Entry.S and Trap.S keep it.</summary>
    [InlineAssembly(Architecture.RiscV64, "mv $0, tp", "=r")]
    public static ulong ReadCorePointer() => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.RiscV64, "mv $0, s0", "=r")]
    public static ulong ReadFramePointer() => throw new PlatformNotSupportedException(NotOnHost);

    /// <summary>A firmware call (SBI specification, chapter 3): all registers but a0 and a1 are kept.</summary>
    [InlineAssembly(Architecture.RiscV64, "ecall", "={a0},={a1},0,1,{a2},{a6},{a7},~{memory}")]
    public static SbiReply CallFirmware(ulong argument0, ulong argument1, ulong argument2, ulong function, ulong extension) =>
        throw new PlatformNotSupportedException(NotOnHost);

    /// <summary>In Trap.S: floating-point registers are touched nowhere else.</summary>
    [DllImport("*", EntryPoint = "pride_fpu_save")]
    public static extern void SaveFpu(FpuState* state);

    [DllImport("*", EntryPoint = "pride_fpu_load")]
    public static extern void LoadFpu(FpuState* state);
}
