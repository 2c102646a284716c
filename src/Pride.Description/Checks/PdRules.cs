// Rules about PDs by themselves: names, scheduling, memory, parents.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Pride.Machine;

namespace Pride.Description.Checks;

internal static class PdRules
{
    private const string MonitorName = "monitor";

    public static IEnumerable<Violation> Names(SystemBuilder system)
    {
        foreach (IGrouping<string, Pd> same in system.Pds.GroupBy(pd => pd.Name).Where(g => g.Count() > 1))
        {
            yield return new("pd-name", $"{same.Count()} PDs are called '{same.Key}'", "give each PD a name of its own", same.Last().Origin);
        }

        foreach (IGrouping<string, MemoryRegion> same in system.Regions.GroupBy(r => r.Name).Where(g => g.Count() > 1))
        {
            yield return new("region-name", $"{same.Count()} regions are called '{same.Key}'", "give each region a name of its own", same.Last().Origin);
        }

        foreach (Pd pd in system.Pds)
        {
            if (pd.Name.Length == 0 || Encoding.UTF8.GetByteCount(pd.Name) > Limits.NameBytes)
            {
                yield return new("pd-name", $"the name '{pd.Name}' is empty or longer than {Limits.NameBytes} bytes", "shorten it", pd.Origin);
            }
            else if (pd.Name.StartsWith(MonitorName, StringComparison.Ordinal) && pd.Name[MonitorName.Length..].All(char.IsAsciiDigit))
            {
                yield return new("pd-name", $"'{pd.Name}' is the name of a PD that every system has (each core its own)", "choose another name", pd.Origin);
            }
        }
    }

    public static IEnumerable<Violation> Count(SystemBuilder system)
    {
        if (system.Pds.Count > Limits.ProtectionDomains)
        {
            yield return new(
                "pd-count",
                $"the system has {system.Pds.Count} PDs; at most {Limits.ProtectionDomains} are possible",
                "join PDs that trust each other",
                system.Origin);
        }
        else if (system.Pds.Count == 0)
        {
            yield return new("pd-count", "the system has no PDs", "add one: system.Add<MyPd>(\"name\", priority: 100)", system.Origin);
        }
    }

    public static IEnumerable<Violation> Scheduling(SystemBuilder system)
    {
        foreach (Pd pd in system.Pds)
        {
            PdOptions o = pd.Options;
            if (o.Priority is < 0 or > Limits.HighestPriority)
            {
                yield return new("pd-priority", $"PD '{pd.Name}' has priority {o.Priority}", $"choose 0..{Limits.HighestPriority}", pd.Origin);
            }

            if (o.BudgetMicroseconds > o.PeriodMicroseconds)
            {
                yield return new(
                    "budget-period",
                    $"PD '{pd.Name}' has a budget of {o.BudgetMicroseconds} us in a period of {o.PeriodMicroseconds} us",
                    "lower the budget or lengthen the period: budget <= period",
                    pd.Origin);
            }

            if (o.BudgetMicroseconds < Limits.SmallestBudgetMicroseconds || o.PeriodMicroseconds > Limits.LongestPeriodMicroseconds)
            {
                yield return new(
                    "budget-range",
                    $"PD '{pd.Name}' has a budget of {o.BudgetMicroseconds} us and a period of {o.PeriodMicroseconds} us",
                    $"budget >= {Limits.SmallestBudgetMicroseconds} us, period <= {Limits.LongestPeriodMicroseconds} us; both are in microseconds",
                    pd.Origin);
            }

            if (o.Core < 0 || o.Core >= system.Board.Cores)
            {
                yield return new("pd-core", $"PD '{pd.Name}' is to run on core {o.Core}", $"board '{system.Board.Name}' has cores 0..{system.Board.Cores - 1}", pd.Origin);
            }

            if (o.MaySmc && system.Board.Architecture != Architecture.AArch64)
            {
                yield return new("smc-architecture", $"PD '{pd.Name}' may make SMC calls, which {system.Board.Architecture} does not have", "leave smc out", pd.Origin);
            }

            if (o.Passive && pd.Profile == Profile.Managed)
            {
                yield return new(
                    "passive-managed",
                    $"PD '{pd.Name}' is passive, but its class {pd.Source.Name} is managed: its callers would pay for its garbage collection",
                    "make it active, or write the class under [Profile(Profile.Driver)]");
            }
        }
    }

    public static IEnumerable<Violation> Memory(SystemBuilder system)
    {
        foreach (Pd pd in system.Pds)
        {
            PdOptions o = pd.Options;
            if (o.StackSize is < Limits.SmallestStack or > Limits.LargestStack || o.StackSize % Limits.PageSize != 0)
            {
                yield return new(
                    "stack-size",
                    $"PD '{pd.Name}' has a stack of {o.StackSize} bytes",
                    $"choose a multiple of {Limits.PageSize} from {Sizes.Show(Limits.SmallestStack)} to {Sizes.Show(Limits.LargestStack)}",
                    pd.Origin);
            }

            if (o.HeapSize > Limits.LargestHeap || o.HeapSize % Limits.PageSize != 0)
            {
                yield return new(
                    "heap-size",
                    $"PD '{pd.Name}' has a heap of {o.HeapSize} bytes",
                    $"choose a multiple of {Limits.PageSize} up to {Sizes.Show(Limits.LargestHeap)}");
            }

            if (o.HeapSize == 0 && pd.Profile == Profile.Managed)
            {
                yield return new("heap-size", $"PD '{pd.Name}' is managed but has no heap", "give it one: heap: 4.MiB()");
            }
        }
    }

    public static IEnumerable<Violation> Variables(SystemBuilder system)
    {
        foreach (Pd pd in system.Pds)
        {
            foreach (IGrouping<string, PdVariable> same in pd.Variables.GroupBy(v => v.Symbol).Where(g => g.Count() > 1))
            {
                yield return new(
                    "setvar-twice", $"symbol '{same.Key}' of PD '{pd.Name}' is given {same.Count()} values", "set each symbol once", same.Last().Origin);
            }

            foreach (PdVariable variable in pd.Variables.Where(v => v.Symbol.Length == 0))
            {
                yield return new("setvar-name", $"a variable of PD '{pd.Name}' has no name", "name a symbol of its program", variable.Origin);
            }

            foreach (PdVariable variable in pd.Variables.Where(v => v.Kind == VariableKind.PrefillSize && v.Region!.Prefill.Length == 0))
            {
                yield return new(
                    "setvar-prefill",
                    $"symbol '{variable.Symbol}' of PD '{pd.Name}' is to get the length of what fills region '{variable.Region!.Name}', but nothing does",
                    "give the region a prefill_path, or use setvar_size",
                    variable.Origin);
            }

            // A PC's memory map is unknown when the image is made.
            foreach (PdVariable variable in pd.Variables.Where(v => v.Kind == VariableKind.RegionAddress && v.Region!.FixedPhysicalAddress is null))
            {
                if (system.Board.Architecture == Architecture.X64)
                {
                    yield return new(
                        "setvar-address",
                        $"symbol '{variable.Symbol}' of PD '{pd.Name}' is to get the physical address of region '{variable.Region!.Name}', which is chosen at boot",
                        "give the region a phys_addr",
                        variable.Origin);
                }
            }
        }
    }

    public static IEnumerable<Violation> Hierarchy(SystemBuilder system)
    {
        foreach (Pd pd in system.Pds)
        {
            foreach (IGrouping<int, ChildBinding> same in pd.Children.GroupBy(c => c.Id).Where(g => g.Count() > 1))
            {
                yield return new(
                    "child-id",
                    $"PD '{pd.Name}' knows {same.Count()} children by id {same.Key}",
                    "give each child an id of its own, or let ids be chosen",
                    same.Last().Pd.Origin);
            }

            foreach (ChildBinding child in pd.Children.Where(c => c.Id is < 0 or >= Limits.ChildIds))
            {
                yield return new("child-id", $"child '{child.Pd.Name}' of PD '{pd.Name}' has id {child.Id}", $"choose 0..{Limits.ChildIds - 1}", child.Pd.Origin);
            }

            foreach (ChildBinding child in pd.Children.Where(c => c.Pd.Options.Core != pd.Options.Core))
            {
                yield return new(
                    "child-core",
                    $"child '{child.Pd.Name}' (core {child.Pd.Options.Core}) of PD '{pd.Name}' (core {pd.Options.Core}) runs on another core",
                    "a parent handles its children's faults on their core: put both on one",
                    child.Pd.Origin);
            }

            if (IsOwnAncestor(pd))
            {
                yield return new("parent-cycle", $"PD '{pd.Name}' is its own ancestor", "cut the circle of parents");
            }
        }
    }

    private static bool IsOwnAncestor(Pd pd)
    {
        HashSet<Pd> seen = [];
        for (Pd? ancestor = pd.Parent; ancestor is not null && seen.Add(ancestor); ancestor = ancestor.Parent)
        {
            if (ancestor == pd)
            {
                return true;
            }
        }

        return false;
    }
}
