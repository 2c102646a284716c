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

/// <summary>Figures of seL4 16 (MCS, Microkit 2.3, release) with sDDF, lwIP and LionsOS, guest instructions, QEMU virt, Cortex-A53.</summary>
internal static class References
{
    public static readonly IReadOnlyDictionary<string, double> ByName = new Dictionary<string, double>
    {
        ["echo-udp-1"] = 14_900,
        ["echo-udp-8"] = 6_140,
        ["echo-udp-32"] = 5_100,
        ["echo-tcp"] = 7_590,
        ["idle"] = 112_000,
        ["fat-read"] = 24_000_000,
        ["fat-stat"] = 624_000,
    };
}
