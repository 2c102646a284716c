// Rules about channels, protected procedure calls and interrupts.

using System.Collections.Generic;
using System.Linq;
using Pride.Machine;

namespace Pride.Description.Checks;

internal static class ChannelRules
{
    public static IEnumerable<Violation> Ids(SystemBuilder system)
    {
        foreach (Pd pd in system.Pds)
        {
            List<(int Id, SourceLocation? Origin)> ids = [.. pd.Ends.Select(e => (e.Id, e.Origin)), .. pd.Interrupts.Select(i => (i.Id, i.Origin))];
            foreach (var same in ids.GroupBy(i => i.Id).Where(g => g.Count() > 1))
            {
                yield return new(
                    "channel-id",
                    $"PD '{pd.Name}' uses id {same.Key} for {same.Count()} channels or interrupts",
                    "channels and interrupts share one space of ids: give each its own, explicit ids before automatic ones",
                    same.Last().Origin);
            }

            foreach (var wrong in ids.Where(i => i.Id is < 0 or >= Limits.ChannelIds).Distinct())
            {
                yield return new(
                    "channel-id",
                    $"PD '{pd.Name}' uses channel id {wrong.Id}",
                    $"choose 0..{Limits.ChannelIds - 1}: bits 62 and 63 of a badge have other uses",
                    wrong.Origin);
            }
        }
    }

    public static IEnumerable<Violation> Connected(SystemBuilder system)
    {
        foreach (Pd pd in system.Pds)
        {
            foreach (ChannelEnd end in pd.Ends.Where(e => e.Link is null))
            {
                yield return new(
                    "channel-open", $"channel {end.Id} of PD '{pd.Name}' is connected to nothing", "pass its end to system.Connect");
            }
        }

        foreach (ChannelLink link in system.Links)
        {
            if (link.First.Pd == link.Second.Pd)
            {
                yield return new("channel-self", $"PD '{link.First.Pd.Name}' is connected to itself", "connect two different PDs", link.Second.Origin);
            }

            if (!link.First.CanNotify && !link.Second.CanNotify && !link.First.CanCall && !link.Second.CanCall)
            {
                yield return new(
                    "channel-mute",
                    $"neither '{link.First.Pd.Name}' nor '{link.Second.Pd.Name}' may notify or call over their channel",
                    "allow one of them to, or leave the channel out",
                    link.First.Origin);
            }

            if (link.First.CanCall && link.Second.CanCall)
            {
                yield return new(
                    "ppc-both-ways",
                    $"'{link.First.Pd.Name}' and '{link.Second.Pd.Name}' may both call over one channel",
                    "calls go to the higher priority only: let one of them call, the other notify",
                    link.Second.Origin);
            }
        }
    }

    public static IEnumerable<Violation> CallPriorities(SystemBuilder system)
    {
        foreach ((Pd caller, Pd server, SourceLocation? origin) in Calls(system))
        {
            if (server.Options.Priority <= caller.Options.Priority)
            {
                yield return new(
                    "ppc-priority",
                    $"PD '{caller.Name}' (priority {caller.Options.Priority}) calls PD '{server.Name}' (priority {server.Options.Priority})",
                    $"a server's priority is above its callers': raise '{server.Name}' to at least {caller.Options.Priority + 1}",
                    origin);
            }
        }
    }

    public static IEnumerable<Violation> CallCores(SystemBuilder system)
    {
        foreach ((Pd caller, Pd server, SourceLocation? origin) in Calls(system).Where(c => c.Caller.Options.Core != c.Server.Options.Core))
        {
            yield return new(
                "ppc-core",
                $"PD '{caller.Name}' on core {caller.Options.Core} calls PD '{server.Name}' on core {server.Options.Core}",
                "a call runs on the caller's time, which is its core's: put both on one core, or replace the call by notifications and shared memory",
                origin);
        }
    }

    // With the priority rule a circle cannot stand, but the message that names the whole circle is the one that helps.
    public static IEnumerable<Violation> CallCycles(SystemBuilder system)
    {
        ILookup<Pd, Pd> servers = Calls(system).ToLookup(c => c.Caller, c => c.Server);
        HashSet<Pd> done = [];
        foreach (Pd start in system.Pds)
        {
            List<Pd> path = [];
            if (FindCycle(start, servers, path, done))
            {
                int first = path.IndexOf(path[^1]);
                string circle = string.Join(" -> ", path.Skip(first).Select(pd => pd.Name));
                yield return new("ppc-cycle", $"protected procedure calls go in a circle: {circle}", "replace one of the calls by a notification", start.Origin);
            }
        }
    }

    public static IEnumerable<Violation> Interrupts(SystemBuilder system)
    {
        var uses = system.Pds.SelectMany(pd => pd.Interrupts.Select(i => (Pd: pd, Irq: i)));
        foreach (var same in uses.GroupBy(u => u.Irq.Number).Where(g => g.Count() > 1))
        {
            string owners = string.Join(", ", same.Select(u => $"'{u.Pd.Name}'"));
            yield return new("irq-shared", $"interrupt {same.Key} is handled by {owners}", "let one PD handle it and notify the others", same.Last().Irq.Origin);
        }

        foreach (var (pd, irq) in uses.Where(u => u.Irq.Number == system.Board.Kernel.Gic?.TimerInterrupt))
        {
            yield return new(
                "irq-kernel", $"PD '{pd.Name}' handles interrupt {irq.Number}, which is the kernel's timer", "use another timer of the board", irq.Origin);
        }

        foreach (var (pd, irq) in uses.Where(u => system.Board.Kernel.Gic?.Virtual?.Interrupts.Contains(u.Irq.Number) ?? false))
        {
            yield return new(
                "irq-kernel", $"PD '{pd.Name}' handles interrupt {irq.Number}, which belongs to virtual machines", "a virtual machine's manager is told of it by a fault", irq.Origin);
        }
    }

    public static IEnumerable<Violation> InterruptForms(SystemBuilder system)
    {
        bool x86 = system.Board.Architecture == Architecture.X64;
        foreach ((Pd pd, InterruptBinding irq) in system.Pds.SelectMany(pd => pd.Interrupts.Select(i => (pd, i))))
        {
            // In a C# description on x86 a plain number is a pin of the board's I/O APIC.
            if (x86 && irq.Source is null && irq.Origin is not null)
            {
                yield return new(
                    "irq-form", $"PD '{pd.Name}' handles interrupt {irq.Number}, but x86 has no such numbers", "name an I/O APIC's pin, or a PCI device", irq.Origin);
            }
            else if (!x86 && irq.Source is not null)
            {
                yield return new(
                    "irq-form", $"PD '{pd.Name}' handles an interrupt of x86, but the board is {system.Board.Architecture}", "write irq=\"NUMBER\"", irq.Origin);
            }
            else if (x86 && irq.Source is not null && irq.Number > Limits.HighestVector)
            {
                yield return new("irq-vector", $"PD '{pd.Name}' handles vector {irq.Number}", $"choose 0..{Limits.HighestVector}", irq.Origin);
            }
        }
    }

    // Without the channels whose ends may both call: they break a rule of their own, which says all.
    private static IEnumerable<(Pd Caller, Pd Server, SourceLocation? Origin)> Calls(SystemBuilder system)
    {
        foreach (ChannelLink link in system.Links.Where(l => !(l.First.CanCall && l.Second.CanCall)))
        {
            if (link.First.CanCall)
            {
                yield return (link.First.Pd, link.Second.Pd, link.First.Origin);
            }

            if (link.Second.CanCall)
            {
                yield return (link.Second.Pd, link.First.Pd, link.Second.Origin);
            }
        }
    }

    // Depth first; the path ends with the PD that closes the circle.
    private static bool FindCycle(Pd pd, ILookup<Pd, Pd> servers, List<Pd> path, HashSet<Pd> done)
    {
        if (path.Contains(pd))
        {
            path.Add(pd);
            return true;
        }

        if (!done.Add(pd))
        {
            return false;
        }

        path.Add(pd);
        foreach (Pd server in servers[pd])
        {
            if (FindCycle(server, servers, path, done))
            {
                return true;
            }
        }

        path.RemoveAt(path.Count - 1);
        return false;
    }
}
