// Images for 64-bit RISC-V: Sv39, PLIC, SBI.

using System;
using System.Collections.Generic;
using Pride.Description;
using Pride.Image.Layout;
using Pride.Kernel.Objects;

namespace Pride.Image.Architectures;

/// <summary>RISC-V 64.</summary>
internal sealed unsafe class RiscV64Image : ImageArchitecture
{
    /// <summary>Priorities, pending and enable bits, and the registers of the first contexts (PLIC specification 1.0): two large pages.</summary>
    private const ulong PlicWindowBytes = 0x40_0000;

    public override PageTableFormat PageTables => PageTableFormat.Sv39;

    public override bool NeedsIdentity => false;

    public override byte[] Finish(Span<byte> image, ulong loadAddress, ulong above, ulong entry) => LinuxImageHeader.RiscV64.Finish(image, above);

    public override ulong AddressSpaceWord(ulong root, ulong asid) => Sv39PageTable.Satp(root, asid);

    public override void SetEntry(ref Tcb tcb, ulong entry, ulong stackTop)
    {
        tcb.Registers[RiscV64Registers.Pc] = entry;
        tcb.Registers[RiscV64Registers.Sp] = stackTop;
    }

    public override InterruptController InterruptControllerOf(Board board) => InterruptController.Plic;

    public override IEnumerable<KernelDevice> KernelDevices(Board board)
    {
        yield return new KernelDevice(Required(board, board.Kernel.Plic, "plic").Base, PlicWindowBytes);
    }

    public override void WriteMachine(ref BootInfo info, Board board)
    {
        BoardPlic plic = Required(board, board.Kernel.Plic, "plic");
        if (board.Kernel.Firmware != BoardFirmware.Sbi || board.Kernel.CounterFrequency == 0)
        {
            throw new ImageException(
                $"board '{board.Name}': a RISC-V kernel needs SBI and must be told its counter's frequency",
                $"set \"firmware\" to \"Sbi\" and \"counterFrequency\" to the timebase frequency, in hertz, in boards/{board.Name}.json");
        }

        info.Firmware = FirmwareKind.Sbi;
        info.TimerIrq = SupervisorInterrupts.Timer;
        info.InterruptRegisters = KernelLayout.ToVirtual(plic.Base);
        info.PlicFirstContext = plic.FirstContext;
        info.PlicContextStride = plic.ContextStride;
        info.FirstHart = plic.FirstHart;
        info.CounterFrequency = board.Kernel.CounterFrequency;
    }

    /// <summary>There is none: drivers use a device.</summary>
    public override bool UsesSpareTimer(Board board, PdProgram program) => false;
}
