// The instructions of a kernel at EL2, each a C# method. HCR_EL2.E2H is set, so names that end in _EL1 are EL2's registers; the guests' have encodings of their own.

using System;
using System.Runtime.InteropServices;
using Pride.Kernel.Objects;
using Pride.Machine;
using Architecture = Pride.Machine.Architecture;

namespace Pride.Kernel.AArch64.Guests;

/// <summary>System registers of EL2, and of guests (Arm ARM DDI 0487, chapter D17; GICv3: IHI 0069, 12.4).</summary>
internal static unsafe class HypervisorInstructions
{
    private const string NotOnHost = "an AArch64 instruction has no model on the host";

    /// <summary>Bits 3..2: the exception level.</summary>
    [InlineAssembly(Architecture.AArch64, "mrs $0, CurrentEL", "=r")]
    public static ulong ReadCurrentLevel() => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "mrs $0, tpidr_el2", "=r")]
    public static ulong ReadCorePointer() => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "msr hcr_el2, $0", "r,~{memory}")]
    public static void WriteConfiguration(ulong value) => throw new PlatformNotSupportedException(NotOnHost);

    /// <summary>Second-stage root and VMID.</summary>
    [InlineAssembly(Architecture.AArch64, "msr vttbr_el2, $0", "r,~{memory}")]
    public static void WriteGuestRoot(ulong value) => throw new PlatformNotSupportedException(NotOnHost);

    /// <summary>Forgets what this core has translated for the VMID in VTTBR_EL2; HCR_EL2.TGE must be 0.</summary>
    [InlineAssembly(Architecture.AArch64, "isb\ntlbi vmalle1\ndsb nsh\nisb", "~{memory}")]
    public static void ForgetGuestTranslations() => throw new PlatformNotSupportedException(NotOnHost);

    /// <summary>Where a guest's access went: bits 43..4 are bits 51..12 of the guest-physical address.</summary>
    [InlineAssembly(Architecture.AArch64, "mrs $0, hpfar_el2", "=r")]
    public static ulong ReadFaultPage() => throw new PlatformNotSupportedException(NotOnHost);

    /// <summary>Translates an address as the guest would read there, and keeps the guest's PAR_EL1. Bit 0 of the answer: not translated; bits 47..12: the guest-physical page.</summary>
    [InlineAssembly(
        Architecture.AArch64, "mrs x9, par_el1\nat s1e1r, $1\nisb\nmrs $0, par_el1\nmsr par_el1, x9", "=&r,r,~{x9},~{memory}")]
    public static ulong Translate(ulong address) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "mrs $0, tpidrro_el0", "=r")]
    public static ulong ReadThreadPointerReadOnly() => throw new PlatformNotSupportedException(NotOnHost);

    // The kernel's timer is EL1's physical one, which guests do not have: CNTP_CVAL_EL02, CNTP_CTL_EL02.

    [InlineAssembly(Architecture.AArch64, "msr S3_5_C14_C2_2, $0", "r")]
    public static void WriteTimerDeadline(ulong value) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "msr S3_5_C14_C2_1, $0", "r")]
    public static void WriteTimerControl(ulong value) => throw new PlatformNotSupportedException(NotOnHost);

    /// <summary>CNTV_CTL_EL02: the guest's timer.</summary>
    [InlineAssembly(Architecture.AArch64, "mrs $0, S3_5_C14_C3_1", "=r,~{memory}")]
    public static ulong ReadGuestTimerControl() => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "msr S3_5_C14_C3_1, $0\nisb", "r,~{memory}")]
    public static void WriteGuestTimerControl(ulong value) => throw new PlatformNotSupportedException(NotOnHost);

    // GICv3: ICH_HCR_EL2, ICH_MISR_EL2, ICH_EISR_EL2, ICH_VTR_EL2, ICH_VMCR_EL2, ICH_AP1R0_EL2, ICH_LR0_EL2 to ICH_LR3_EL2.

    [InlineAssembly(Architecture.AArch64, "mrs $0, S3_4_C12_C11_0", "=r,~{memory}")]
    public static ulong ReadInterfaceControl() => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "msr S3_4_C12_C11_0, $0\nisb", "r,~{memory}")]
    public static void WriteInterfaceControl(ulong value) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "mrs $0, S3_4_C12_C11_1", "=r,~{memory}")]
    public static ulong ReadInterfaceType() => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "mrs $0, S3_4_C12_C11_3", "=r,~{memory}")]
    public static ulong ReadEnded() => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "mrs $0, S3_4_C12_C11_7", "=r,~{memory}")]
    public static ulong ReadInterfaceState() => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "msr S3_4_C12_C11_7, $0", "r,~{memory}")]
    public static void WriteInterfaceState(ulong value) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "mrs $0, S3_4_C12_C9_0", "=r,~{memory}")]
    public static ulong ReadActivePriorities() => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "msr S3_4_C12_C9_0, $0", "r,~{memory}")]
    public static void WriteActivePriorities(ulong value) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "mrs $0, S3_4_C12_C12_0", "=r,~{memory}")]
    public static ulong ReadListRegister0() => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "mrs $0, S3_4_C12_C12_1", "=r,~{memory}")]
    public static ulong ReadListRegister1() => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "mrs $0, S3_4_C12_C12_2", "=r,~{memory}")]
    public static ulong ReadListRegister2() => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "mrs $0, S3_4_C12_C12_3", "=r,~{memory}")]
    public static ulong ReadListRegister3() => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "msr S3_4_C12_C12_0, $0", "r,~{memory}")]
    public static void WriteListRegister0(ulong value) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "msr S3_4_C12_C12_1, $0", "r,~{memory}")]
    public static void WriteListRegister1(ulong value) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "msr S3_4_C12_C12_2, $0", "r,~{memory}")]
    public static void WriteListRegister2(ulong value) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "msr S3_4_C12_C12_3, $0", "r,~{memory}")]
    public static void WriteListRegister3(ulong value) => throw new PlatformNotSupportedException(NotOnHost);

    /// <summary>In Vcpu.S: the registers of EL1 that <see cref="Vcpu.Registers"/> lists, but for the timer's control.</summary>
    [DllImport("*", EntryPoint = "pride_vcpu_store")]
    public static extern void StoreRegisters(Vcpu* vcpu);

    [DllImport("*", EntryPoint = "pride_vcpu_load")]
    public static extern void LoadRegisters(Vcpu* vcpu);
}
