// Rules about domains and shared caps.

using System.Collections.Generic;
using System.Linq;

namespace Pride.Description.Checks;

internal static class DomainRules
{
    public static IEnumerable<Violation> Schedule(SystemBuilder system)
    {
        if (system.Turns.Count > Limits.DomainSlots)
        {
            yield return new("domain-count", $"the domain schedule has {system.Turns.Count} turns", $"use at most {Limits.DomainSlots}", system.ScheduleOrigin);
        }

        foreach (DomainTurn turn in system.Turns.Where(t => t.Domain is < 0 or >= Limits.Domains || t.Microseconds < Limits.SmallestTurnMicroseconds))
        {
            yield return new(
                "domain-turn",
                $"the domain schedule gives domain {turn.Domain} a turn of {turn.Microseconds} us",
                $"domains are 0..{Limits.Domains - 1}, turns at least {Limits.SmallestTurnMicroseconds} us",
                system.ScheduleOrigin);
        }

        // The monitors are in domain 0: without turns they could neither report a fault nor make a PD passive.
        if (system.Turns.Count > 0 && system.Turns.All(t => t.Domain != 0))
        {
            yield return new("domain-monitor", "the domain schedule has no turn of domain 0, in which the monitor runs", "add one", system.ScheduleOrigin);
        }

        foreach (Pd pd in system.Pds.Where(pd => system.Turns.Count == 0 ? pd.Options.Domain != 0 : system.Turns.All(t => t.Domain != pd.Options.Domain)))
        {
            yield return new(
                "domain-never", $"PD '{pd.Name}' is in domain {pd.Options.Domain}, which has no turn: it would never run", "add a turn by system.DomainSchedule", pd.Origin);
        }
    }

    public static IEnumerable<Violation> Calls(SystemBuilder system)
    {
        foreach (ChannelLink link in system.Links.Where(l => l.First.CanCall || l.Second.CanCall))
        {
            if (link.First.Pd.Options.Domain != link.Second.Pd.Options.Domain)
            {
                yield return new(
                    "ppc-domain",
                    $"PDs '{link.First.Pd.Name}' and '{link.Second.Pd.Name}' call each other but are in different domains",
                    "a call runs in the caller's turn: put both in one domain, or replace the call by notifications and shared memory",
                    link.First.Origin);
            }
        }
    }

    public static IEnumerable<Violation> SharedCaps(SystemBuilder system)
    {
        foreach (Pd pd in system.Pds)
        {
            foreach (IGrouping<int, SharedCap> same in pd.SharedCaps.GroupBy(c => c.Slot).Where(g => g.Count() > 1 || g.Key is < 1 or >= Limits.SharedCapSlots))
            {
                yield return new("shared-cap", $"PD '{pd.Name}' has {same.Count()} shared caps in slot {same.Key}", $"choose different slots of 1..{Limits.SharedCapSlots - 1}", same.Last().Origin);
            }

            foreach (SharedCap cap in pd.SharedCaps.Where(c => c.Of.Options.Core != pd.Options.Core))
            {
                yield return new(
                    "shared-cap-core", $"PD '{pd.Name}' has a cap to '{cap.Of.Name}' on core {cap.Of.Options.Core}", "objects do not cross cores: put both on one", cap.Origin);
            }
        }
    }

    public static IEnumerable<Violation> Timeouts(SystemBuilder system)
    {
        foreach (Pd pd in system.Pds.Where(pd => pd.Options.TimeoutFaults && pd.Parent is null))
        {
            yield return new("timeout-parent", $"PD '{pd.Name}' is to have timeout faults but has no parent", "make it a child of the PD that shall be told");
        }
    }
}
