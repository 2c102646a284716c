// The interrupt controllers of the BCM2836 and BCM2837 (Raspberry Pi 2 and 3): each core has its own part for timers and mailboxes ("ARM local
// peripherals", QA7 rev 3.4); behind core 0's lies the BCM2835's, which has the devices' lines (BCM2835 ARM Peripherals, chapter 7).
//
// Neither knows of an interrupt that is being served, so one in a driver's hands is masked from delivery to acknowledgement. Numbers: 0 to 11 are the
// bits of a core's source register, 32 to 95 the BCM2835's lines 0 to 63, all of which come to core 0, from
// which the kernel hands them to the cores of their PDs.

using System.Numerics;
using Pride.Kernel.Objects;
using Pride.Machine;

namespace Pride.Kernel.AArch64;

/// <summary>The interrupt controllers of Broadcom's chips.</summary>
internal static unsafe class Bcm2836
{
    // Local part: a word for each core.
    private const ulong DeviceRouting = 0x00C;
    private const ulong TimerControl = 0x040;
    private const ulong MailboxControl = 0x050;
    private const ulong Source = 0x060;

    // Four mailboxes for each core: writing sets bits, the other way clears them.
    private const ulong MailboxSet = 0x080;
    private const ulong MailboxClear = 0x0C0;
    private const ulong MailboxStride = 16;
    private const uint FirstMailbox = 1;

    private const int Timers = 4;
    private const int Mailbox = 4;
    private const int Devices = 8;

    // The BCM2835's part: pending, enabling and disabling, each for 32 lines.
    private const ulong Pending = 0x04;
    private const ulong Enable = 0x10;
    private const ulong Disabling = 0x1C;
    private const ulong DisableBasic = 0x24;
    private const uint Words = 2;
    private const uint WordBits = 32;
    private const uint FirstDevice = 32;

    /// <summary>True when the kernel is built for a machine that has these and no GIC.</summary>
    public static bool IsHere => KernelBuild.InterruptController == InterruptController.Bcm2836;

    /// <summary>All devices' lines to core 0, and off but those that a PD handles. By the boot core, before any other runs.</summary>
    [RunsOnce]
    public static void Initialise(BootInfo* boot)
    {
        Write(boot->InterruptRegisters + DeviceRouting, 0);
        Write(boot->CoreInterruptRegisters + DisableBasic, uint.MaxValue);
        for (uint word = 0; word < Words; word++)
        {
            Write(boot->CoreInterruptRegisters + Disabling + (word * sizeof(uint)), uint.MaxValue);
        }

        for (uint irq = FirstDevice; irq < boot->IrqCount; irq++)
        {
            Unmask(boot, 0, irq);
        }
    }

    /// <summary>This core's timer, other cores' calls, and the timers that its PDs handle.</summary>
    [RunsOnce]
    public static void InitialiseCore(CoreState* core, BootInfo* boot)
    {
        uint timers = 1U << (int)boot->TimerIrq;
        for (uint irq = 0; irq < boot->IrqCount && irq < Timers; irq++)
        {
            timers |= boot->Irqs[irq].Notification != null && boot->Irqs[irq].Core == core->Index ? 1U << (int)irq : 0;
        }

        Write(OfCore(boot, core->Index, TimerControl), timers);
        Write(OfCore(boot, core->Index, MailboxControl), FirstMailbox);
    }

    public static void InterruptCore(BootInfo* boot, uint target)
    {
        Aarch64Instructions.PublishWrites();
        Write(boot->InterruptRegisters + MailboxSet + (target * MailboxStride), 1);
    }

    public static bool IsCoreInterrupt(uint irq) => irq == Mailbox;

    /// <summary>The pending interrupt of the lowest number, now masked; or <see cref="MachineConstants.NoInterrupt"/>.</summary>
    public static uint Claim(CoreState* core)
    {
        BootInfo* boot = core->Boot;
        uint source = Read(OfCore(boot, core->Index, Source));
        if (source == 0)
        {
            return MachineConstants.NoInterrupt;
        }

        uint irq = (uint)BitOperations.TrailingZeroCount(source);
        if (irq == Mailbox)
        {
            // Cleared, and that has arrived, before the inbox is emptied: what comes after is seen by the next interrupt.
            Write(boot->InterruptRegisters + MailboxClear + (core->Index * MailboxStride), uint.MaxValue);
            Aarch64Instructions.Synchronise();
        }
        else if (irq == Devices)
        {
            irq = ClaimDevice(boot);
        }
        else if (irq != boot->TimerIrq)
        {
            Mask(boot, core->Index, irq);
        }

        return irq;
    }

    public static void Deactivate(CoreState* core, uint irq) => Unmask(core->Boot, core->Index, irq);

    public static void Disable(CoreState* core, uint irq) => Mask(core->Boot, core->Index, irq);

    private static uint ClaimDevice(BootInfo* boot)
    {
        LoopRounds rounds = default;
        for (uint word = 0; word < Words; word++)
        {
            Aarch64Machine.PassLoop(LoopLimit.PendingWords, ref rounds);
            uint pending = Read(boot->CoreInterruptRegisters + Pending + (word * sizeof(uint)));
            if (pending != 0)
            {
                uint irq = FirstDevice + (word * WordBits) + (uint)BitOperations.TrailingZeroCount(pending);
                Mask(boot, 0, irq);
                return irq;
            }
        }

        return MachineConstants.NoInterrupt;
    }

    private static void Mask(BootInfo* boot, uint core, uint irq)
    {
        if (irq >= FirstDevice)
        {
            Write(boot->CoreInterruptRegisters + Disabling + (Word(irq) * sizeof(uint)), Bit(irq));
        }
        else if (irq < Timers)
        {
            ulong register = OfCore(boot, core, TimerControl);
            Write(register, Read(register) & ~Bit(irq));
        }
    }

    /// <summary>Lets an interrupt that a PD handles in.</summary>
    private static void Unmask(BootInfo* boot, uint core, uint irq)
    {
        if (irq >= boot->IrqCount || boot->Irqs[irq].Notification == null)
        {
            return;
        }

        if (irq >= FirstDevice)
        {
            Write(boot->CoreInterruptRegisters + Enable + (Word(irq) * sizeof(uint)), Bit(irq));
        }
        else if (irq < Timers)
        {
            ulong register = OfCore(boot, core, TimerControl);
            Write(register, Read(register) | Bit(irq));
        }
    }

    private static ulong OfCore(BootInfo* boot, uint core, ulong register) => boot->InterruptRegisters + register + (core * sizeof(uint));

    private static uint Word(uint irq) => (irq - FirstDevice) / WordBits;

    private static uint Bit(uint irq) => 1U << (int)(irq % WordBits);

    private static uint Read(ulong register) => Mmio.Access.Load32((nuint)register);

    private static void Write(ulong register, uint value) => Mmio.Access.Store32((nuint)register, value);
}
