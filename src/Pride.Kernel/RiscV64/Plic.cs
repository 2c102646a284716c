// The RISC-V platform-level interrupt controller (PLIC specification 1.0.0).
//
// A source that is claimed sends nothing more until it is completed, so an interrupt in a driver's hands needs no masking: the
// kernel claims at delivery and completes when the driver acknowledges. Each hart's supervisor mode is a context of its own, with enable
// bits and a claim register. The address comes from BootInfo, in the kernel's physical window.

using Pride.Kernel.Objects;
using Pride.Machine;

namespace Pride.Kernel.RiscV64;

/// <summary>The interrupt controller.</summary>
internal static unsafe class Plic
{
    private const ulong EnableBase = 0x2000;
    private const ulong EnableStride = 0x80;
    private const ulong ContextBase = 0x20_0000;
    private const ulong ContextStride = 0x1000;

    // In a context: threshold, and claim (when read) or completion (when written).
    private const ulong Threshold = 0x0;
    private const ulong Claimed = 0x4;

    private const uint Sources = 1024;

    /// <summary>All interrupts have one priority, above the threshold; 0 would mean never.</summary>
    private const uint Priority = 1;

    /// <summary>This core's registers; and all its lines off but those that its PDs handle.</summary>
    public static void InitialiseCore(CoreState* core, BootInfo* boot)
    {
        ulong context = ContextOf(core, boot);
        core->InterruptRegisters = boot->InterruptRegisters + ContextBase + (context * ContextStride);
        for (uint word = 0; word < Sources / 32; word++)
        {
            uint enabled = 0;
            for (uint irq = word * 32; irq < boot->IrqCount && irq < (word + 1) * 32; irq++)
            {
                if (boot->Irqs[irq].Notification != null && boot->Irqs[irq].Core == core->Index)
                {
                    Write(boot->InterruptRegisters + (irq * sizeof(uint)), Priority);
                    enabled |= 1U << (int)(irq % 32);
                }
            }

            Write(EnableWord(core, boot, word * 32), enabled);
        }

        Write(core->InterruptRegisters + Threshold, 0);
    }

    /// <summary>The most urgent pending source, which is then silent until completed; 0: none.</summary>
    public static uint Claim(CoreState* core) => Mmio.Access.Load32((nuint)(core->InterruptRegisters + Claimed));

    public static void Complete(CoreState* core, uint irq) => Write(core->InterruptRegisters + Claimed, irq);

    /// <summary>Turns a source off on this core. The PLIC ignores the completion of a source that is off, so it must have been completed.</summary>
    public static void Disable(CoreState* core, uint irq)
    {
        ulong register = EnableWord(core, core->Boot, irq);
        Write(register, Mmio.Access.Load32((nuint)register) & ~(1U << (int)(irq % 32)));
    }

    private static ulong EnableWord(CoreState* core, BootInfo* boot, uint irq) =>
        boot->InterruptRegisters + EnableBase + (ContextOf(core, boot) * EnableStride) + (irq / 32 * sizeof(uint));

    private static ulong ContextOf(CoreState* core, BootInfo* boot) => boot->PlicFirstContext + (core->HardwareId * boot->PlicContextStride);

    private static void Write(ulong register, uint value) => Mmio.Access.Store32((nuint)register, value);
}
