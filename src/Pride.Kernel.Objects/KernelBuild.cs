// What a kernel is compiled for, beside its architecture: facts of the board that decide which code is in it. They are constants of the build, so a kernel
// has no trace of what its board does not have, and asks nothing while it runs.
//
// The image builder gives the values (Pride.Image, KernelConstants.cs); facts that only fill registers and addresses are in BootInfo.

using Pride.Machine;

namespace Pride.Kernel.Objects;

/// <summary>Interrupt controllers that the kernel drives.</summary>
public enum InterruptController : uint
{
    None = 0,

    /// <summary>Arm GICv2.</summary>
    Gic2 = 2,

    /// <summary>Arm GICv3.</summary>
    Gic3 = 3,

    /// <summary>RISC-V platform-level interrupt controller.</summary>
    Plic = 4,

    /// <summary>x86-64: local APICs (xAPIC) and one IOAPIC.</summary>
    Apic = 5,

    /// <summary>Broadcom BCM2836 and BCM2837: a part for each core, and the BCM2835's.</summary>
    Bcm2836 = 6,
}

/// <summary>The facts.</summary>
public static class KernelBuild
{
    /// <summary>The machine's interrupt controller.</summary>
    public static InterruptController InterruptController
    {
        [BuildConstant(nameof(InterruptController))]
        get => InterruptController.None;
    }

    /// <summary>AArch64: the kernel runs at EL2 and has virtual CPUs. The CPU must have the virtualisation host extensions (VHE).</summary>
    public static bool IsHypervisor
    {
        [BuildConstant(nameof(IsHypervisor))]
        get => false;
    }

    /// <summary>RISC-V: the kernel's timer is stimecmp (Sstc); else the firmware's.</summary>
    public static bool HasSupervisorTimer
    {
        [BuildConstant(nameof(HasSupervisorTimer))]
        get => false;
    }
}
