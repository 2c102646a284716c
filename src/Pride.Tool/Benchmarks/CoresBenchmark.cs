// Four echo servers on one core and on four: instructions of the busiest core for each packet.
//
// A plugin of QEMU counts what each virtual CPU executes, the kernel included and idle time left out. The cores take turns (-icount), so the figures do not
// depend on how many the host has.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Pride.Tool.Building;
using Pride.Tool.Emulation;

namespace Pride.Tool.Benchmarks;

/// <summary>Measures what further cores bring.</summary>
internal static class CoresBenchmark
{
    /// <summary>The system under bench/Traffic.</summary>
    public const string SystemName = "echocores";

    private const string OneCore = "echo-4-clients-1-core";
    private const string FourCores = "echo-4-clients-4-cores";
    private const string Gain = "echo-4-cores-gain";
    private const string Ready = "echo: UDP port";
    private const int Clients = 4;
    private const int InFlight = 8;
    private const int PacketsOfClient = 2000;
    private const double Percent = 100;

    /// <summary>The figures on <paramref name="board"/> and on the same board with four cores; none where there is no such board.</summary>
    public static async Task<IReadOnlyList<Measurement>> RunAsync(Workspace workspace, string board, string? filter, CancellationToken cancel)
    {
        string four = $"{board}-smp4";
        bool isWanted = filter is null || new[] { OneCore, FourCores, Gain }.Any(name => name.Contains(filter, StringComparison.OrdinalIgnoreCase));
        if (!isWanted || !File.Exists(Path.Combine(workspace.Root, "boards", $"{four}.json")))
        {
            return [];
        }

        Measurement one = await MeasureAsync(workspace, OneCore, board, board, cancel);
        Measurement busiest = await MeasureAsync(workspace, FourCores, four, board, cancel);
        return [one, busiest, new Measurement(Gain, board, Math.Round(Percent * one.Value / busiest.Value), "percent of one core's packets per instruction", null)];
    }

    private static async Task<Measurement> MeasureAsync(Workspace workspace, string name, string board, string reportedBoard, CancellationToken cancel)
    {
        using InstructionCounter counter = new(workspace);
        Example system = Example.In(workspace, Path.Combine(workspace.Root, "bench", "Traffic")).Single(e => e.Name == SystemName);
        (QemuMachine machine, SystemImage image) = await TrafficBenchmarks.BootAsync(
            workspace, system, board, null, serial => serial.Split(Ready).Length > Clients, counter.Arguments);
        await using (machine)
        {
            await Task.WhenAll(machine.Forwards.Select(f => LoadGenerator.UdpEchoAsync(f.HostPort, 1, 50, cancel)));
            ulong[] before = counter.Read(image.Board.Cores);
            await Task.WhenAll(machine.Forwards.Select(f => LoadGenerator.UdpEchoAsync(f.HostPort, InFlight, PacketsOfClient, cancel)));
            double[] perPacket = [.. counter.Read(image.Board.Cores).Zip(before, (after, at) => Math.Round((double)(after - at) / (Clients * PacketsOfClient)))];
            Report.Progress($"{name}: {string.Join(", ", perPacket.Select((value, core) => $"core {core} {value:N0}"))}");
            return new Measurement(name, reportedBoard, perPacket.Max(), "instructions of the busiest core per packet", null);
        }
    }
}
