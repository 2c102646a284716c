// Images for AArch64: four levels of tables, GIC or Broadcom's interrupt controllers, PSCI, a UART for the kernel.

using System;
using System.Collections.Generic;
using Pride.Description;
using Pride.Image.Layout;
using Pride.Kernel.Objects;

namespace Pride.Image.Architectures;

/// <summary>AArch64.</summary>
internal sealed unsafe class Aarch64Image : ImageArchitecture
{
    private const ulong Gic2WindowBytes = 0x1_0000;
    private const ulong Gic3RedistributorBytes = 0x2_0000;
    private const int AsidShift = 48;

    public override PageTableFormat PageTables => PageTableFormat.Aarch64;

    public override bool NeedsIdentity => true;

    public override byte[] Finish(Span<byte> image, ulong loadAddress, ulong above, ulong entry) => LinuxImageHeader.Arm64.Finish(image, above);

    public override ulong AddressSpaceWord(ulong root, ulong asid) => (asid << AsidShift) | root;

    public override void SetEntry(ref Tcb tcb, ulong entry, ulong stackTop)
    {
        tcb.Registers[Aarch64Registers.Pc] = entry;
        tcb.Registers[Aarch64Registers.Sp] = stackTop;
    }

    public override InterruptController InterruptControllerOf(Board board) => board.Kernel.Bcm2836 is not null ? InterruptController.Bcm2836
        : Required(board, board.Kernel.Gic, "gic").Version == 3 ? InterruptController.Gic3
        : InterruptController.Gic2;

    public override IEnumerable<KernelDevice> KernelDevices(Board board)
    {
        if (board.Kernel.Bcm2836 is { } broadcom)
        {
            yield return new KernelDevice(broadcom.LocalBase, Limits.PageSize);
            yield return Page(broadcom.DevicesBase);
        }
        else
        {
            BoardGic gic = Required(board, board.Kernel.Gic, "gic");
            yield return new KernelDevice(gic.DistributorBase, Gic2WindowBytes);
            yield return new KernelDevice(gic.CpuInterfaceBase, gic.Version == 3 ? Gic3RedistributorBytes * (ulong)board.Cores : Gic2WindowBytes);
            if (gic.Virtual is { ControlBase: not 0 } interfaces)
            {
                yield return Page(interfaces.ControlBase);
            }
        }

        if (board.Kernel.DebugUartBase != 0)
        {
            yield return Page(board.Kernel.DebugUartBase);
        }
    }

    /// <summary>Where other cores wait.</summary>
    public override IEnumerable<BoardMemory> KernelMemory(Board board) => board.Kernel.Firmware != BoardFirmware.SpinTable || board.Cores == 1
        ? []
        : [new BoardMemory(Sizes.RoundDown(SpinTable(board), Limits.PageSize), Limits.PageSize)];

    public override void WriteMachine(ref BootInfo info, Board board)
    {
        info.Firmware = board.Kernel.Firmware switch
        {
            BoardFirmware.PsciHvc => FirmwareKind.PsciByHypervisorCall,
            BoardFirmware.PsciSmc => FirmwareKind.PsciByMonitorCall,
            BoardFirmware.SpinTable => FirmwareKind.SpinTable,
            _ => FirmwareKind.None,
        };
        info.SpinTable = KernelLayout.ToVirtual(board.Kernel.SpinTableBase);
        if (board.Kernel.Bcm2836 is { } broadcom)
        {
            info.TimerIrq = broadcom.TimerInterrupt;
            info.InterruptRegisters = KernelLayout.ToVirtual(broadcom.LocalBase);
            info.CoreInterruptRegisters = KernelLayout.ToVirtual(broadcom.DevicesBase);
        }
        else
        {
            BoardGic gic = Required(board, board.Kernel.Gic, "gic");
            info.TimerIrq = gic.TimerInterrupt;
            info.InterruptRegisters = KernelLayout.ToVirtual(gic.DistributorBase);
            info.CoreInterruptRegisters = KernelLayout.ToVirtual(gic.CpuInterfaceBase);
            if (board.Hypervisor)
            {
                BoardVirtualGic interfaces = Required(board, gic.Virtual, "gic\": { \"virtual");
                info.GuestTimerIrq = interfaces.GuestTimerInterrupt;
                info.MaintenanceIrq = interfaces.MaintenanceInterrupt;
                info.VirtualInterfaceRegisters = KernelLayout.ToVirtual(interfaces.ControlBase);
            }
        }

        info.ConsoleUart = board.Kernel.DebugUartBase == 0 ? 0 : KernelLayout.ToVirtual(board.Kernel.DebugUartBase);
        info.ConsoleRegisters = Console(board);
    }

    private static ulong SpinTable(Board board) => board.Kernel.SpinTableBase is var address && address != 0 && address % sizeof(ulong) == 0
        ? address
        : throw new ImageException(
            $"board '{board.Name}' does not say where its other cores wait",
            $"add \"spinTableBase\", a multiple of {sizeof(ulong)}, to \"kernel\" in boards/{board.Name}.json");

    /// <summary>The page in which registers lie.</summary>
    private static KernelDevice Page(ulong address) => new(Sizes.RoundDown(address, Limits.PageSize), Limits.PageSize);

    // Manuals: Arm DDI 0183, 3.3; UG1087, module UART; BCM2835 ARM Peripherals, 2.2.
    private static ConsoleRegisters Console(Board board) => board.Kernel.DebugUart switch
    {
        "arm,pl011" => new() { Data = 0x00, Status = 0x18, BusyMask = 1 << 5, BusyValue = 1 << 5 },
        "cdns,uart-r1p12" => new() { Data = 0x30, Status = 0x2c, BusyMask = 1 << 4, BusyValue = 1 << 4, Enable = 0x00, EnableValue = (1 << 2) | (1 << 4) },
        "brcm,bcm2835-aux-uart" => new() { Data = 0x40, Status = 0x54, BusyMask = 1 << 5, BusyValue = 0, Enable = 0x04, EnableValue = 1 },
        _ => throw new ImageException(
            $"board '{board.Name}': the kernel does not know how to print on '{board.Kernel.DebugUart}'",
            $"set \"debugUart\" to arm,pl011, cdns,uart-r1p12 or brcm,bcm2835-aux-uart in boards/{board.Name}.json"),
    };

    public override bool UsesSpareTimer(Board board, PdProgram program) => Handles(board, program, "arm,armv8-timer");
}
