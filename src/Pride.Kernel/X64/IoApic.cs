// The IOAPIC (Intel 82093AA datasheet): interrupt pins of devices become vectors of a core.
//
// A level line is masked while a driver has its interrupt in hand, because the local APIC is told at once that it is done (others must
// come in). An edge line stays open: a second edge is a second signal, and one that comes while masked would be lost.
//
// A register is selected and then accessed, and cores that handle different pins do so beside each other: hence the lock, held for two accesses.

using System.Threading;
using Pride.Kernel.Objects;
using Pride.Machine;

namespace Pride.Kernel.X64;

/// <summary>The interrupt pins.</summary>
internal static unsafe class IoApic
{
    private const ulong Select = 0x00;
    private const ulong Window = 0x10;

    /// <summary>Register 1: the number of the last pin in bits 23..16. A pin's entry has two registers, from this one on.</summary>
    private const uint Version = 0x01;
    private const uint Entries = 0x10;

    private const uint LevelTriggered = 1 << 15;
    private const uint ActiveLow = 1 << 13;
    private const uint Masked = 1 << 16;
    private const uint LogicalDestination = 1 << 11;

    // The old interrupt controllers' mask registers (Intel 8259A).
    private const uint OldMask = 0x21;
    private const uint OldSecondMask = 0xA1;
    private const uint AllMasked = 0xFF;

    /// <summary>Silences the old interrupt controllers, and every pin but those that PDs of this core handle.</summary>
    public static void Initialise(BootInfo* boot)
    {
        X64Instructions.WritePort8(OldMask, AllMasked);
        X64Instructions.WritePort8(OldSecondMask, AllMasked);
        uint last = (Read(boot, Version) >> 16) & 0xFF;
        for (uint pin = 0; pin <= last; pin++)
        {
            IrqEntry* entry = pin < boot->IrqCount ? boot->Irqs + pin : null;
            bool isHandled = entry != null && entry->Notification != null;
            Write(boot, HighOf(pin), isHandled ? LocalApic.LogicalDestination(entry->Core) : 0);
            Write(boot, LowOf(pin), isHandled ? EntryOf(entry) : Masked);
        }
    }

    /// <summary>Whether <paramref name="irq"/> is a pin whose line has a level.</summary>
    public static bool IsLevel(BootInfo* boot, uint irq) => irq < X64Interrupts.Pins && irq < boot->IrqCount && boot->Irqs[irq].Trigger == IrqTrigger.Level;

    /// <summary>Lets a pin be silent from now on.</summary>
    public static void Mask(BootInfo* boot, uint pin) => Write(boot, LowOf(pin), EntryOf(boot->Irqs + pin) | Masked);

    /// <summary>Lets a pin interrupt.</summary>
    public static void Unmask(BootInfo* boot, uint pin) => Write(boot, LowOf(pin), EntryOf(boot->Irqs + pin));

    private static uint EntryOf(IrqEntry* entry) => (X64Interrupts.FirstVector + entry->Id) | LogicalDestination
        | (entry->Trigger == IrqTrigger.Level ? LevelTriggered : 0) | (entry->IsActiveLow != 0 ? ActiveLow : 0);

    private static uint LowOf(uint pin) => Entries + (2 * pin);

    private static uint HighOf(uint pin) => Entries + (2 * pin) + 1;

    private static uint Read(BootInfo* boot, uint register)
    {
        Lock(boot);
        Mmio.Access.Store32((nuint)(boot->InterruptRegisters + Select), register);
        uint value = Mmio.Access.Load32((nuint)(boot->InterruptRegisters + Window));
        Volatile.Write(ref boot->Cores->PinsBusy, 0);
        return value;
    }

    private static void Write(BootInfo* boot, uint register, uint value)
    {
        Lock(boot);
        Mmio.Access.Store32((nuint)(boot->InterruptRegisters + Select), register);
        Mmio.Access.Store32((nuint)(boot->InterruptRegisters + Window), value);
        Volatile.Write(ref boot->Cores->PinsBusy, 0);
    }

    private static void Lock(BootInfo* boot)
    {
        while (Interlocked.Exchange(ref boot->Cores->PinsBusy, 1) != 0)
        {
            // Another core is at it: two accesses.
        }
    }
}
