// Compares the machine that the kernel finds itself on with the board that its image was built for.
//
// The system is static: addresses, interrupts and memory are the board file's, because tables and drivers were made of them. ACPI confirms them,
// and supplies what may differ between machines of one board: the cores' numbers, and how pins signal. A machine that says something
// else stops with a line that says what.

using Pride.Kernel.Firmware;
using Pride.Kernel.Objects;

namespace Pride.Kernel.X64.Firmware;

/// <summary>The machine.</summary>
internal static unsafe class Platform
{
    /// <summary>Checks memory and tables while the boot tables are on, and notes the cores' numbers and the pins' signals.</summary>
    /// <param name="boot">The boot information.</param>
    /// <param name="magic">What the boot loader left in eax.</param>
    /// <param name="address">What it left in ebx.</param>
    public static void Discover(BootInfo* boot, uint magic, ulong address)
    {
        if (!BootRecord.TryRead(FirmwareMemory.Boot, magic, address, out BootRecord record, out BootProblem problem)
            || !HasMemory(boot, record.Map, address, out problem))
        {
            problem.Stop<X64Machine>(boot);
            return;
        }

        for (uint core = 0; core < boot->CoreCount; core++)
        {
            boot->Cores[core].HardwareId = core;
        }

        if (record.RootPointer.IsEmpty)
        {
            Kernel<X64Machine>.PrintString(boot, "kernel: this machine has no ACPI tables: all is taken to be as the board's file says\n"u8);
            return;
        }

        if (!AcpiTables.TryOpen(FirmwareMemory.Boot, record, out AcpiTables tables, out problem)
            || !AcpiPlatform.TryRead(tables, out AcpiPlatform platform, out problem)
            || !IsTheBoard(boot, platform, out problem))
        {
            problem.Stop<X64Machine>(boot);
            return;
        }

        Adopt(boot, &platform);
    }

    private static bool HasMemory(BootInfo* boot, MemoryMap map, ulong record, out BootProblem problem)
    {
        ulong missing = map.FirstMissing(boot->RamStart, boot->RamEnd);
        problem = missing == boot->RamEnd ? default : new BootProblem(BootFault.MemoryMissing, 0, record, missing, boot->RamEnd);
        ulong trampolineEnd = X64Boot.Trampoline + KernelLayout.PageBytes;
        if (problem.Fault == BootFault.None && boot->CoreCount > 1 && map.FirstMissing(X64Boot.Trampoline, trampolineEnd) != trampolineEnd)
        {
            problem = new BootProblem(BootFault.MemoryMissing, 0, record, X64Boot.Trampoline, trampolineEnd);
        }

        return problem.Fault == BootFault.None;
    }

    private static bool IsTheBoard(BootInfo* boot, in AcpiPlatform platform, out BootProblem problem) =>
        Agrees(platform.LocalApic, boot->CoreInterruptRegisters, BootFault.LocalApicElsewhere, AcpiPlatform.MadtSignature, out problem)
        && Agrees(platform.IoApic, boot->InterruptRegisters, BootFault.IoApicElsewhere, AcpiPlatform.MadtSignature, out problem)
        && Agrees(platform.Hpet, boot->ReferenceTimer, BootFault.HpetElsewhere, AcpiPlatform.HpetSignature, out problem)
        && Agrees(platform.PciConfiguration, boot->PciConfiguration, BootFault.PciElsewhere, AcpiPlatform.McfgSignature, out problem)
        && Agrees(platform.DmaRemapping, boot->IommuRegisters, BootFault.IommuElsewhere, AcpiPlatform.DmarSignature, out problem);

    // 0 on either side: a table that is not there, or nothing that the image uses.
    private static bool Agrees(ulong said, ulong expected, BootFault fault, uint table, out BootProblem problem)
    {
        ulong physical = expected == 0 ? 0 : KernelLayout.ToPhysical(expected);
        bool agrees = said == 0 || physical == 0 || said == physical;
        problem = agrees ? default : new BootProblem(fault, table, 0, said, physical);
        return agrees;
    }

    private static void Adopt(BootInfo* boot, AcpiPlatform* platform)
    {
        // The boot core is core 0, whatever its number; the others follow in the table's order. Those that are not there get none.
        uint bootCore = LocalApic.OwnId();
        uint next = 1;
        int known = platform->CoreCount < AcpiPlatform.MaximumCoreIds ? platform->CoreCount : AcpiPlatform.MaximumCoreIds;
        boot->Cores[0].HardwareId = bootCore;
        for (uint core = 1; core < boot->CoreCount; core++)
        {
            boot->Cores[core].HardwareId = Cores.NotThere;
        }

        for (int i = 0; i < known && next < boot->CoreCount; i++)
        {
            if (platform->CoreIds[i] != bootCore)
            {
                boot->Cores[next++].HardwareId = platform->CoreIds[i];
            }
        }

        for (uint pin = 0; pin < boot->IrqCount && pin < X64Interrupts.Pins; pin++)
        {
            PinSignal signal = (PinSignal)platform->Pins[pin];
            if (signal != PinSignal.Unsaid)
            {
                boot->Irqs[pin].Trigger = signal >= PinSignal.HighLevel ? IrqTrigger.Level : IrqTrigger.Edge;
                boot->Irqs[pin].IsActiveLow = signal is PinSignal.FallingEdge or PinSignal.LowLevel ? 1u : 0;
            }
        }
    }
}
