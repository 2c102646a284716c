// Wrong channels, interrupts, I/O ports, domains and virtual machines.

using System.Collections.Generic;
using System.Linq;
using static Pride.Description.Tests.Sdf.WrongDescription;

namespace Pride.Description.Tests.Sdf;

internal static class WrongWiring
{
    private const string Vcpu = "<vcpu id=\"0\"/>";
    private const string Schedule = "<domain_schedule><schedule_entry domain=\"x\" duration=\"1000 us\"/></domain_schedule>";

    public static IEnumerable<WrongDescription> All => [.. Channels, .. Interrupts, .. X86Interrupts, .. IoPorts, .. DomainLists, .. Schedules, .. Machines];

    private static IEnumerable<WrongDescription> Channels =>
    [
        new("channel: one end", Channel("pd=\"a\" id=\"1\""), "channel-ends", "the channel has 1 ends"),
        new("channel: no end", Channel(), "channel-ends", "the channel has 0 ends"),
        new("channel: three ends", Channel("pd=\"a\" id=\"1\"", "pd=\"b\" id=\"1\"", "pd=\"b\" id=\"2\""), "channel-ends", "the channel has 3 ends"),
        new("channel: an attribute", Pd() + "<channel name=\"x\"><end pd=\"a\" id=\"1\"/><end pd=\"a\" id=\"2\"/></channel>", "sdf-attribute", "attribute 'name' is not known here"),
        new("channel: unknown element", Pd() + Pd(name: "b") + "<channel><end pd=\"a\" id=\"1\"/><end pd=\"b\" id=\"2\"/><middle/></channel>", "sdf-element", "element 'middle' is not known in 'channel'"),
        new("end: no pd", Channel("id=\"1\"", "pd=\"b\" id=\"1\""), "sdf-missing", "attribute 'pd' is missing"),
        new("end: no such pd", Channel("pd=\"x\" id=\"1\"", "pd=\"b\" id=\"1\""), "sdf-name", "there is no protection_domain 'x'"),
        new("end: no id", Channel("pd=\"a\"", "pd=\"b\" id=\"1\""), "sdf-missing", "attribute 'id' is missing"),
        new("end: empty id", Channel("pd=\"a\" id=\"\"", "pd=\"b\" id=\"1\""), "sdf-empty", "attribute 'id' is empty"),
        new("end: id no number", Channel("pd=\"a\" id=\"x\"", "pd=\"b\" id=\"1\""), "sdf-number", "id=\"x\" is not a number"),
        new("end: negative id", Channel("pd=\"a\" id=\"-1\"", "pd=\"b\" id=\"1\""), "sdf-number", "id=\"-1\" is not a number"),
        new("end: id 62", Channel("pd=\"a\" id=\"62\"", "pd=\"b\" id=\"1\""), "channel-id", "PD 'a' uses channel id 62"),
        new("end: pp is maybe", Channel("pd=\"a\" id=\"1\" pp=\"maybe\"", "pd=\"b\" id=\"1\""), "sdf-choice", "pp=\"maybe\" is none of the choices"),
        new("end: notify is 0", Channel("pd=\"a\" id=\"1\" notify=\"0\"", "pd=\"b\" id=\"1\""), "sdf-choice", "notify=\"0\" is none of the choices"),
        new("end: empty setvar_id", Channel("pd=\"a\" id=\"1\" setvar_id=\"\"", "pd=\"b\" id=\"1\""), "sdf-empty", "attribute 'setvar_id' is empty"),
        new("end: unknown attribute", Channel("pd=\"a\" id=\"1\" badge=\"1\"", "pd=\"b\" id=\"1\""), "sdf-attribute", "attribute 'badge' is not known here"),
        new("channel: calls both ways", Channel("pd=\"a\" id=\"1\" pp=\"true\"", "pd=\"b\" id=\"1\" pp=\"true\""), "ppc-both-ways", "may both call over one channel"),
        new("channel: nobody may do anything", Channel("pd=\"a\" id=\"1\" notify=\"false\"", "pd=\"b\" id=\"1\" notify=\"false\""), "channel-mute", "neither 'a' nor 'b' may notify or call"),
        new("channel: to itself", Channel("pd=\"a\" id=\"1\"", "pd=\"a\" id=\"2\""), "channel-self", "PD 'a' is connected to itself"),
        new("channel: a call downwards", Channel("pd=\"a\" id=\"1\"", "pd=\"b\" id=\"1\" pp=\"true\""), "ppc-priority", "PD 'b' (priority 2) calls PD 'a' (priority 1)"),
        new("channel: a call to an equal", Pd() + Pd(name: "b") + "<channel><end pd=\"a\" id=\"1\" pp=\"true\"/><end pd=\"b\" id=\"1\"/></channel>", "ppc-priority", "PD 'a' (priority 0) calls PD 'b' (priority 0)"),
        new("channel: a call to another core", Pd("priority=\"1\"") + Pd("priority=\"2\" cpu=\"1\"", name: "b") + "<channel><end pd=\"a\" id=\"1\" pp=\"true\"/><end pd=\"b\" id=\"1\"/></channel>", "ppc-core", "on core 0 calls PD 'b' on core 1") { Target = Target.ArmFourCores },
        new("channel: an id twice", Channel("pd=\"a\" id=\"1\"", "pd=\"b\" id=\"1\"") + "<channel><end pd=\"a\" id=\"1\"/><end pd=\"b\" id=\"2\"/></channel>", "channel-id", "PD 'a' uses id 1 for 2 channels or interrupts"),
        new("channel: an interrupt's id", Pd(inner: "<irq irq=\"48\" id=\"1\"/>") + Pd(name: "b") + "<channel><end pd=\"a\" id=\"1\"/><end pd=\"b\" id=\"2\"/></channel>", "channel-id", "PD 'a' uses id 1 for 2 channels or interrupts"),
    ];

    private static IEnumerable<WrongDescription> Interrupts =>
    [
        new("irq: no irq", Pd(inner: "<irq id=\"1\"/>"), "sdf-missing", "attribute 'irq' is missing"),
        new("irq: irq no number", Pd(inner: "<irq irq=\"uart\" id=\"1\"/>"), "sdf-number", "irq=\"uart\" is not a number"),
        new("irq: irq of 33 bits", Pd(inner: "<irq irq=\"0x100000000\" id=\"1\"/>"), "sdf-number", "irq=\"0x100000000\" is too large"),
        new("irq: no id", Pd(inner: "<irq irq=\"48\"/>"), "sdf-missing", "attribute 'id' is missing"),
        new("irq: negative id", Pd(inner: "<irq irq=\"48\" id=\"-1\"/>"), "sdf-number", "id=\"-1\" is not a number"),
        new("irq: id 62", Pd(inner: "<irq irq=\"48\" id=\"62\"/>"), "channel-id", "PD 'a' uses channel id 62"),
        new("irq: id twice", Pd(inner: "<irq irq=\"48\" id=\"1\"/><irq irq=\"49\" id=\"1\"/>"), "channel-id", "PD 'a' uses id 1 for 2"),
        new("irq: trigger both", Pd(inner: "<irq irq=\"48\" id=\"1\" trigger=\"both\"/>"), "sdf-choice", "trigger=\"both\" is none of the choices"),
        new("irq: empty setvar_id", Pd(inner: "<irq irq=\"48\" id=\"1\" setvar_id=\"\"/>"), "sdf-empty", "attribute 'setvar_id' is empty"),
        new("irq: unknown attribute", Pd(inner: "<irq irq=\"48\" id=\"1\" cpu=\"0\"/>"), "sdf-attribute", "attribute 'cpu' is not known here"),
        new("irq: polarity on Arm", Pd(inner: "<irq irq=\"48\" id=\"1\" polarity=\"low\"/>"), "sdf-attribute", "attribute 'polarity' is not known here"),
        new("irq: twice in one PD", Pd(inner: "<irq irq=\"48\" id=\"1\"/><irq irq=\"48\" id=\"2\"/>"), "irq-shared", "interrupt 48 is handled by 'a', 'a'"),
        new("irq: in two PDs", Pd(inner: "<irq irq=\"48\" id=\"1\"/>") + Pd(inner: "<irq irq=\"48\" id=\"1\"/>", name: "b"), "irq-shared", "interrupt 48 is handled by 'a', 'b'"),
        new("irq: the kernel's timer", Pd(inner: "<irq irq=\"27\" id=\"1\"/>"), "irq-kernel", "interrupt 27, which is the kernel's timer"),
        new("irq: an I/O APIC on Arm", Pd(inner: "<irq pin=\"1\" vector=\"1\" id=\"1\"/>"), "irq-form", "handles an interrupt of x86, but the board is AArch64"),
        new("irq: a PCI message on Arm", Pd(inner: "<irq pcidev=\"01:1f.2\" handle=\"0\" vector=\"1\" id=\"1\"/>"), "irq-form", "handles an interrupt of x86, but the board is AArch64"),
    ];

    private static IEnumerable<WrongDescription> X86Interrupts =>
    [
        X86("irq: a number on x86", Pd(inner: "<irq irq=\"48\" id=\"1\"/>"), "irq-form", "but x86 has no such numbers"),
        X86("irq pin: no number", Pd(inner: "<irq pin=\"x\" vector=\"1\" id=\"1\"/>"), "sdf-number", "pin=\"x\" is not a number"),
        X86("irq pin: negative", Pd(inner: "<irq pin=\"-1\" vector=\"1\" id=\"1\"/>"), "sdf-number", "pin=\"-1\" is not a number"),
        X86("irq pin: no vector", Pd(inner: "<irq pin=\"1\" id=\"1\"/>"), "sdf-missing", "attribute 'vector' is missing"),
        X86("irq pin: vector 108", Pd(inner: "<irq pin=\"1\" vector=\"108\" id=\"1\"/>"), "irq-vector", "handles vector 108"),
        X86("irq pin: negative vector", Pd(inner: "<irq pin=\"1\" vector=\"-1\" id=\"1\"/>"), "sdf-number", "vector=\"-1\" is not a number"),
        X86("irq pin: ioapic no number", Pd(inner: "<irq pin=\"1\" vector=\"1\" ioapic=\"-1\" id=\"1\"/>"), "sdf-number", "ioapic=\"-1\" is not a number"),
        X86("irq pin: polarity", Pd(inner: "<irq pin=\"1\" vector=\"1\" polarity=\"up\" id=\"1\"/>"), "sdf-choice", "polarity=\"up\" is none of the choices"),
        X86("irq pin: trigger", Pd(inner: "<irq pin=\"1\" vector=\"1\" trigger=\"up\" id=\"1\"/>"), "sdf-choice", "trigger=\"up\" is none of the choices"),
        X86("irq pin: handle", Pd(inner: "<irq pin=\"1\" vector=\"1\" handle=\"1\" id=\"1\"/>"), "sdf-attribute", "attribute 'handle' is not known here"),
        X86("irq pcidev: old form", Pd(inner: "<irq pcidev=\"01:1f:2\" handle=\"0\" vector=\"1\" id=\"1\"/>"), "pci-address", "pcidev=\"01:1f:2\""),
        X86("irq pcidev: device 20 (hexadecimal)", Pd(inner: "<irq pcidev=\"01:20.0\" handle=\"0\" vector=\"1\" id=\"1\"/>"), "pci-address", "pcidev=\"01:20.0\""),
        X86("irq pcidev: function 8", Pd(inner: "<irq pcidev=\"01:00.8\" handle=\"0\" vector=\"1\" id=\"1\"/>"), "pci-address", "pcidev=\"01:00.8\""),
        X86("irq pcidev: bus 100 (hexadecimal)", Pd(inner: "<irq pcidev=\"100:00.0\" handle=\"0\" vector=\"1\" id=\"1\"/>"), "pci-address", "pcidev=\"100:00.0\""),
        X86("irq pcidev: no handle", Pd(inner: "<irq pcidev=\"01:1f.2\" vector=\"1\" id=\"1\"/>"), "sdf-missing", "attribute 'handle' is missing"),
        X86("irq pcidev: negative handle", Pd(inner: "<irq pcidev=\"01:1f.2\" handle=\"-1\" vector=\"1\" id=\"1\"/>"), "sdf-number", "handle=\"-1\" is not a number"),
        X86("irq pcidev: trigger", Pd(inner: "<irq pcidev=\"01:1f.2\" handle=\"0\" vector=\"1\" trigger=\"edge\" id=\"1\"/>"), "sdf-attribute", "attribute 'trigger' is not known here"),
        X86("irq: one vector twice", Pd(inner: "<irq pin=\"1\" vector=\"1\" id=\"1\"/><irq pin=\"2\" vector=\"1\" id=\"2\"/>"), "irq-shared", "interrupt 1 is handled by"),
    ];

    private static IEnumerable<WrongDescription> IoPorts =>
    [
        new("ioport: on Arm", Pd(inner: "<ioport id=\"1\" addr=\"0x3f8\" size=\"8\"/>"), "ioport-architecture", "uses I/O ports, which AArch64 does not have"),
        X86("ioport: no id", Pd(inner: "<ioport addr=\"0x3f8\" size=\"8\"/>"), "sdf-missing", "attribute 'id' is missing"),
        X86("ioport: id 62", Pd(inner: "<ioport id=\"62\" addr=\"0x3f8\" size=\"8\"/>"), "ioport-id", "by id 62"),
        X86("ioport: no addr", Pd(inner: "<ioport id=\"1\" size=\"8\"/>"), "sdf-missing", "attribute 'addr' is missing"),
        X86("ioport: addr no number", Pd(inner: "<ioport id=\"1\" addr=\"com1\" size=\"8\"/>"), "sdf-number", "addr=\"com1\" is not a number"),
        X86("ioport: no size", Pd(inner: "<ioport id=\"1\" addr=\"0x3f8\"/>"), "sdf-missing", "attribute 'size' is missing"),
        X86("ioport: size 0", Pd(inner: "<ioport id=\"1\" addr=\"0x3f8\" size=\"0\"/>"), "ioport-range", "uses 0 I/O ports from 0x3f8"),
        X86("ioport: beyond the last port", Pd(inner: "<ioport id=\"1\" addr=\"0xffff\" size=\"2\"/>"), "ioport-range", "uses 2 I/O ports from 0xffff"),
        X86("ioport: id twice", Pd(inner: "<ioport id=\"1\" addr=\"0x3f8\" size=\"8\"/><ioport id=\"1\" addr=\"0x2f8\" size=\"8\"/>"), "ioport-id", "knows 2 runs of I/O ports by id 1"),
        X86("ioport: two PDs overlap", Pd(inner: "<ioport id=\"1\" addr=\"0x3f8\" size=\"8\"/>") + Pd(inner: "<ioport id=\"1\" addr=\"0x3ff\" size=\"1\"/>", name: "b"), "ioport-overlap", "overlap"),
        X86("ioport: empty setvar_id", Pd(inner: "<ioport id=\"1\" addr=\"0x3f8\" size=\"8\" setvar_id=\"\"/>"), "sdf-empty", "attribute 'setvar_id' is empty"),
        X86("ioport: empty setvar_addr", Pd(inner: "<ioport id=\"1\" addr=\"0x3f8\" size=\"8\" setvar_addr=\"\"/>"), "sdf-empty", "attribute 'setvar_addr' is empty"),
        X86("ioport: unknown attribute", Pd(inner: "<ioport id=\"1\" addr=\"0x3f8\" size=\"8\" perms=\"r\"/>"), "sdf-attribute", "attribute 'perms' is not known here"),
    ];

    private static IEnumerable<WrongDescription> DomainLists =>
    [
        new("domains: twice", Domains($"<domain name=\"x\"/>{Schedule}") + "<domains/>", "sdf-once", "has 2 elements 'domains'"),
        new("domains: an attribute", "<domains count=\"1\"><domain name=\"x\"/>" + Schedule + "</domains>" + Pd("domain=\"x\""), "sdf-attribute", "attribute 'count' is not known here"),
        new("domains: no domain", "<domains><domain_schedule><schedule_end_marker/></domain_schedule></domains>", "sdf-missing", "'domains' has no domain"),
        new("domains: no schedule", Domains("<domain name=\"x\"/>"), "sdf-missing", "'domains' has no domain_schedule"),
        new("domains: two schedules", Domains($"<domain name=\"x\"/>{Schedule}{Schedule}"), "sdf-once", "has 2 elements 'domain_schedule'"),
        new("domains: unknown element", Domains($"<domain name=\"x\"/>{Schedule}<turn/>"), "sdf-element", "element 'turn' is not known in 'domains'"),
        new("domains: on four cores", Domains($"<domain name=\"x\"/>{Schedule}"), "domain-cores", "has 4 cores; domains are for one") { Target = Target.ArmFourCores },
        new("domain: no name", Domains($"<domain/><domain name=\"x\"/>{Schedule}"), "sdf-missing", "attribute 'name' is missing"),
        new("domain: name twice", Domains($"<domain name=\"x\"/><domain name=\"x\"/>{Schedule}"), "domain-name", "two domains are called 'x'"),
        new("domain: id 16", Domains($"<domain name=\"y\" id=\"16\"/><domain name=\"x\"/>{Schedule}"), "domain-id", "domain id 16 is too large"),
        new("domain: id twice", Domains($"<domain name=\"x\" id=\"0\"/><domain name=\"y\" id=\"0\"/>{Schedule}"), "domain-id", "two domains have id 0"),
        new("domain: id no number", Domains($"<domain name=\"x\" id=\"first\"/>{Schedule}"), "sdf-number", "id=\"first\" is not a number"),
        new("domain: unknown attribute", Domains($"<domain name=\"x\" priority=\"1\"/>{Schedule}"), "sdf-attribute", "attribute 'priority' is not known here"),
        new("domain: seventeen", Domains(string.Concat(Enumerable.Range(0, 16).Select(i => $"<domain name=\"d{i}\"/>")) + $"<domain name=\"x\"/>{Schedule}"), "domain-count", "has 17 domains"),
        new("domain: a PD without", Domains($"<domain name=\"x\"/>{Schedule}") + Pd(name: "b"), "sdf-missing", "attribute 'domain' is missing"),
        new("domain: a PD in one that is not there", Domains($"<domain name=\"x\"/>{Schedule}") + Pd("domain=\"z\"", name: "b"), "sdf-name", "there is no domain 'z'"),
        new("domain: a PD that would never run", Domains($"<domain name=\"x\"/><domain name=\"y\"/>{Schedule}") + Pd("domain=\"y\"", name: "b"), "domain-never", "PD 'b' is in domain 1, which has no turn"),
        new("domain: no turn for the monitor", Domains($"<domain name=\"x\" id=\"1\"/>{Schedule}"), "domain-monitor", "no turn of domain 0"),
        new("domain: a call into another", "<domains><domain name=\"x\"/><domain name=\"y\"/><domain_schedule><schedule_entry domain=\"x\" duration=\"1000 us\"/><schedule_entry domain=\"y\" duration=\"1000 us\"/></domain_schedule></domains>"
            + Pd("domain=\"x\" priority=\"1\"") + Pd("domain=\"y\" priority=\"2\"", name: "b") + "<channel><end pd=\"a\" id=\"1\" pp=\"true\"/><end pd=\"b\" id=\"1\"/></channel>", "ppc-domain", "are in different domains"),
    ];

    private static IEnumerable<WrongDescription> Schedules =>
    [
        Turns("domain_schedule: empty", "", "", "sdf-missing", "the domain schedule has no entry"),
        Turns("domain_schedule: start_index behind the end", "start_index=\"1\"", "<schedule_entry domain=\"x\" duration=\"1000 us\"/>", "domain-start", "start_index 1 is not the index of a schedule_entry"),
        Turns("domain_schedule: start_index at an end marker", "start_index=\"1\"", "<schedule_entry domain=\"x\" duration=\"1000 us\"/><schedule_end_marker/>", "domain-start", "start_index 1"),
        Turns("domain_schedule: start_index no number", "start_index=\"x\"", "<schedule_entry domain=\"x\" duration=\"1000 us\"/>", "sdf-number", "start_index=\"x\" is not a number"),
        Turns("domain_schedule: index_shift beyond the table", "index_shift=\"256\"", "<schedule_entry domain=\"x\" duration=\"1000 us\"/>", "domain-shift", "1 entries shifted by 256 do not fit"),
        Turns("domain_schedule: index_shift no number", "index_shift=\"-1\"", "<schedule_entry domain=\"x\" duration=\"1000 us\"/>", "sdf-number", "index_shift=\"-1\" is not a number"),
        Turns("domain_schedule: unknown attribute", "length=\"1\"", "<schedule_entry domain=\"x\" duration=\"1000 us\"/>", "sdf-attribute", "attribute 'length' is not known here"),
        Turns("domain_schedule: unknown element", "", "<schedule_entry domain=\"x\" duration=\"1000 us\"/><pause/>", "sdf-element", "element 'pause' is not known in 'domain_schedule'"),
        Turns("schedule_entry: no domain", "", "<schedule_entry duration=\"1000 us\"/>", "sdf-missing", "attribute 'domain' is missing"),
        Turns("schedule_entry: no such domain", "", "<schedule_entry domain=\"z\" duration=\"1000 us\"/>", "sdf-name", "there is no domain 'z'"),
        Turns("schedule_entry: no duration", "", "<schedule_entry domain=\"x\"/>", "sdf-missing", "attribute 'duration' is missing"),
        Turns("schedule_entry: no unit", "", "<schedule_entry domain=\"x\" duration=\"1000\"/>", "domain-duration", "duration=\"1000\" is not a time"),
        Turns("schedule_entry: milliseconds", "", "<schedule_entry domain=\"x\" duration=\"1 ms\"/>", "domain-duration", "duration=\"1 ms\" is not a time"),
        Turns("schedule_entry: no time", "", "<schedule_entry domain=\"x\" duration=\"0 us\"/>", "domain-duration", "duration=\"0 us\" is not a time"),
        Turns("schedule_entry: ticks of a machine that has no known frequency", "", "<schedule_entry domain=\"x\" duration=\"1000 ticks\"/>", "domain-ticks", "a frequency that is known only at boot") with { Target = Target.X64 },
        Turns("schedule_entry: a turn too short to use", "", "<schedule_entry domain=\"x\" duration=\"10 us\"/>", "domain-turn", "a turn of 10 us"),
        Turns("schedule_entry: unknown attribute", "", "<schedule_entry domain=\"x\" duration=\"1000 us\" core=\"0\"/>", "sdf-attribute", "attribute 'core' is not known here"),
        Turns("schedule_end_marker: an attribute", "", "<schedule_entry domain=\"x\" duration=\"1000 us\"/><schedule_end_marker domain=\"x\"/>", "sdf-attribute", "attribute 'domain' is not known here"),
        Turns("domain_schedule: 257 entries", "", string.Concat(Enumerable.Repeat("<schedule_entry domain=\"x\" duration=\"1000 us\"/>", 257)), "domain-shift", "257 entries"),
    ];

    private static IEnumerable<WrongDescription> Machines =>
    [
        new("virtual_machine: no hypervisor", Vm("name=\"v\"", Vcpu), "vm-hypervisor", "the kernel is no hypervisor"),
        new("virtual_machine: outside of a PD", Pd() + "<virtual_machine name=\"v\"><vcpu id=\"0\"/></virtual_machine>", "vm-parent", "stands outside of a protection domain"),
        Hyp("virtual_machine: twice", Pd(inner: "<virtual_machine name=\"v\"><vcpu id=\"0\"/></virtual_machine><virtual_machine name=\"w\"><vcpu id=\"1\"/></virtual_machine>"), "sdf-once", "has 2 elements 'virtual_machine'"),
        Hyp("virtual_machine: no name", Vm("", Vcpu), "sdf-missing", "attribute 'name' is missing"),
        Hyp("virtual_machine: name twice", Vm("name=\"v\"", Vcpu) + Vm("name=\"v\"", Vcpu, "b"), "vm-name", "2 virtual machines are called 'v'"),
        Hyp("virtual_machine: priority 255", Vm("name=\"v\" priority=\"255\"", Vcpu), "vm-priority", "virtual machine 'v' has priority 255"),
        Hyp("virtual_machine: budget above period", Vm("name=\"v\" budget=\"2000\" period=\"1000\"", Vcpu), "vm-budget", "a budget of 2000 us in a period of 1000 us"),
        Hyp("virtual_machine: budget no number", Vm("name=\"v\" budget=\"all\"", Vcpu), "sdf-number", "budget=\"all\" is not a number"),
        Hyp("virtual_machine: unknown attribute", Vm("name=\"v\" cpu=\"0\"", Vcpu), "sdf-attribute", "attribute 'cpu' is not known here"),
        Hyp("virtual_machine: unknown element", Vm("name=\"v\"", $"{Vcpu}<irq/>"), "sdf-element", "element 'irq' is not known in 'virtual_machine'"),
        Hyp("virtual_machine: no vcpu", Vm("name=\"v\"", ""), "vcpu-count", "virtual machine 'v' has no CPU"),
        Hyp("vcpu: no id", Vm("name=\"v\"", "<vcpu/>"), "sdf-missing", "attribute 'id' is missing"),
        Hyp("vcpu: id 62", Vm("name=\"v\"", "<vcpu id=\"62\"/>"), "vcpu-id", "has CPU 62"),
        Hyp("vcpu: id twice", Vm("name=\"v\"", Vcpu + Vcpu), "vcpu-id", "has 2 CPUs with id 0"),
        Hyp("vcpu: a child's id", Vm("name=\"v\"", Vcpu, more: Child("id=\"0\"")), "vcpu-id", "knows a child and a virtual CPU by id 0"),
        Hyp("vcpu: a core that is not there", Vm("name=\"v\"", "<vcpu id=\"0\" cpu=\"1\"/>"), "vcpu-core", "is to run on core 1"),
        Hyp("vcpu: unknown attribute", Vm("name=\"v\"", "<vcpu id=\"0\" priority=\"1\"/>"), "sdf-attribute", "attribute 'priority' is not known here"),
        Hyp("vcpu: empty setvar_id", Vm("name=\"v\"", "<vcpu id=\"0\" setvar_id=\"\"/>"), "sdf-empty", "attribute 'setvar_id' is empty"),
        Hyp("virtual_machine map: setvar_vaddr", Mr() + Vm("name=\"v\"", $"{Vcpu}<map mr=\"m\" vaddr=\"0x4000000\" setvar_vaddr=\"s\"/>"), "sdf-attribute", "attribute 'setvar_vaddr' is not known here"),
        Hyp("virtual_machine map: no mr", Vm("name=\"v\"", $"{Vcpu}<map vaddr=\"0x4000000\"/>"), "sdf-missing", "attribute 'mr' is missing"),
        Hyp("virtual_machine map: two that overlap", Mr() + Mr(name: "n") + Vm("name=\"v\"", $"{Vcpu}<map mr=\"m\" vaddr=\"0x4000000\"/><map mr=\"n\" vaddr=\"0x4000000\"/>"), "mapping-overlap", "in virtual machine 'v'"),
        Hyp("virtual_machine map: write only", Mr() + Vm("name=\"v\"", $"{Vcpu}<map mr=\"m\" vaddr=\"0x4000000\" perms=\"w\"/>"), "mapping-rights", "virtual machine 'v' maps region 'm' with rights 'Write'"),
        X86("virtual_machine: priority on x86", Vm("name=\"v\" priority=\"1\"", Vcpu), "sdf-attribute", "attribute 'priority' is not known here"),
        X86("virtual_machine: two vcpus on x86", Vm("name=\"v\"", "<vcpu id=\"0\"/><vcpu id=\"1\"/>"), "vm-x86-cpus", "has 2 CPUs; on x86 one is possible"),
        X86("virtual_machine: children on x86", Vm("name=\"v\"", Vcpu, more: Child("id=\"1\"")), "vm-x86-children", "manages a virtual machine and has children"),
        X86("virtual_machine: called on x86", Vm("name=\"v\"", Vcpu) + Pd("priority=\"1\"", name: "b") + "<channel><end pd=\"a\" id=\"1\"/><end pd=\"b\" id=\"1\" pp=\"true\"/></channel>", "vm-x86-call", "manages a virtual machine and is called"),
    ];

    private static WrongDescription X86(string mistake, string body, string rule, string message) => new(mistake, body, rule, message) { Target = Target.X64 };

    private static WrongDescription Hyp(string mistake, string body, string rule, string message) => new(mistake, body, rule, message) { Target = Target.ArmHypervisor };

    private static WrongDescription Turns(string mistake, string attributes, string entries, string rule, string message) =>
        new(mistake, Domains($"<domain name=\"x\"/><domain_schedule {attributes}>{entries}</domain_schedule>"), rule, message);
}
