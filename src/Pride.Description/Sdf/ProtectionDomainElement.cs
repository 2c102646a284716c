// protection_domain: a PD with everything that stands inside it; a child PD is one inside its parent.

using System.Linq;

namespace Pride.Description.Sdf;

internal static class ProtectionDomainElement
{
    private static readonly string[] s_attributes =
        ["name", "priority", "budget", "period", "passive", "stack_size", "cpu", "smc", "fpu", "domain"];

    private static readonly string[] s_children =
        ["program_image", "map", "irq", "setvar", "protection_domain", "virtual_machine", "ioport", "cspace"];

    /// <summary>Reads a PD and its children; <paramref name="parent"/> is null for a PD whose faults go to the monitor.</summary>
    public static void Read(SdfElement element, Pd? parent)
    {
        bool isChild = parent is not null;
        element.Expect(isChild ? [.. s_attributes, "id", "setvar_id"] : s_attributes, s_children);
        SdfContext context = element.Context;
        string name = element.RequiredText("name") ?? string.Empty;
        ProgramSource program = ProgramImageElement.Read(element);
        ProgramPd pd = new(context.System, name, program, Options(element), element.Flag("fpu", true)) { Origin = element.Origin };
        context.System.Add(pd);
        if (name.Length > 0)
        {
            context.Pds.TryAdd(name, pd);
        }

        parent?.Add(new ChildBinding(pd, element.RequiredId("id")) { IdVariable = element.Symbol("setvar_id") });
        foreach (SdfElement map in element.Children("map"))
        {
            if (MapElement.Read(map, mayHaveVariables: true) is { } mapping)
            {
                pd.Add(mapping);
            }
        }

        foreach (SdfElement irq in element.Children("irq"))
        {
            pd.Add(IrqElement.Read(irq));
        }

        foreach (SdfElement port in element.Children("ioport"))
        {
            pd.Add(IoPortElement.Read(port));
        }

        foreach (SdfElement variable in element.Children("setvar"))
        {
            SetVarElement.Read(variable, pd);
        }

        if (element.OnlyChild("virtual_machine") is { } machine)
        {
            pd.VirtualMachine = VirtualMachineElement.Read(machine);
        }

        if (element.OnlyChild("cspace") is { } cspace)
        {
            CSpaceElement.Read(cspace, pd);
        }

        foreach (SdfElement child in element.Children("protection_domain"))
        {
            Read(child, pd);
        }
    }

    private static PdOptions Options(SdfElement element)
    {
        ulong budget = element.Number("budget") ?? SystemBuilder.DefaultBudgetMicroseconds;
        return new PdOptions
        {
            Priority = element.Id("priority", 0),
            BudgetMicroseconds = budget,
            PeriodMicroseconds = element.Number("period") ?? budget,
            Passive = element.Flag("passive", false),
            StackSize = element.Number("stack_size") ?? Limits.DefaultStack,
            Core = element.Id("cpu", 0),
            MaySmc = element.Flag("smc", false),
            Domain = Domain(element),
        };
    }

    private static int Domain(SdfElement element)
    {
        if (element.Context.Domains is not { } domains)
        {
            if (element.Text("domain") is { } stray)
            {
                element.Problem("domain-schedule", $"domain=\"{stray}\" is given, but the description has no domains", "add <domains> with a schedule, or leave it out");
            }

            return 0;
        }

        if (element.RequiredText("domain") is not { } name)
        {
            return 0;
        }

        if (!domains.TryGetValue(name, out int id))
        {
            element.Problem("sdf-name", $"there is no domain '{name}'", $"use one of: {string.Join(", ", domains.Keys.Order())}");
        }

        return id;
    }
}
