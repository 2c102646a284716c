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
        Option<string?> filter = new("--filter") { Description = "only benchmarks whose name contains this, or only the system under bench/ with this name", HelpName = "NAME" };
        Option<bool> hosted = new("--hosted") { Description = "the compiler's speed set on this machine instead, against .NET's JIT" };
        Command command = new("bench", "Measures guest instructions under QEMU.") { json, board, filter, hosted };
        command.SetAction(async (parsed, cancel) =>
        {
            Workspace workspace = Workspace.Find();
            if (parsed.GetValue(hosted))
            {
                return RunHosted(workspace, parsed.GetValue(filter), parsed.GetValue(json));
            }

            Prerequisites.Ensure(Prerequisites.Compiling, Prerequisites.Running);
            IReadOnlyList<Measurement> results = await BenchmarkRunner.RunAll(workspace, parsed.GetValue(board)!, parsed.GetValue(filter), cancel);
            if (parsed.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(results, s_json));
            }
            else
            {
                foreach (Measurement m in results)
                {
                    string reference = m.Reference is { } value ? $"{value,14:N0}" : $"{"-",14}";
                    Console.WriteLine($"{m.Name,-20} {m.Value,14:N0} {reference}  {m.Unit}");
                }
            }

            return results.Count > 0 ? ExitCodes.Success : ExitCodes.Failure;
        });
        return command;
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
