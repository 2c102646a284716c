// The Arm generic timer's physical timer as a PD at EL0 sees it (Arm ARM, D12): the driver's timer. The kernel has the virtual one.
//
// The kernel must let EL0 at them: CNTKCTL_EL1.EL0PCTEN and EL0PTEN.

using System;

namespace Pride.Machine;

/// <summary>Counter and compare registers of the physical timer.</summary>
public static class GenericTimer
{
    /// <summary>CNTP_CTL_EL0: the timer counts.</summary>
    public const ulong ControlEnable = 1 << 0;

    /// <summary>CNTP_CTL_EL0: its interrupt is masked.</summary>
    public const ulong ControlMask = 1 << 1;

    /// <summary>On the host only: the timer that tests put behind these registers.</summary>
    [field: ThreadStatic]
    public static IHostTimer? Host { get; set; }

    private static IHostTimer Model => Host ?? throw new InvalidOperationException("no simulated timer is set for this thread");

    /// <summary>Ticks for each second.</summary>
    [InlineAssembly(Architecture.AArch64, "mrs $0, cntfrq_el0", "=r", HasSideEffects = false)]
    public static ulong Frequency() => Model.Frequency;

    /// <summary>The count now; the barrier keeps it from being read before what comes earlier in the program.</summary>
    [InlineAssembly(Architecture.AArch64, "isb\n\tmrs $0, cntpct_el0", "=r,~{memory}")]
    public static ulong Count() => Model.Count;

    /// <summary>The interrupt is raised while the count is at or past <paramref name="ticks"/>.</summary>
    [InlineAssembly(Architecture.AArch64, "msr cntp_cval_el0, $0\n\tisb", "r,~{memory}")]
    public static void SetCompare(ulong ticks) => Model.Compare = ticks;

    [InlineAssembly(Architecture.AArch64, "msr cntp_ctl_el0, $0\n\tisb", "r,~{memory}")]
    public static void SetControl(ulong control) => Model.Control = control;
}

/// <summary>A simulated generic timer.</summary>
public interface IHostTimer
{
    ulong Frequency { get; }

    ulong Count { get; }

    ulong Compare { get; set; }

    ulong Control { get; set; }
}
