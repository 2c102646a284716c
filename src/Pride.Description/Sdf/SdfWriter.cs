// Writes a system as a system description file that Microkit's tool reads, and Pride's own reader too.
//
// What only Pride's kernel offers has a fallback, and a comment that starts with "Pride:" marks it: heaps become regions, the page of
// statistics becomes an empty one, timeout faults and caps to notifications are left out.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Xml.Linq;
using Pride.Abi;
using Pride.Machine;

namespace Pride.Description.Sdf;

/// <summary>How the files are called that the description names.</summary>
/// <param name="ImageOf">The file of a PD's program.</param>
/// <param name="PrefillOf">The file with a region's first bytes.</param>
public sealed record SdfFileNames(Func<Pd, string> ImageOf, Func<MemoryRegion, string> PrefillOf)
{
    /// <summary>Every file has the name of its PD or region.</summary>
    public static SdfFileNames Default { get; } = new(pd => $"{pd.Name}.elf", region => $"{region.Name}.bin");
}

/// <summary>Writes SDF.</summary>
public static class SdfWriter
{
    private const string ClockName = "clock_rate";

    /// <summary>The description of <paramref name="system"/>, whose rules have been checked.</summary>
    /// <param name="system">What is written.</param>
    /// <param name="names">How its files are called.</param>
    /// <param name="release">Whose format; <see cref="SdfRelease.Beyond"/> tells what it cannot say.</param>
    /// <param name="givenClock">Where a PC's programs have the rate of its counter from; null: as <paramref name="release"/> can.</param>
    public static string Write(SystemBuilder system, SdfFileNames names, MicrokitRelease release = MicrokitRelease.V23, SdfClock? givenClock = null)
    {
        SdfClock clock = givenClock ?? SdfClock.Of(system, release);
        bool statistics = system.Pds.Any(pd => pd.Mappings.Any(m => m.Region == system.Statistics));
        XElement root = new(
            "system",
            Domains(system),
            system.Regions.Select(r => Region(r, names)),
            statistics ? Mark("the kernel's statistics; here a page of zeros, whose missing magic number says so") : null,
            statistics ? Region(system.Statistics, names) : null,
            system.Pds.Any(clock.HasPageIn) ? Mark("the kernel writes the rate of the time counter into programs; here they look it up") : null,
            system.Pds.Any(clock.HasPageIn) ? ClockRegion(clock) : null,
            system.Pds.Where(pd => pd.Options.HeapSize > 0).Select(HeapRegion),
            system.Pds.Where(pd => pd.Parent is null).Select(pd => Domain(system, pd, null, names, clock)),
            system.Links.Select(Channel),
            system.IoAddressSpaces.Select(IoAddressSpace));
        SdfRelease.Trim(root, release);
        return $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{root}\n";
    }

    private static XComment Mark(string text) => new($" Pride: {text} ");

    private static XAttribute? If(bool there, string name, object value) => there ? new XAttribute(name, value) : null;

    private static XAttribute? Variable(string name, string? symbol) => symbol is null ? null : new XAttribute(name, symbol);

    private static string Hex(ulong value) => "0x" + value.ToString("x", CultureInfo.InvariantCulture);

    private static string Flag(bool value) => value ? "true" : "false";

    private static IEnumerable<object> Domains(SystemBuilder system)
    {
        if (system.Turns.Count == 0)
        {
            yield break;
        }

        yield return new XElement(
            "domains",
            system.Turns.Select(t => t.Domain).Distinct().Order().Select(d => new XElement("domain", new XAttribute("name", DomainName(d)), new XAttribute("id", d))),
            new XElement(
                "domain_schedule",
                system.Turns.Select(t => new XElement("schedule_entry", new XAttribute("domain", DomainName(t.Domain)), new XAttribute("duration", $"{t.Microseconds} us")))));
    }

    private static string DomainName(int domain) => $"domain{domain}";

    private static string HeapName(Pd pd) => $"heap_{pd.Name}";

    private static XElement HeapRegion(Pd pd) =>
        new("memory_region", new XAttribute("name", HeapName(pd)), new XAttribute("size", Hex(pd.Options.HeapSize)));

    private static XElement Region(MemoryRegion region, SdfFileNames names) => new(
        "memory_region",
        new XAttribute("name", region.Name),
        new XAttribute("size", Hex(region.Size)),
        If(region.PageSize is not null, "page_size", Hex(region.PageSize ?? 0)),
        If(region.FixedPhysicalAddress is not null, "phys_addr", Hex(region.FixedPhysicalAddress ?? 0)),
        If(region.Prefill.Length > 0, "prefill_path", names.PrefillOf(region)),
        If(region.BootInformation is not null, "prefill_bootinfo", region.BootInformation ?? string.Empty));

    private static XElement ClockRegion(SdfClock clock) => new(
        "memory_region",
        new XAttribute("name", ClockName),
        new XAttribute("size", Hex(Limits.PageSize)),
        If(clock.Measurer is null, "prefill_bootinfo", "x86_tsc_freq"));

    private static XElement ClockMap(bool fills) =>
        new("map", new XAttribute("mr", ClockName), new XAttribute("vaddr", Hex(PdLayout.ClockPage)), new XAttribute("perms", fills ? "rw" : "r"));

    private static XElement Domain(SystemBuilder system, Pd pd, ChildBinding? binding, SdfFileNames names, SdfClock clock)
    {
        PdOptions o = pd.Options;
        return new XElement(
            "protection_domain",
            new XAttribute("name", pd.Name),
            If(binding is not null, "id", binding?.Id ?? 0),
            Variable("setvar_id", binding?.IdVariable),
            new XAttribute("priority", o.Priority),
            new XAttribute("budget", o.BudgetMicroseconds),
            new XAttribute("period", o.PeriodMicroseconds),
            If(o.Passive, "passive", Flag(true)),
            new XAttribute("stack_size", Hex(o.StackSize)),
            If(o.Core != 0, "cpu", o.Core),
            If(o.MaySmc, "smc", Flag(true)),
            If(!pd.UsesFloatingPoint, "fpu", Flag(false)),
            If(system.Turns.Count > 0, "domain", DomainName(o.Domain)),
            o.TimeoutFaults ? Mark("its parent is told when its budget is used up; here it only waits for the next period") : null,
            new XElement("program_image", new XAttribute("path", names.ImageOf(pd))),
            pd.Mappings.Select(Map),
            o.HeapSize > 0 ? HeapMap(pd) : null,
            clock.HasPageIn(pd) ? ClockMap(fills: pd == clock.Measurer) : null,
            pd.Interrupts.Select(Interrupt),
            pd.IoPorts.Select(IoPort),
            pd.OwnVariables.Where(v => v.Kind == VariableKind.RegionAddress).Select(v =>
                new XElement("setvar", new XAttribute("symbol", v.Symbol), new XAttribute("region_paddr", v.Region!.Name))),
            CapSpace(pd),
            Machine(pd.VirtualMachine, system.Board.Architecture),
            pd.Children.Select(c => Domain(system, c.Pd, c, names, clock)));
    }

    private static XElement HeapMap(Pd pd) =>
        new("map", new XAttribute("mr", HeapName(pd)), new XAttribute("vaddr", Hex(PdLayout.HeapBase)), new XAttribute("perms", "rw"));

    private static XElement Map(Mapping mapping) => new(
        "map",
        new XAttribute("mr", mapping.Region.Name),
        new XAttribute("vaddr", Hex(mapping.VirtualAddress)),
        new XAttribute("perms", Letters(mapping.Permissions)),
        If(mapping.Caching != Caching.Cached, "cached", Flag(false)),
        Variable("setvar_vaddr", mapping.AddressVariable),
        Variable("setvar_size", mapping.SizeVariable),
        Variable("setvar_prefill_size", mapping.PrefillSizeVariable));

    private static string Letters(Permissions permissions) =>
        (permissions.HasFlag(Permissions.Read) ? "r" : string.Empty)
        + (permissions.HasFlag(Permissions.Write) ? "w" : string.Empty)
        + (permissions.HasFlag(Permissions.Execute) ? "x" : string.Empty);

    private static XElement Interrupt(InterruptBinding interrupt)
    {
        XAttribute trigger = new("trigger", interrupt.Trigger == Trigger.Edge ? "edge" : "level");
        object[] form = interrupt.Source switch
        {
            IoApicPin pin =>
            [
                new XAttribute("pin", pin.Pin), new XAttribute("vector", interrupt.Number), new XAttribute("ioapic", pin.IoApic), trigger,
                new XAttribute("polarity", pin.Polarity == Polarity.Low ? "low" : "high"),
            ],
            MessageSignalled message =>
                [new XAttribute("pcidev", message.Device), new XAttribute("handle", message.Handle), new XAttribute("vector", interrupt.Number)],
            _ => [new XAttribute("irq", interrupt.Number), trigger],
        };
        return new XElement("irq", form, new XAttribute("id", interrupt.Id), Variable("setvar_id", interrupt.IdVariable));
    }

    private static XElement IoPort(IoPort port) => new(
        "ioport",
        new XAttribute("id", port.Id),
        new XAttribute("addr", Hex(port.Address)),
        new XAttribute("size", port.Size),
        Variable("setvar_id", port.IdVariable),
        Variable("setvar_addr", port.AddressVariable));

    private static IEnumerable<object> CapSpace(Pd pd)
    {
        if (pd.SharedCaps.Any(c => c.Kind == SharedCapKind.Notification))
        {
            yield return Mark("caps to notifications are left out: use a channel");
        }

        List<XElement> caps = [.. pd.SharedCaps.Where(c => c.Kind != SharedCapKind.Notification).Select(c =>
            new XElement(CSpaceElement.NameOf(c.Kind), new XAttribute("slot", c.Slot), new XAttribute("pd", c.Of.Name)))];
        if (caps.Count > 0)
        {
            yield return new XElement("cspace", caps);
        }
    }

    private static XElement? Machine(VirtualMachine? machine, Architecture architecture) => machine is null ? null : new XElement(
        "virtual_machine",
        new XAttribute("name", machine.Name),
        If(architecture != Architecture.X64, "priority", machine.Options.Priority),
        If(architecture != Architecture.X64, "budget", machine.Options.BudgetMicroseconds),
        If(architecture != Architecture.X64, "period", machine.Options.PeriodMicroseconds),
        machine.Cpus.Select(c => new XElement("vcpu", new XAttribute("id", c.Id), If(c.Core is not null, "cpu", c.Core ?? 0), Variable("setvar_id", c.IdVariable))),
        machine.Mappings.Select(Map));

    private static XElement Channel(ChannelLink link) => new("channel", End(link.First), End(link.Second));

    private static XElement End(ChannelEnd end) => new(
        "end",
        new XAttribute("pd", end.Pd.Name),
        new XAttribute("id", end.Id),
        If(end.CanCall, "pp", Flag(true)),
        If(!end.CanNotify, "notify", Flag(false)),
        Variable("setvar_id", end.IdVariable));

    private static XElement IoAddressSpace(IoAddressSpace space) => new(
        "io_address_space",
        new XAttribute("name", space.Name),
        new XAttribute("peripheral_id", space.Peripheral),
        new XAttribute("domain_id", space.DomainId),
        space.Mappings.Select(m =>
            new XElement("iomap", new XAttribute("mr", m.Region.Name), new XAttribute("iovaddr", Hex(m.IoAddress)), new XAttribute("perms", Letters(m.Permissions)))));
}
