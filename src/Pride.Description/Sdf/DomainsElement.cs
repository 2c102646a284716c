// domains: names for scheduling domains, and their turns.
//
// The schedule is a list with end markers, of which the kernel goes through the part from start_index to the next marker, again and again.
// Pride's image holds that part alone, so index_shift, which moves the list inside the kernel's table, is checked and otherwise of no effect.

using System;
using System.Collections.Generic;
using System.Linq;

namespace Pride.Description.Sdf;

internal static class DomainsElement
{
    private const ulong MicrosecondsPerSecond = 1_000_000;

    public static void Read(SdfElement element)
    {
        element.Expect([], ["domain", "domain_schedule"]);
        SdfContext context = element.Context;
        context.Domains = ReadNames(element);
        if (context.System.Board.Cores > 1)
        {
            element.Problem("domain-cores", $"board '{context.System.Board.Name}' has {context.System.Board.Cores} cores; domains are for one", "choose a board with one core");
        }

        if (context.Domains.Count == 0)
        {
            return;
        }

        if (element.OnlyChild("domain_schedule") is { } schedule)
        {
            context.System.DomainSchedule([.. ReadSchedule(schedule, context.Domains)]);
            context.System.ScheduleOrigin = schedule.Origin;
        }
        else
        {
            element.Problem("sdf-missing", "'domains' has no domain_schedule", "add one, with a schedule_entry for each turn");
        }
    }

    // Names without an id get the lowest free one, in the order of the file.
    private static Dictionary<string, int> ReadNames(SdfElement element)
    {
        List<(SdfElement Element, string? Name, ulong? Id)> all = [];
        foreach (SdfElement domain in element.Children("domain"))
        {
            domain.Expect(["name", "id"], []);
            all.Add((domain, domain.RequiredText("name"), domain.Number("id")));
        }

        if (all.Count == 0)
        {
            element.Problem("sdf-missing", "'domains' has no domain", "add <domain name=\"...\"/>");
        }

        HashSet<ulong> taken = [];
        foreach (var (domain, _, id) in all.Where(d => d.Id is not null))
        {
            if (id >= Limits.Domains)
            {
                domain.Problem("domain-id", $"domain id {id} is too large", $"choose 0..{Limits.Domains - 1}");
            }

            if (!taken.Add(id!.Value))
            {
                domain.Problem("domain-id", $"two domains have id {id}", "give each an id of its own, or leave ids out");
            }
        }

        Dictionary<string, int> names = [];
        foreach (var (domain, name, id) in all.Where(d => d.Name is not null))
        {
            ulong number = id ?? Enumerable.Range(0, Limits.Domains + all.Count).Select(i => (ulong)i).First(i => !taken.Contains(i));
            taken.Add(number);
            if (!names.TryAdd(name!, (int)Math.Min(number, int.MaxValue)))
            {
                domain.Problem("domain-name", $"two domains are called '{name}'", "give each a name of its own");
            }
        }

        if (all.Count > Limits.Domains)
        {
            element.Problem("domain-count", $"the description has {all.Count} domains", $"use at most {Limits.Domains}");
        }

        return names;
    }

    private static List<DomainTurn> ReadSchedule(SdfElement element, Dictionary<string, int> names)
    {
        element.Expect(["start_index", "index_shift"], ["schedule_entry", "schedule_end_marker"]);
        List<DomainTurn?> entries = [];
        foreach (SdfElement child in element.Children())
        {
            if (child.Name == "schedule_entry")
            {
                entries.Add(ReadEntry(child, names));
            }
            else if (child.Name == "schedule_end_marker")
            {
                child.Expect([], []);
                entries.Add(null);
            }
        }

        ulong start = element.Number("start_index") ?? 0;
        ulong shift = element.Number("index_shift") ?? 0;
        if (entries.Count == 0)
        {
            element.Problem("sdf-missing", "the domain schedule has no entry", "add <schedule_entry domain=\"...\" duration=\"... us\"/>");
        }
        else if (start >= (ulong)entries.Count || entries[(int)start] is null)
        {
            element.Problem("domain-start", $"start_index {start} is not the index of a schedule_entry", $"the list has {entries.Count} entries, counted from 0, end markers included");
            return [];
        }

        if (shift > Limits.DomainSlots || shift + (ulong)entries.Count > Limits.DomainSlots)
        {
            element.Problem("domain-shift", $"{entries.Count} entries shifted by {shift} do not fit", $"the kernel's table has {Limits.DomainSlots} entries");
        }

        return [.. entries.Skip((int)start).TakeWhile(t => t is not null).Select(t => t!.Value)];
    }

    private static DomainTurn ReadEntry(SdfElement element, Dictionary<string, int> names)
    {
        element.Expect(["domain", "duration"], []);
        string? name = element.RequiredText("domain");
        string? duration = element.RequiredText("duration");
        int domain = 0;
        if (name is not null && !names.TryGetValue(name, out domain))
        {
            element.Problem("sdf-name", $"there is no domain '{name}'", $"use one of: {string.Join(", ", names.Keys.Order())}");
        }

        return new DomainTurn(domain, duration is null ? 0 : Microseconds(element, duration));
    }

    private static ulong Microseconds(SdfElement element, string text)
    {
        string[] parts = text.Split(' ');
        if (parts.Length != 2 || SdfElement.ParseNumber(parts[0]) is not { } value || parts[1] is not ("us" or "ticks") || value == 0)
        {
            element.Problem("domain-duration", $"duration=\"{text}\" is not a time", "write a number that is not 0 and a unit: \"1000 us\" or \"62500 ticks\"");
            return 0;
        }

        if (parts[1] == "us")
        {
            return value;
        }

        if (element.Context.System.Board.Kernel.CounterFrequency is var frequency && frequency == 0)
        {
            element.Problem("domain-ticks", $"the timer of board '{element.Context.System.Board.Name}' has a frequency that is known only at boot", "write the duration in us");
            return 0;
        }

        return (ulong)((UInt128)value * MicrosecondsPerSecond / frequency);
    }
}
