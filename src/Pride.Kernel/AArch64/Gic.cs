// The Arm Generic Interrupt Controller, versions 2 and 3, in one interface for the kernel.
//
// Both run with "EOImode 1": ending an interrupt only drops the running priority; a separate write deactivates it. The kernel ends at
// delivery and deactivates when the driver acknowledges, so an interrupt in a driver's hands needs no masking.
// Sources: GICv2 IHI 0048B; GICv3 IHI 0069H. Addresses come from BootInfo, in the kernel's physical window.

using Pride.Kernel.Objects;
using Pride.Machine;

namespace Pride.Kernel.AArch64;

/// <summary>The interrupt controller.</summary>
internal static unsafe class Gic
{
    // Distributor (both versions).
    private const ulong DistributorControl = 0x000;
    private const ulong DistributorType = 0x004;
    private const ulong Groups = 0x080;
    private const ulong SetEnable = 0x100;
    private const ulong ClearEnable = 0x180;
    private const ulong ClearPending = 0x280;
    private const ulong ClearActive = 0x380;
    private const ulong Priorities = 0x400;
    private const ulong Targets = 0x800;
    private const ulong Configuration = 0xC00;
    private const ulong SoftwareInterrupt = 0xF00;
    private const ulong Routes = 0x6000;

    // GICv2 CPU interface.
    private const ulong CpuControl = 0x000;
    private const ulong CpuPriorityMask = 0x004;
    private const ulong CpuAcknowledge = 0x00C;
    private const ulong CpuEnd = 0x010;
    private const ulong CpuDeactivate = 0x1000;

    // GICv3 redistributor: its own frame, then the frame of private interrupts.
    private const ulong RedistributorWaker = 0x14;
    private const ulong PrivateFrame = 0x10000;
    private const ulong RedistributorStride = 0x20000;
    private const uint ProcessorSleep = 1 << 1;
    private const uint ChildrenAsleep = 1 << 2;

    /// <summary>GICC_CTLR: enable, and EOImode (bit 9: the only or the non-secure view's).</summary>
    private const uint CpuControlValue = 1 | (1 << 9);

    /// <summary>GICD_CTLR of GICv3: affinity routing and group 1 (bits 4 and 1 in a single security state and in the non-secure view).</summary>
    private const uint DistributorControlV3 = (1 << 4) | (1 << 1);

    /// <summary>ICC_CTLR_EL1.EOImode.</summary>
    private const ulong InterfaceControlValue = 1 << 1;

    /// <summary>All device interrupts have one priority, in the middle of the non-secure range.</summary>
    private const uint PriorityWord = 0xA0A0_A0A0;

    private const uint LowestPriority = 0xF0;

    /// <summary>The software-generated interrupt by which cores call each other.</summary>
    private const uint CoreInterrupt = 0;

    private const uint IdMask = 0x3FF;
    private const uint FirstShared = 32;
    private const uint FirstSpecial = 1020;

    /// <summary>Polls of a controller's "write pending" bits before giving up: far above what any controller needs.</summary>
    private const int PollLimit = 1_000_000;

    private static bool IsVersion3 => KernelBuild.InterruptController == InterruptController.Gic3;

    /// <summary>Brings up the distributor: lines that a PD handles on, to the PD's core, all others off. By the boot core, before any other runs.</summary>
    [RunsOnce]
    public static void InitialiseDistributor(BootInfo* boot)
    {
        uint lines = 32 * ((Read(boot->InterruptRegisters, DistributorType) & 31) + 1);
        lines = lines > KernelLayout.MaximumIrqs ? KernelLayout.MaximumIrqs : lines;
        Write(boot->InterruptRegisters, DistributorControl, 0);
        for (uint irq = FirstShared; irq < lines; irq += 32)
        {
            ResetLines(boot->InterruptRegisters, irq, IsVersion3);
        }

        Write(boot->InterruptRegisters, DistributorControl, IsVersion3 ? DistributorControlV3 : 1);
        for (uint irq = FirstShared; irq < boot->IrqCount; irq++)
        {
            if (boot->Irqs[irq].Notification != null)
            {
                EnableShared(boot, irq, boot->Irqs + irq);
            }
        }
    }

    /// <summary>Brings up this core's interface, and enables its private interrupts: the timer, other cores' calls, and those that its PDs handle.</summary>
    [RunsOnce]
    public static void InitialiseCore(CoreState* core, BootInfo* boot)
    {
        if (IsVersion3)
        {
            InitialiseV3(core, boot);
        }
        else
        {
            InitialiseV2(boot);
        }

        ulong registers = PrivateRegisters(core, boot);
        EnableLine(registers, CoreInterrupt, IrqTrigger.Edge);
        EnableLine(registers, boot->TimerIrq, IrqTrigger.Level);
        if (KernelBuild.IsHypervisor)
        {
            EnableLine(registers, boot->GuestTimerIrq, IrqTrigger.Level);
            EnableLine(registers, boot->MaintenanceIrq, IrqTrigger.Level);
        }

        for (uint irq = 0; irq < boot->IrqCount && irq < FirstShared; irq++)
        {
            if (boot->Irqs[irq].Notification != null && boot->Irqs[irq].Core == core->Index)
            {
                EnableLine(registers, irq, boot->Irqs[irq].Trigger);
            }
        }
    }

    /// <summary>Sends <see cref="CoreInterrupt"/> to another core.</summary>
    public static void InterruptCore(BootInfo* boot, uint target)
    {
        Aarch64Instructions.PublishWrites();
        if (IsVersion3)
        {
            Aarch64Instructions.WriteSoftwareInterrupt((1UL << (int)target) | ((ulong)CoreInterrupt << 24));
        }
        else
        {
            Write(boot->InterruptRegisters, SoftwareInterrupt, (1U << (16 + (int)target)) | CoreInterrupt);
        }
    }

    /// <summary>True of what <see cref="Claim"/> returned: another core's call (GICv2 says in bits 12..10 whose).</summary>
    public static bool IsCoreInterrupt(uint irq) => (irq & IdMask) == CoreInterrupt;

    /// <summary>The pending interrupt of highest priority, now active; or <see cref="MachineConstants.NoInterrupt"/>. Of a core's call the whole word is needed to end it.</summary>
    public static uint Claim(BootInfo* boot)
    {
        uint claimed = IsVersion3
            ? (uint)Aarch64Instructions.ReadInterruptAcknowledge() & 0xFF_FFFF
            : Read(boot->CoreInterruptRegisters, CpuAcknowledge) & 0x1FFF;
        return (claimed & IdMask) >= FirstSpecial ? MachineConstants.NoInterrupt : claimed;
    }

    public static void DropPriority(BootInfo* boot, uint irq)
    {
        if (IsVersion3)
        {
            Aarch64Instructions.WriteEndOfInterrupt(irq);
        }
        else
        {
            Write(boot->CoreInterruptRegisters, CpuEnd, irq);
        }
    }

    public static void Deactivate(BootInfo* boot, uint irq)
    {
        if (IsVersion3)
        {
            Aarch64Instructions.WriteDeactivate(irq);
        }
        else
        {
            Write(boot->CoreInterruptRegisters, CpuDeactivate, irq);
        }
    }

    public static void Disable(CoreState* core, BootInfo* boot, uint irq) =>
        Write(LineRegisters(core, boot, irq), ClearEnable + (irq / 32 * 4), 1U << (int)(irq % 32));

    /// <summary>Enables or disables a private line of this core's.</summary>
    public static void SetPrivateLine(CoreState* core, BootInfo* boot, uint irq, bool isEnabled) =>
        Write(PrivateRegisters(core, boot), isEnabled ? SetEnable : ClearEnable, 1U << (int)irq);

    [RunsOnce]
    private static void ResetLines(ulong registers, uint irq, bool group1)
    {
        Write(registers, ClearEnable + (irq / 32 * 4), uint.MaxValue);
        Write(registers, ClearPending + (irq / 32 * 4), uint.MaxValue);
        Write(registers, ClearActive + (irq / 32 * 4), uint.MaxValue);
        Write(registers, Groups + (irq / 32 * 4), group1 ? uint.MaxValue : 0);
        for (uint word = 0; word < 8; word++)
        {
            Write(registers, Priorities + irq + (word * 4), PriorityWord);
        }
    }

    [RunsOnce]
    private static void InitialiseV2(BootInfo* boot)
    {
        ResetLines(boot->InterruptRegisters, 0, false);
        Write(boot->CoreInterruptRegisters, CpuPriorityMask, LowestPriority);
        Write(boot->CoreInterruptRegisters, CpuControl, CpuControlValue);
    }

    [RunsOnce]
    private static void InitialiseV3(CoreState* core, BootInfo* boot)
    {
        ulong redistributor = boot->CoreInterruptRegisters + (core->Index * RedistributorStride);
        Write(redistributor, RedistributorWaker, Read(redistributor, RedistributorWaker) & ~ProcessorSleep);
        for (int i = 0; i < PollLimit && (Read(redistributor, RedistributorWaker) & ChildrenAsleep) != 0; i++)
        {
        }

        ResetLines(redistributor + PrivateFrame, 0, true);
        Aarch64Instructions.WriteSystemRegisterEnable(7);
        Aarch64Instructions.WritePriorityMask(LowestPriority);
        Aarch64Instructions.WriteInterfaceControl(InterfaceControlValue);
        Aarch64Instructions.WriteGroup1Enable(1);
    }

    [RunsOnce]
    private static void EnableShared(BootInfo* boot, uint irq, IrqEntry* entry)
    {
        if (IsVersion3)
        {
            Mmio.Access.Store64((nuint)(boot->InterruptRegisters + Routes + (irq * 8)), entry->Core);
        }
        else
        {
            Mmio.Access.Store8((nuint)(boot->InterruptRegisters + Targets + irq), 1U << (int)entry->Core);
        }

        EnableLine(boot->InterruptRegisters, irq, entry->Trigger);
    }

    [RunsOnce]
    private static void EnableLine(ulong registers, uint irq, IrqTrigger trigger)
    {
        ulong configuration = Configuration + (irq / 16 * 4);
        int shift = (int)(irq % 16 * 2) + 1;
        uint edge = trigger == IrqTrigger.Edge ? 1U : 0;
        Write(registers, configuration, (Read(registers, configuration) & ~(1U << shift)) | (edge << shift));
        Write(registers, SetEnable + (irq / 32 * 4), 1U << (int)(irq % 32));
    }

    /// <summary>The registers that control a line.</summary>
    private static ulong LineRegisters(CoreState* core, BootInfo* boot, uint irq) =>
        irq < FirstShared ? PrivateRegisters(core, boot) : boot->InterruptRegisters;

    /// <summary>The registers of a core's private lines: GICv3 keeps them in its redistributor, GICv2 banks them.</summary>
    private static ulong PrivateRegisters(CoreState* core, BootInfo* boot) =>
        IsVersion3 ? boot->CoreInterruptRegisters + (core->Index * RedistributorStride) + PrivateFrame : boot->InterruptRegisters;

    private static uint Read(ulong registers, ulong offset) => Mmio.Access.Load32((nuint)(registers + offset));

    private static void Write(ulong registers, ulong offset, uint value) => Mmio.Access.Store32((nuint)(registers + offset), value);
}
