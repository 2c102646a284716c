// One measured figure and the references that it is read against.

using System.Collections.Generic;

namespace Pride.Tool.Benchmarks;

/// <summary>A figure.</summary>
/// <param name="Name">What was measured (`ppc-passive-0`).</param>
/// <param name="Board">On which board.</param>
/// <param name="Value">The figure.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Reference">The same work on seL4 with sDDF and LionsOS in C, on the same QEMU; null: not measured there.</param>
public sealed record Measurement(string Name, string Board, double Value, string Unit, double? Reference);

/// <summary>
/// Guest instructions on QEMU virt, Cortex-A53: seL4 (MCS, Microkit, release) with sDDF, lwIP and LionsOS; for HTTP nginx on Linux 6.1, since
/// LionsOS has no web server in C.
/// </summary>
internal static class References
{
    private static readonly Dictionary<string, double> s_byName = new()
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

    /// <summary>The reference for a figure; null when there is none.</summary>
    public static double? Of(string name) => s_byName.TryGetValue(name, out double value) ? value : null;
}
