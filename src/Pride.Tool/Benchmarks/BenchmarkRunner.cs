// Boots each system under bench/ with QEMU counting instructions and collects the figures that it prints.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Pride.Description;
using Pride.Tool.Building;
using Pride.Tool.Commands;
using Pride.Tool.Emulation;

namespace Pride.Tool.Benchmarks;

/// <summary>Runs benchmarks.</summary>
internal static class BenchmarkRunner
{
    /// <summary>A system prints this line when it has measured everything.</summary>
    private const string Done = "bench done";

    // One instruction is one nanosecond; time passes by instructions alone, so figures repeat exactly.
    private static readonly string[] s_counting = ["-icount", "shift=0,sleep=off"];

    // With a disk, whose answers take the host's time, virtual time would run on without them. Such systems leave idle time out themselves.
    private static readonly string[] s_countingWithDisk = ["-icount", "shift=0,sleep=on"];
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);

    public static async Task<IReadOnlyList<Measurement>> RunAll(Workspace workspace, string board, string? filter, CancellationToken cancel)
    {
        // A filter that is the name of a system measures that system alone.
        List<Measurement> results = [];
        List<Example> systems = [.. Example.In(workspace, Path.Combine(workspace.Root, "bench"))];
        if (systems.Find(s => s.Name.Equals(filter, StringComparison.OrdinalIgnoreCase)) is { } chosen)
        {
            return await Run(workspace, chosen, board);
        }

        if (CoresBenchmark.SystemName.Equals(filter, StringComparison.OrdinalIgnoreCase))
        {
            return await CoresBenchmark.RunAsync(workspace, board, null, cancel);
        }

        foreach (Example system in systems)
        {
            cancel.ThrowIfCancellationRequested();
            results.AddRange(await Run(workspace, system, board));
        }

        results.AddRange(await TrafficBenchmarks.RunAll(workspace, board, filter, cancel));

        return results.Where(m => filter is null || m.Name.Contains(filter, StringComparison.OrdinalIgnoreCase)).ToList();
    }

    private static async Task<IReadOnlyList<Measurement>> Run(Workspace workspace, Example system, string board)
    {
        SystemImage image = SystemImage.Build(workspace, system, board, new BuildOptions(Release: true) { KernelOutput = true });
        MachineOptions options = RunCommand.Options(workspace, image, null, null) with
        {
            ExtraArguments = image.Resources.SiteFolder is null ? s_counting : s_countingWithDisk,
        };
        await using QemuMachine machine = QemuMachine.Start(options);
        if (!await machine.WaitForAsync(text => text.Contains(Done, StringComparison.Ordinal), s_limit))
        {
            throw new ToolException(
                ExitCodes.Failure, $"benchmark '{system.Name}' did not end; it printed:\n{machine.Serial}", $"run it by hand: {QemuMachine.CommandLine(options)}");
        }

        return Parse(machine.Serial, image.Board);
    }

    /// <summary>The figures in a guest's output: "bench NAME VALUE UNIT".</summary>
    internal static IReadOnlyList<Measurement> Parse(string serial, Board board) => serial.Split('\n')
        .Select(line => line.Trim().Split(' ', 4))
        .Where(words => words.Length == 4 && words[0] == "bench")
        .Select(words => new Measurement(
            words[1],
            board.Name,
            double.Parse(words[2], CultureInfo.InvariantCulture),
            words[3],
            References.Of(words[1], board.Architecture)))
        .ToList();
}
