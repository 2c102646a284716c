// Images for x86-64: four levels of tables, APICs, HPET; an ELF file with a PVH note and a Multiboot2 header, and an EFI application.

using System;
using System.Collections.Generic;
using System.Linq;
using Pride.Description;
using Pride.Image.Layout;
using Pride.Kernel.Objects;

namespace Pride.Image.Architectures;

/// <summary>x86-64.</summary>
internal sealed unsafe class X64Image : ImageArchitecture
{
    /// <summary>Flags that a thread starts with: interrupts on; bit 1 is always set (Intel SDM volume 1, 3.4.3).</summary>
    private const ulong StartFlags = 0x202;

    // FXSAVE's control words as the CPU has them after reset, all exceptions masked (SDM volume 1, 8.1.5 and 10.2.3): FCW in the first word, MXCSR in the fourth.
    private const ulong FpuControl = 0x037F;
    private const int SimdControlWord = 3;

    /// <summary>As device trees say it: configuration space in memory (PCI firmware specification 3.3, chapter 4).</summary>
    private const string PciCompatible = "pci-host-ecam-generic";

    private const ulong SimdControl = 0x1F80;

    public override PageTableFormat PageTables => PageTableFormat.X64;

    public override bool NeedsIdentity => true;

    public override FirmwareWindow? FirmwareWindow => new(X64Boot.FirmwareWindow, X64Boot.FirmwareBytes);

    public override bool MeasuresCounter => true;

    public override string EfiEntrySymbol => "pride_efi_entry";

    public override byte[] Finish(Span<byte> image, ulong loadAddress, ulong above, ulong entry) => PvhFile.Wrap(image, loadAddress, entry);

    /// <summary>Without a context identifier: the TLB forgets a PD when another runs.</summary>
    public override ulong AddressSpaceWord(ulong root, ulong asid) => root;

    public override void SetEntry(ref Tcb tcb, ulong entry, ulong stackTop)
    {
        tcb.Registers[X64Registers.Rip] = entry;
        tcb.Registers[X64Registers.Rsp] = stackTop;
        tcb.Registers[X64Registers.Flags] = StartFlags;
    }

    public override void SetFpu(ref FpuState state)
    {
        state.Vectors[0] = FpuControl;
        state.Vectors[SimdControlWord] = SimdControl;
    }

    public override InterruptController InterruptControllerOf(Board board) => InterruptController.Apic;

    public override IEnumerable<KernelDevice> KernelDevices(Board board)
    {
        BoardApic apic = Required(board, board.Kernel.Apic, "apic");
        yield return new KernelDevice(apic.LocalBase, Limits.PageSize);
        yield return new KernelDevice(apic.IoBase, Limits.PageSize);
        yield return new KernelDevice(apic.HpetBase, Limits.PageSize);
        if (board.Iommu)
        {
            yield return new KernelDevice(Iommu(board), Limits.PageSize);
        }
    }

    /// <summary>Where other cores wake.</summary>
    public override IEnumerable<BoardMemory> KernelMemory(Board board) => board.Cores > 1 ? [new BoardMemory(X64Boot.Trampoline, Limits.PageSize)] : [];

    public override void WriteMachine(ref BootInfo info, Board board)
    {
        BoardApic apic = Required(board, board.Kernel.Apic, "apic");
        info.TimerIrq = X64Interrupts.Timer;
        info.InterruptRegisters = KernelLayout.ToVirtual(apic.IoBase);
        info.CoreInterruptRegisters = KernelLayout.ToVirtual(apic.LocalBase);
        info.ReferenceTimer = KernelLayout.ToVirtual(apic.HpetBase);
        info.IommuRegisters = board.Iommu ? KernelLayout.ToVirtual(Iommu(board)) : 0;
        info.PciConfiguration = board.DevicesCompatible(PciCompatible).Select(d => KernelLayout.ToVirtual(d.Base)).FirstOrDefault();
        info.ConsoleUart = board.Kernel.DebugUartBase;
    }

    private static ulong Iommu(Board board) => board.Kernel.IommuBase != 0 ? board.Kernel.IommuBase : throw new ImageException(
        $"board '{board.Name}' has an IOMMU, but does not say where", $"add \"iommuBase\" to \"kernel\" in boards/{board.Name}.json");

    /// <summary>There is none: drivers use a device.</summary>
    public override bool UsesSpareTimer(Board board, PdProgram program) => false;
}
