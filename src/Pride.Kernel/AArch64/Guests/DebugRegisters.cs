// A guest's debug and performance registers: there are none behind them. The CPU's own would reach beyond the guest (a breakpoint hits PDs as well, a
// counter tells of others' work), so accesses trap; reads give 0 and writes are ignored, as operating systems that start up expect of unused ones.

using Pride.Kernel.Objects;

namespace Pride.Kernel.AArch64.Guests;

/// <summary>Emulation of registers that are not there.</summary>
internal static unsafe class DebugRegisters
{
    // ISS of a trapped MSR or MRS (Arm ARM DDI 0487, D17.2.37): op0, op1, CRn, CRm, register, direction.
    private const int Op0Shift = 20;
    private const ulong Op0Mask = 3;
    private const int CrnShift = 10;
    private const int CrmShift = 1;
    private const int RegisterShift = 5;
    private const ulong IsRead = 1;
    private const ulong ZeroRegister = 31;

    private const ulong DebugOp0 = 2;
    private const ulong SystemOp0 = 3;

    // Performance monitors: CRn 9 (CRm 12..14), and CRn 14 from CRm 8 on.
    private const ulong MonitorsCrn = 9;
    private const ulong MonitorsFirstCrm = 12;
    private const ulong CountersCrn = 14;
    private const ulong CountersFirstCrm = 8;

    /// <summary>False: it is another register.</summary>
    public static bool TryEmulate(Tcb* tcb, ulong syndrome)
    {
        ulong op0 = (syndrome >> Op0Shift) & Op0Mask;
        ulong crn = (syndrome >> CrnShift) & 0xf;
        ulong crm = (syndrome >> CrmShift) & 0xf;
        bool isMonitor = op0 == SystemOp0 && ((crn == MonitorsCrn && crm >= MonitorsFirstCrm) || (crn == CountersCrn && crm >= CountersFirstCrm));
        if (op0 != DebugOp0 && !isMonitor)
        {
            return false;
        }

        ulong register = (syndrome >> RegisterShift) & 0x1f;
        if ((syndrome & IsRead) != 0 && register != ZeroRegister)
        {
            tcb->Registers[register] = 0;
        }

        tcb->Registers[Aarch64Registers.Pc] += sizeof(uint);
        return true;
    }
}
