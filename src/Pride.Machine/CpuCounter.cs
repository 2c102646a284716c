// The CPU's own clock: a counter of constant frequency that never goes back, the same on all cores, which a PD reads without a call.
//
// AArch64: CNTVCT_EL0 counts at CNTFRQ_EL0; the kernel lets EL0 read both (Arm ARM D12, CNTKCTL_EL1.EL0VCTEN).
// RISC-V: time, whose frequency is the board's (scounteren.TM lets user mode read it).
// x86-64: the time-stamp counter, whose frequency the kernel measures at boot and writes into each program.

using System;
using System.Diagnostics;

namespace Pride.Machine;

/// <summary>The time counter.</summary>
public static class CpuCounter
{
    // Ticks per second, where the CPU does not say so itself.
    [Patched("pride_counter_frequency")]
    private static readonly ulong s_boardFrequency;

    /// <summary>On the host only: the count that tests want. Null: the host's own.</summary>
    [field: ThreadStatic]
    public static Func<ulong>? Host { get; set; }

    /// <summary>Ticks for each second.</summary>
    public static ulong Frequency() => FrequencyOf(s_boardFrequency);

    /// <summary>The count now; not read before what comes earlier in the program.</summary>
    [InlineAssembly(Architecture.AArch64, "isb\n\tmrs $0, cntvct_el0", "=r,~{memory}")]
    [InlineAssembly(Architecture.RiscV64, "rdtime $0", "=r,~{memory}")]
    [InlineAssembly(Architecture.X64, "rdtsc; shlq $$32, %rdx; orq %rdx, %rax", "={rax},~{rdx},~{memory}")]
    public static ulong Count() => Host is { } host ? host() : (ulong)Stopwatch.GetTimestamp();

    [InlineAssembly(Architecture.AArch64, "mrs $0, cntfrq_el0", "=r,r", HasSideEffects = false)]
    [InlineAssembly(Architecture.RiscV64, "mv $0, $1", "=r,r", HasSideEffects = false)]
    [InlineAssembly(Architecture.X64, "movq $1, $0", "=r,r", HasSideEffects = false)]
    private static ulong FrequencyOf(ulong board) => board != 0 ? board : (ulong)Stopwatch.Frequency;
}
