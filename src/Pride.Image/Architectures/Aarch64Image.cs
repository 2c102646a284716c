// Images for AArch64: four levels of tables, GIC, PSCI, PL011.

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

    public override byte[] Finish(Span<byte> image, ulong loadAddress, ulong entry) => LinuxImageHeader.Arm64.Finish(image);

    public override ulong AddressSpaceWord(ulong root, ulong asid) => (asid << AsidShift) | root;

    public override void SetEntry(ref Tcb tcb, ulong entry, ulong stackTop)
    {
        tcb.Registers[Aarch64Registers.Pc] = entry;
        tcb.Registers[Aarch64Registers.Sp] = stackTop;
    }

    public override IEnumerable<KernelDevice> KernelDevices(Board board)
    {
        BoardGic gic = Required(board, board.Kernel.Gic, "gic");
        yield return new KernelDevice(gic.DistributorBase, Gic2WindowBytes);
        yield return new KernelDevice(gic.CpuInterfaceBase, gic.Version == 3 ? Gic3RedistributorBytes * (ulong)board.Cores : Gic2WindowBytes);
        if (board.Kernel.DebugUartBase != 0)
        {
            yield return new KernelDevice(board.Kernel.DebugUartBase, Limits.PageSize);
        }
    }

    public override void WriteMachine(ref BootInfo info, Board board)
    {
        BoardGic gic = Required(board, board.Kernel.Gic, "gic");
        info.Firmware = board.Kernel.Firmware switch
        {
            BoardFirmware.PsciHvc => FirmwareKind.PsciByHypervisorCall,
            BoardFirmware.PsciSmc => FirmwareKind.PsciByMonitorCall,
            _ => FirmwareKind.None,
        };
        info.InterruptController = gic.Version == 3 ? InterruptController.Gic3 : InterruptController.Gic2;
        info.TimerIrq = gic.TimerInterrupt;
        info.InterruptRegisters = KernelLayout.ToVirtual(gic.DistributorBase);
        info.CoreInterruptRegisters = KernelLayout.ToVirtual(gic.CpuInterfaceBase);
        info.ConsoleUart = board.Kernel.DebugUartBase == 0 ? 0 : KernelLayout.ToVirtual(board.Kernel.DebugUartBase);
    }

    public override bool UsesSpareTimer(Board board, PdProgram program) => Handles(board, program, "arm,armv8-timer");
}
