// `pride bench`: guest instructions for each operation, beside the reference.
//
// QEMU runs with `-icount shift=0`: one instruction is one nanosecond of virtual time, so the guest's own counter counts
// instructions. A benchmark is a system under bench/ that prints lines "bench <name> <value> <unit>" on its serial line and "bench done".

using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using Pride.Tool.Benchmarks;

namespace Pride.Tool.Commands;

internal static class BenchCommand
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    public static Command Create()
    {
        Option<bool> json = new("--json") { Description = "an array of { name, board, value, unit, reference }" };
        Option<string> board = CommonOptions.Board();
        Option<bool> all = new("--all") { Description = "on a board of each architecture, side by side" };
        Option<string?> filter = new("--filter") { Description = "only benchmarks whose name contains this, or only the system under bench/ with this name", HelpName = "NAME" };
        Option<bool> hosted = new("--hosted") { Description = "the compiler's speed set on this machine instead, against .NET's JIT" };
        Command command = new("bench", "Measures guest instructions under QEMU.") { json, board, all, filter, hosted };
        command.SetAction(async (parsed, cancel) =>
        {
            Workspace workspace = Workspace.Find();
            if (parsed.GetValue(hosted))
            {
                return RunHosted(workspace, parsed.GetValue(filter), parsed.GetValue(json));
            }

            Prerequisites.Ensure(Prerequisites.Compiling, Prerequisites.Running);
            string[] boards = parsed.GetValue(all) ? CommonOptions.ArchitectureBoards : [parsed.GetValue(board)!];
            List<Measurement> results = [];
            foreach (string name in boards)
            {
                results.AddRange(await BenchmarkRunner.RunAll(workspace, name, parsed.GetValue(filter), cancel));
            }

            if (parsed.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(results, s_json));
            }
            else
            {
                foreach (string line in Table(results, boards))
                {
                    Console.WriteLine(line);
                }
            }

            return results.Count > 0 ? ExitCodes.Success : ExitCodes.Failure;
        });
        return command;
    }

    /// <summary>A line for each figure: for each board the value and its reference; from the second board on also the ratio to the first's value.</summary>
    internal static IEnumerable<string> Table(IReadOnlyList<Measurement> results, IReadOnlyList<string> boards)
    {
        if (boards.Count > 1)
        {
            yield return $"{string.Empty,-22} " + string.Join(' ', boards.Select((b, i) => $"{b,24} {"reference",12}{(i > 0 ? $" {"ratio",6}" : string.Empty)}"));
        }

        foreach (IGrouping<string, Measurement> row in results.GroupBy(m => m.Name))
        {
            double? first = row.FirstOrDefault(m => m.Board == boards[0])?.Value;
            IEnumerable<string> cells = boards.Select((board, i) => Cells(row.FirstOrDefault(m => m.Board == board), i > 0 ? first : null, boards.Count > 1 ? 24 : 14));
            yield return $"{row.Key,-22} {string.Join(' ', cells)}  {row.First().Unit}";
        }
    }

    private static string Cells(Measurement? m, double? first, int width)
    {
        string value = m is null ? "-" : $"{m.Value:N0}";
        string reference = m?.Reference is { } known ? $"{known:N0}" : "-";
        string ratio = m is not null && first is > 0 ? $" {m.Value / first,6:N2}" : string.Empty;
        return $"{value.PadLeft(width)} {reference,12}{ratio}";
    }

    private static int RunHosted(Workspace workspace, string? filter, bool json)
    {
        Prerequisites.Ensure(Prerequisites.Compiling);
        IReadOnlyList<SpeedResult> results = new SpeedSet(workspace).Run(filter);
        foreach (string line in json ? [JsonSerializer.Serialize(results, s_json)] : SpeedSet.Table(results))
        {
            Console.WriteLine(line);
        }

        return results.Count > 0 ? ExitCodes.Success : ExitCodes.Failure;
    }
}
