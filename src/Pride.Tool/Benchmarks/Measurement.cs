// One measured figure and the references that it is read against.

using System.Collections.Generic;
using Pride.Machine;

namespace Pride.Tool.Benchmarks;

/// <summary>A figure.</summary>
/// <param name="Name">What was measured (`ppc-passive-0`).</param>
/// <param name="Board">On which board.</param>
/// <param name="Value">The figure.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Reference">The same work on seL4 with sDDF and LionsOS in C, on the same QEMU; null: not measured there.</param>
public sealed record Measurement(string Name, string Board, double Value, string Unit, double? Reference);

/// <summary>
/// Guest instructions on QEMU virt: seL4 (MCS, Microkit, release) with sDDF, lwIP and LionsOS; for HTTP nginx on Linux 6.1, since
/// LionsOS has no web server in C.
/// </summary>
internal static class References
{
    /// <summary>Cortex-A53.</summary>
    private static readonly Dictionary<string, double> s_aarch64 = new()
    {
        ["ppc-passive-0"] = 528,
        ["ppc-passive-4"] = 575,
        ["ppc-passive-16"] = 2_199,
        ["ppc-passive-64"] = 2_679,
        ["ppc-active-0"] = 2_101,
        ["notify-pending"] = 425,
        ["notify-pingpong"] = 1_937,
        ["yield"] = 470,
        ["irq-to-pd"] = 1_397,
        ["fault-to-parent"] = 1_631,
        ["boot-hello"] = 3_800_000,
        ["echo-udp-1"] = 14_900,
        ["echo-udp-8"] = 6_140,
        ["echo-udp-32"] = 5_100,
        ["echo-tcp"] = 7_590,
        ["idle"] = 112_000,
        ["fat-read"] = 24_000_000,
        ["fat-stat"] = 624_000,
        ["http-1k"] = 63_100,
        ["http-1m"] = 6_850_000,
    };

    /// <summary>RV64GC, Microkit 2.0.1; OpenSBI's instructions included, but not in the boot.</summary>
    private static readonly Dictionary<string, double> s_riscV64 = new()
    {
        ["ppc-passive-0"] = 766,
        ["ppc-passive-4"] = 812,
        ["ppc-passive-16"] = 3_018,
        ["ppc-passive-64"] = 3_595,
        ["ppc-active-0"] = 3_569,
        ["notify-pending"] = 576,
        ["notify-pingpong"] = 3_290,
        ["yield"] = 943,
        ["irq-to-pd"] = 2_603,
        ["fault-to-parent"] = 2_849,
        ["boot-hello"] = 396_000,
    };

    /// <summary>The reference for a figure on a board of <paramref name="architecture"/>; null when there is none.</summary>
    public static double? Of(string name, Architecture architecture)
    {
        Dictionary<string, double>? table = architecture switch
        {
            Architecture.AArch64 => s_aarch64,
            Architecture.RiscV64 => s_riscV64,
            _ => null,
        };
        return table is not null && table.TryGetValue(name, out double value) ? value : null;
    }
}
