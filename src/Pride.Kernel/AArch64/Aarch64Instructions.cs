// The privileged instructions that the kernel uses, each a C# method. There is no model of them on the host:
// tests run the portable kernel on the simulated machine.

using System;
using System.Runtime.InteropServices;
using Pride.Kernel.Objects;
using Pride.Machine;
using Architecture = Pride.Machine.Architecture;

namespace Pride.Kernel.AArch64;

/// <summary>What the firmware answers.</summary>
internal struct FirmwareReply
{
    public ulong X0;
    public ulong X1;
    public ulong X2;
    public ulong X3;
    public ulong X4;
    public ulong X5;
    public ulong X6;
    public ulong X7;
}

/// <summary>System registers and barriers (Arm ARM DDI 0487, chapter D17, and C6 for the barriers).</summary>
internal static unsafe class Aarch64Instructions
{
    private const string NotOnHost = "an AArch64 instruction has no model on the host";

    /// <summary>Virtual counter; the kernel keeps CNTVOFF_EL2 at 0.</summary>
    [InlineAssembly(Architecture.AArch64, "mrs $0, cntvct_el0", "=r")]
    public static ulong ReadCounter() => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "mrs $0, cntfrq_el0", "=r")]
    public static ulong ReadCounterFrequency() => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "msr cntv_cval_el0, $0", "r")]
    public static void WriteTimerDeadline(ulong value) => throw new PlatformNotSupportedException(NotOnHost);

    /// <summary>1: enabled and not masked.</summary>
    [InlineAssembly(Architecture.AArch64, "msr cntv_ctl_el0, $0", "r")]
    public static void WriteTimerControl(ulong value) => throw new PlatformNotSupportedException(NotOnHost);

    /// <summary>Who may use counters and timers at EL0.</summary>
    [InlineAssembly(Architecture.AArch64, "msr cntkctl_el1, $0", "r")]
    public static void WriteTimerAccess(ulong value) => throw new PlatformNotSupportedException(NotOnHost);

    /// <summary>
    /// No barrier: the kernel touches nothing through these tables, and the return to EL0 is a context synchronisation event (Arm ARM, B2.3.12;
    /// SCTLR_EL1.EOS is set). Tables never change while the kernel runs, and ASID and root are written at once, so no TLB maintenance either.
    /// </summary>
    [InlineAssembly(Architecture.AArch64, "msr ttbr0_el1, $0", "r,~{memory}")]
    public static void WriteUserRoot(ulong value) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "msr cpacr_el1, $0\nisb", "r,~{memory}")]
    public static void WriteFpuAccess(ulong value) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "mrs $0, tpidr_el0", "=r")]
    public static ulong ReadThreadPointer() => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "msr tpidr_el0, $0", "r")]
    public static void WriteThreadPointer(ulong value) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "msr tpidrro_el0, $0", "r")]
    public static void WriteThreadPointerReadOnly(ulong value) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "dsb sy\nwfi", "~{memory}")]
    public static void WaitForInterrupt() => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "dsb sy\nisb", "~{memory}")]
    public static void Synchronise() => throw new PlatformNotSupportedException(NotOnHost);

    /// <summary>What this core has written is visible to the other cores before anything that follows (DDI 0487, B2.3.12).</summary>
    [InlineAssembly(Architecture.AArch64, "dsb ishst", "~{memory}")]
    public static void PublishWrites() => throw new PlatformNotSupportedException(NotOnHost);

    /// <summary>What this core's caches hold of the line at <paramref name="address"/> goes to memory (DDI 0487, C5.3, "DC CVAC").</summary>
    [InlineAssembly(Architecture.AArch64, "dc cvac, $0", "r,~{memory}")]
    public static void CleanData(void* address) => throw new PlatformNotSupportedException(NotOnHost);

    /// <summary>Wakes cores that wait for an event, once all that this core has written is there (DDI 0487, D1.6).</summary>
    [InlineAssembly(Architecture.AArch64, "dsb sy\nsev", "~{memory}")]
    public static void WakeCores() => throw new PlatformNotSupportedException(NotOnHost);

    // Firmware calls: eight words there and back; x8 to x17 are the firmware's (SMCCC, Arm DEN 0028, 2.7).

    private const string FirmwareRegisters =
        "={x0},={x1},={x2},={x3},={x4},={x5},={x6},={x7},0,1,2,3,4,5,6,7,"
        + "~{x8},~{x9},~{x10},~{x11},~{x12},~{x13},~{x14},~{x15},~{x16},~{x17},~{memory}";

    [InlineAssembly(Architecture.AArch64, "hvc #0", FirmwareRegisters)]
    public static FirmwareReply CallHypervisor(ulong x0, ulong x1, ulong x2, ulong x3, ulong x4, ulong x5, ulong x6, ulong x7) =>
        throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "smc #0", FirmwareRegisters)]
    public static FirmwareReply CallMonitor(ulong x0, ulong x1, ulong x2, ulong x3, ulong x4, ulong x5, ulong x6, ulong x7) =>
        throw new PlatformNotSupportedException(NotOnHost);

    // GICv3's CPU interface (GIC architecture specification IHI 0069, 12.2).

    [InlineAssembly(Architecture.AArch64, "mrs $0, S3_0_C12_C12_0", "=r,~{memory}")]
    public static ulong ReadInterruptAcknowledge() => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "msr S3_0_C12_C12_1, $0", "r,~{memory}")]
    public static void WriteEndOfInterrupt(ulong value) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "msr S3_0_C12_C11_1, $0", "r,~{memory}")]
    public static void WriteDeactivate(ulong value) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "msr S3_0_C12_C12_5, $0\nisb", "r,~{memory}")]
    public static void WriteSystemRegisterEnable(ulong value) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "msr S3_0_C4_C6_0, $0", "r,~{memory}")]
    public static void WritePriorityMask(ulong value) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "msr S3_0_C12_C12_4, $0\nisb", "r,~{memory}")]
    public static void WriteInterfaceControl(ulong value) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "msr S3_0_C12_C12_7, $0\nisb", "r,~{memory}")]
    public static void WriteGroup1Enable(ulong value) => throw new PlatformNotSupportedException(NotOnHost);

    /// <summary>ICC_SGI1R_EL1: bits 27..24 the interrupt, bits 15..0 the cores of affinity 0.0.0.n.</summary>
    [InlineAssembly(Architecture.AArch64, "msr S3_0_C12_C11_5, $0\nisb", "r,~{memory}")]
    public static void WriteSoftwareInterrupt(ulong value) => throw new PlatformNotSupportedException(NotOnHost);

    /// <summary>The core's state, as Entry.S has set it.</summary>
    [InlineAssembly(Architecture.AArch64, "mrs $0, tpidr_el1", "=r")]
    public static ulong ReadCorePointer() => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "mov $0, x29", "=r")]
    public static ulong ReadFramePointer() => throw new PlatformNotSupportedException(NotOnHost);

    /// <summary>Leaves the place, a <see cref="LoopLimit"/> and a line of the source in a section of the ELF that is never loaded.</summary>
    [InlineAssembly(
        Architecture.AArch64, "1:\n.pushsection .pride.loops,\"\",%progbits\n.quad 1b, ${0:c}, ${1:c}\n.popsection", "i,i")]
    public static void NoteLoop(int limit, int line) => throw new PlatformNotSupportedException(NotOnHost);

    /// <summary>In Vectors.S: floating-point registers are touched nowhere else.</summary>
    [DllImport("*", EntryPoint = "pride_fpu_save")]
    public static extern void SaveFpu(FpuState* state);

    [DllImport("*", EntryPoint = "pride_fpu_load")]
    public static extern void LoadFpu(FpuState* state);
}
