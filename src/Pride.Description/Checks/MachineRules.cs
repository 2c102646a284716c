// Rules about one virtual machine.

using System.Collections.Generic;
using System.Linq;
using Pride.Machine;

namespace Pride.Description.Checks;

internal static class MachineRules
{
    public static IEnumerable<Violation> Check(SystemBuilder system, Pd pd, VirtualMachine machine) =>
        Scheduling(machine).Concat(Cpus(system, pd, machine)).Concat(X86(system, pd, machine))
            .Concat(MappingRules.Alignment($"virtual machine '{machine.Name}'", machine.Mappings))
            .Concat(MappingRules.Readable($"virtual machine '{machine.Name}'", machine.Mappings))
            .Concat(MappingRules.Overlaps(system, $"virtual machine '{machine.Name}'", machine.Mappings, []));

    private static IEnumerable<Violation> Scheduling(VirtualMachine machine)
    {
        PdOptions o = machine.Options;
        if (o.Priority is < 0 or > Limits.HighestPriority)
        {
            yield return new("vm-priority", $"virtual machine '{machine.Name}' has priority {o.Priority}", $"choose 0..{Limits.HighestPriority}", machine.Origin);
        }

        if (o.BudgetMicroseconds > o.PeriodMicroseconds)
        {
            yield return new(
                "vm-budget",
                $"virtual machine '{machine.Name}' has a budget of {o.BudgetMicroseconds} us in a period of {o.PeriodMicroseconds} us",
                "lower the budget or lengthen the period: budget <= period",
                machine.Origin);
        }
    }

    private static IEnumerable<Violation> Cpus(SystemBuilder system, Pd pd, VirtualMachine machine)
    {
        if (machine.Cpus.Count == 0)
        {
            yield return new("vcpu-count", $"virtual machine '{machine.Name}' has no CPU", "give it a vcpu", machine.Origin);
        }

        foreach (VirtualCpu cpu in machine.Cpus)
        {
            if (cpu.Id is < 0 or >= Limits.VirtualCpuIds)
            {
                yield return new("vcpu-id", $"virtual machine '{machine.Name}' has CPU {cpu.Id}", $"choose 0..{Limits.VirtualCpuIds - 1}", cpu.Origin);
            }

            if (cpu.Core is { } core && (core < 0 || core >= system.Board.Cores))
            {
                yield return new("vcpu-core", $"CPU {cpu.Id} of virtual machine '{machine.Name}' is to run on core {core}", $"board '{system.Board.Name}' has cores 0..{system.Board.Cores - 1}", cpu.Origin);
            }

            if (pd.Children.Any(c => c.Id == cpu.Id))
            {
                yield return new("vcpu-id", $"PD '{pd.Name}' knows a child and a virtual CPU by id {cpu.Id}", "children and virtual CPUs share one space of ids: give each its own", cpu.Origin);
            }
        }

        foreach (var same in machine.Cpus.GroupBy(c => c.Id).Where(g => g.Count() > 1))
        {
            yield return new("vcpu-id", $"virtual machine '{machine.Name}' has {same.Count()} CPUs with id {same.Key}", "give each an id of its own", same.Last().Origin);
        }
    }

    // On x86 the PD enters its virtual machine by a system call that looks at notifications alone.
    private static IEnumerable<Violation> X86(SystemBuilder system, Pd pd, VirtualMachine machine)
    {
        if (system.Board.Architecture != Architecture.X64)
        {
            yield break;
        }

        if (machine.Cpus.Count > 1)
        {
            yield return new("vm-x86-cpus", $"virtual machine '{machine.Name}' has {machine.Cpus.Count} CPUs; on x86 one is possible", "leave the others out", machine.Origin);
        }

        if (pd.Children.Count > 0)
        {
            yield return new("vm-x86-children", $"PD '{pd.Name}' manages a virtual machine and has children, which x86 does not allow", "move the children to another PD", pd.Origin);
        }

        foreach (ChannelEnd end in pd.Ends.Where(e => e.Link is { } link && (link.First == e ? link.Second : link.First).CanCall))
        {
            yield return new("vm-x86-call", $"PD '{pd.Name}' manages a virtual machine and is called, which x86 does not allow", "use notifications and shared memory", end.Origin);
        }
    }
}
