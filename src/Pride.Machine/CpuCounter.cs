// The CPU's own clock: a counter of constant frequency that never goes back, the same on all cores, which a PD reads without a call.
//
// AArch64: CNTVCT_EL0 counts at CNTFRQ_EL0; the kernel lets EL0 read both (Arm ARM D12, CNTKCTL_EL1.EL0VCTEN). The real seL4 under Microkit lets it
// read the physical counter alone (KernelArmExportPCNTUser), so an exported program reads that one.
// RISC-V: time, whose frequency is the board's (scounteren.TM lets user mode read it).
// x86-64: the time-stamp counter, whose frequency the kernel measures at boot and writes into each program.

using System;
using System.Diagnostics;

namespace Pride.Machine;

/// <summary>The time counter.</summary>
public static class CpuCounter
{
    private const string TimeStampCounter = "rdtsc; shlq $$32, %rdx; orq %rdx, %rax";

    // A PC on the real seL4: the word is not a frequency but the complement of an address, where a page has what seL4 measured: behind a header
    // of 16 bytes, in MHz (seL4_BootInfoHeader, SEL4_BOOTINFO_HEADER_X86_TSC_FREQ). Microkit before 2.3 cannot fill it: then a timer's driver does.
    private const string FrequencyOrItsPlace =
        "movq $1, %rax; testq %rax, %rax; jns 1f; notq %rax; movl 16(%rax), %eax; imulq $$1000000, %rax, %rax; 1:";

    private const int PageHeaderBytes = 16;
    private const ulong HertzPerMegahertz = 1_000_000;

    // Ticks per second, where the CPU does not say so itself.
    [Patched("pride_counter_frequency")]
    private static readonly ulong s_boardFrequency;

    // AArch64: not 0 where the virtual counter may not be read.
    [Patched("pride_counter_physical")]
    private static readonly byte s_physical;

    // Not 0 in the program that fills that page.
    [Patched("pride_counter_measured_here")]
    private static readonly byte s_measuredHere;

    /// <summary>True: nobody knows the frequency until this program, which has another clock, measures and <see cref="Tell"/>s it.</summary>
    public static bool IsMeasuredHere => s_measuredHere != 0;

    /// <summary>On the host only: the count that tests want. Null: the host's own.</summary>
    [field: ThreadStatic]
    public static Func<ulong>? Host { get; set; }

    /// <summary>Ticks for each second; 0: not known yet.</summary>
    public static ulong Frequency() => FrequencyOf(s_boardFrequency);

    /// <summary>Writes <paramref name="frequency"/>, in Hz, where every program reads it. Only where <see cref="IsMeasuredHere"/>.</summary>
    public static void Tell(ulong frequency) =>
        Mmio.Access.Store32((nuint)~s_boardFrequency + PageHeaderBytes, (uint)((frequency + (HertzPerMegahertz / 2)) / HertzPerMegahertz));

    /// <summary>The count now; not read before what comes earlier in the program.</summary>
    public static ulong Count() => s_physical != 0 ? PhysicalCount() : OwnCount();

    [InlineAssembly(Architecture.AArch64, "isb\n\tmrs $0, cntvct_el0", "=r,~{memory}")]
    [InlineAssembly(Architecture.RiscV64, "rdtime $0", "=r,~{memory}")]
    [InlineAssembly(Architecture.X64, TimeStampCounter, "={rax},~{rdx},~{memory}")]
    private static ulong OwnCount() => Host is { } host ? host() : (ulong)Stopwatch.GetTimestamp();

    [InlineAssembly(Architecture.AArch64, "isb\n\tmrs $0, cntpct_el0", "=r,~{memory}")]
    [InlineAssembly(Architecture.RiscV64, "rdtime $0", "=r,~{memory}")]
    [InlineAssembly(Architecture.X64, TimeStampCounter, "={rax},~{rdx},~{memory}")]
    private static ulong PhysicalCount() => OwnCount();

    [InlineAssembly(Architecture.AArch64, "mrs $0, cntfrq_el0", "=r,r", HasSideEffects = false)]
    [InlineAssembly(Architecture.RiscV64, "mv $0, $1", "=r,r", HasSideEffects = false)]
    [InlineAssembly(Architecture.X64, FrequencyOrItsPlace, "={rax},r", HasSideEffects = false)]
    private static ulong FrequencyOf(ulong board) => board != 0 ? board : (ulong)Stopwatch.Frequency;
}
