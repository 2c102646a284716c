// virtual_machine and its vcpu elements.

using System.Collections.Generic;
using System.Linq;
using Pride.Machine;

namespace Pride.Description.Sdf;

internal static class VirtualMachineElement
{
    public static VirtualMachine Read(SdfElement element)
    {
        // On x86 a virtual machine runs on its PD's scheduling context.
        bool schedules = element.Context.System.Board.Architecture != Architecture.X64;
        element.Expect(schedules ? ["name", "priority", "budget", "period"] : ["name"], ["vcpu", "map"]);
        string name = element.RequiredText("name") ?? string.Empty;
        ulong budget = element.Number("budget") ?? SystemBuilder.DefaultBudgetMicroseconds;
        List<Mapping> mappings = [.. element.Children("map").Select(m => MapElement.Read(m, mayHaveVariables: false)).OfType<Mapping>()];
        return new VirtualMachine(name, [.. element.Children("vcpu").Select(ReadCpu)], mappings)
        {
            Options = new PdOptions
            {
                Priority = element.Id("priority", 0),
                BudgetMicroseconds = budget,
                PeriodMicroseconds = element.Number("period") ?? budget,
            },
            Origin = element.Origin,
        };
    }

    private static VirtualCpu ReadCpu(SdfElement element)
    {
        element.Expect(["id", "cpu", "setvar_id"], []);
        int? core = element.Text("cpu") is null ? null : element.Id("cpu", 0);
        return new VirtualCpu(element.RequiredId("id"), core) { IdVariable = element.Symbol("setvar_id"), Origin = element.Origin };
    }
}
