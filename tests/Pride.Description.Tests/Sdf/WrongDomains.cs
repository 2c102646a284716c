// Wrong protection domains: attributes, program images, set variables, children.

using System.Collections.Generic;
using System.Linq;
using static Pride.Description.Tests.Sdf.WrongDescription;

namespace Pride.Description.Tests.Sdf;

internal static class WrongDomains
{
    public static IEnumerable<WrongDescription> All => [.. System, .. Attributes, .. Images, .. Variables, .. Children, .. Caps];

    private static IEnumerable<WrongDescription> System =>
    [
        new("system: no PD", "<memory_region name=\"m\" size=\"0x1000\"/>", "pd-count", "has no PDs"),
        new("system: unknown element", $"{Pd()}<process/>", "sdf-element", "element 'process' is not known in 'system'"),
        new("system: text", $"{Pd()}words", "sdf-text", "the text 'words' does not belong here"),
        new("system: 64 PDs", string.Concat(Enumerable.Range(0, 64).Select(i => Pd(name: $"p{i}"))), "pd-count", "has 64 PDs; at most 63"),
        new("system: XML that ends too soon", "<protection_domain name=\"a\">", "sdf-xml", "protection_domain"),
        new("system: an attribute without quotes", "<protection_domain name=a/>", "sdf-xml", "'a' is an unexpected token"),
        new("system: an entity that nobody defined", "<protection_domain name=\"&a;\"/>", "sdf-xml", "'a'"),
        new("system: an attribute twice", "<memory_region name=\"m\" name=\"n\" size=\"0x1000\"/>", "sdf-xml", "'name' is a duplicate attribute name"),
    ];

    private static IEnumerable<WrongDescription> Attributes =>
    [
        new("pd: no name", "<protection_domain><program_image path=\"a.elf\"/></protection_domain>", "sdf-missing", "attribute 'name' is missing"),
        new("pd: empty name", Pd(name: ""), "sdf-empty", "attribute 'name' is empty"),
        new("pd: name of 64 bytes", Pd(name: new string('x', 64)), "pd-name", "longer than 63 bytes"),
        new("pd: name twice", Pd() + Pd(), "pd-name", "2 PDs are called 'a'"),
        new("pd: the monitor's name", Pd(name: "monitor"), "pd-name", "'monitor' is the name of a PD that every system has"),
        new("pd: unknown attribute", Pd("colour=\"red\""), "sdf-attribute", "attribute 'colour' is not known here"),
        new("pd: id outside of a parent", Pd("id=\"1\""), "sdf-attribute", "attribute 'id' is not known here"),
        new("pd: setvar_id outside of a parent", Pd("setvar_id=\"x\""), "sdf-attribute", "attribute 'setvar_id' is not known here"),
        new("pd: text", Pd(inner: "words"), "sdf-text", "the text 'words' does not belong here"),
        new("pd: unknown element", Pd(inner: "<thread/>"), "sdf-element", "element 'thread' is not known in 'protection_domain'"),
        new("pd: priority 255", Pd("priority=\"255\""), "pd-priority", "has priority 255"),
        new("pd: negative priority", Pd("priority=\"-1\""), "sdf-number", "priority=\"-1\" is not a number"),
        new("pd: priority no number", Pd("priority=\"high\""), "sdf-number", "priority=\"high\" is not a number"),
        new("pd: empty priority", Pd("priority=\"\""), "sdf-number", "priority=\"\" is not a number"),
        new("pd: priority beyond all numbers", Pd("priority=\"99999999999\""), "sdf-number", "priority=\"99999999999\" is too large"),
        new("pd: budget no number", Pd("budget=\"1ms\""), "sdf-number", "budget=\"1ms\" is not a number"),
        new("pd: budget above the default period", Pd("budget=\"2000\" period=\"1000\""), "budget-period", "a budget of 2000 us in a period of 1000 us"),
        new("pd: period below the default budget", Pd("period=\"999\""), "budget-period", "a budget of 1000 us in a period of 999 us"),
        new("pd: budget 0", Pd("budget=\"0\" period=\"1000\""), "budget-range", "a budget of 0 us"),
        new("pd: period of a day", Pd("period=\"86_400_000_000\""), "budget-range", "a period of 86400000000 us"),
        new("pd: period no number", Pd("period=\"0x\""), "sdf-number", "period=\"0x\" is not a number"),
        new("pd: passive is yes", Pd("passive=\"yes\""), "sdf-choice", "passive=\"yes\" is none of the choices"),
        new("pd: passive is True", Pd("passive=\"True\""), "sdf-choice", "passive=\"True\" is none of the choices"),
        new("pd: stack below 4 KiB", Pd("stack_size=\"0x800\""), "stack-size", "a stack of 2048 bytes"),
        new("pd: stack above 16 MiB", Pd("stack_size=\"0x1001000\""), "stack-size", "a stack of 16781312 bytes"),
        new("pd: stack not made of pages", Pd("stack_size=\"0x1800\""), "stack-size", "a stack of 6144 bytes"),
        new("pd: stack no number", Pd("stack_size=\"8K\""), "sdf-number", "stack_size=\"8K\" is not a number"),
        new("pd: a core that is not there", Pd("cpu=\"1\""), "pd-core", "is to run on core 1"),
        new("pd: core no number", Pd("cpu=\"first\""), "sdf-number", "cpu=\"first\" is not a number"),
        new("pd: core 4 of 4", Pd("cpu=\"4\""), "pd-core", "is to run on core 4") { Target = Target.ArmFourCores },
        new("pd: smc is 1", Pd("smc=\"1\""), "sdf-choice", "smc=\"1\" is none of the choices"),
        new("pd: smc on x86", Pd("smc=\"true\""), "smc-architecture", "may make SMC calls, which X64 does not have") { Target = Target.X64 },
        new("pd: fpu is on", Pd("fpu=\"on\""), "sdf-choice", "fpu=\"on\" is none of the choices"),
        new("pd: domain without domains", Pd("domain=\"x\""), "domain-schedule", "domain=\"x\" is given, but the description has no domains"),
    ];

    private static IEnumerable<WrongDescription> Images =>
    [
        new("program_image: missing", PdWith(""), "sdf-missing", "PD 'a' has no program_image"),
        new("program_image: twice", Pd(inner: "<program_image path=\"a.elf\"/>"), "sdf-once", "has 2 elements 'program_image'"),
        new("program_image: no path", PdWith("<program_image/>"), "sdf-missing", "attribute 'path' is missing"),
        new("program_image: empty path", PdWith("<program_image path=\"\"/>"), "sdf-empty", "attribute 'path' is empty"),
        new("program_image: no such file", PdWith("<program_image path=\"b.elf\"/>"), "sdf-file", "path=\"b.elf\" is in none of the search paths"),
        new("program_image: no such symbols", PdWith("<program_image path=\"a.elf\" path_for_symbols=\"s.elf\"/>"), "sdf-file", "path_for_symbols=\"s.elf\" is in none"),
        new("program_image: empty path_for_symbols", PdWith("<program_image path=\"a.elf\" path_for_symbols=\"\"/>"), "sdf-empty", "attribute 'path_for_symbols' is empty"),
        new("program_image: unknown attribute", PdWith("<program_image path=\"a.elf\" base=\"0\"/>"), "sdf-attribute", "attribute 'base' is not known here"),
        new("program_image: child element", PdWith("<program_image path=\"a.elf\"><x/></program_image>"), "sdf-element", "element 'x' is not known in 'program_image'"),
        new("program_image: text", PdWith("<program_image path=\"a.elf\">a</program_image>"), "sdf-text", "the text 'a' does not belong here"),
    ];

    private static IEnumerable<WrongDescription> Variables =>
    [
        new("setvar: no symbol", Mr() + Pd(inner: "<setvar region_paddr=\"m\"/>"), "sdf-missing", "attribute 'symbol' is missing"),
        new("setvar: empty symbol", Mr() + Pd(inner: "<setvar symbol=\"\" region_paddr=\"m\"/>"), "sdf-empty", "attribute 'symbol' is empty"),
        new("setvar: no region_paddr", Pd(inner: "<setvar symbol=\"s\"/>"), "sdf-missing", "attribute 'region_paddr' is missing"),
        new("setvar: no such region", Mr() + Pd(inner: "<setvar symbol=\"s\" region_paddr=\"n\"/>"), "sdf-name", "there is no memory_region 'n'"),
        new("setvar: unknown attribute", Mr() + Pd(inner: "<setvar symbol=\"s\" region_paddr=\"m\" value=\"1\"/>"), "sdf-attribute", "attribute 'value' is not known here"),
        new("setvar: symbol twice", Mr() + Pd(inner: "<setvar symbol=\"s\" region_paddr=\"m\"/><setvar symbol=\"s\" region_paddr=\"m\"/>"), "setvar-twice", "symbol 's' of PD 'a' is given 2 values"),
        new("setvar: an address that x86 does not know", Mr() + Pd(inner: "<setvar symbol=\"s\" region_paddr=\"m\"/>"), "setvar-address", "which is chosen at boot") { Target = Target.X64 },
        new("setvar: symbol of a mapping too", Mapped("mr=\"m\" vaddr=\"0x4000000\" setvar_vaddr=\"s\" setvar_size=\"s\""), "setvar-twice", "symbol 's' of PD 'a' is given 2 values"),
        new("setvar: symbol of an interrupt too", Pd(inner: "<irq irq=\"48\" id=\"1\" setvar_id=\"s\"/><irq irq=\"49\" id=\"2\" setvar_id=\"s\"/>"), "setvar-twice", "given 2 values"),
        new("setvar: symbol of both ends", Pd() + Pd(name: "b") + "<channel><end pd=\"a\" id=\"1\" setvar_id=\"s\"/><end pd=\"b\" id=\"1\"/></channel><channel><end pd=\"a\" id=\"2\" setvar_id=\"s\"/><end pd=\"b\" id=\"2\"/></channel>", "setvar-twice", "given 2 values"),
    ];

    private static IEnumerable<WrongDescription> Children =>
    [
        new("child: no id", Pd(inner: Child("")), "sdf-missing", "attribute 'id' is missing"),
        new("child: empty id", Pd(inner: Child("id=\"\"")), "sdf-empty", "attribute 'id' is empty"),
        new("child: id no number", Pd(inner: Child("id=\"one\"")), "sdf-number", "id=\"one\" is not a number"),
        new("child: negative id", Pd(inner: Child("id=\"-1\"")), "sdf-number", "id=\"-1\" is not a number"),
        new("child: id 64", Pd(inner: Child("id=\"64\"")), "child-id", "child 'c' of PD 'a' has id 64"),
        new("child: id twice", Pd(inner: Child("id=\"1\"") + Child("id=\"1\"", "d")), "child-id", "PD 'a' knows 2 children by id 1"),
        new("child: the parent's name", Pd(inner: Child("id=\"1\"", "a")), "pd-name", "2 PDs are called 'a'"),
        new("child: empty setvar_id", Pd(inner: Child("id=\"1\" setvar_id=\"\"")), "sdf-empty", "attribute 'setvar_id' is empty"),
        new("child: another core", Pd("cpu=\"1\"", Child("id=\"1\" cpu=\"2\"")), "child-core", "runs on another core") { Target = Target.ArmFourCores },
        new("child: its program is missing", Pd(inner: "<protection_domain name=\"c\" id=\"1\"/>"), "sdf-missing", "PD 'c' has no program_image"),
        new("child: unknown attribute of a grandchild", Pd(inner: Child("id=\"1\"", inner: Child("id=\"1\" x=\"1\"", "d"))), "sdf-attribute", "attribute 'x' is not known here"),
    ];

    private static IEnumerable<WrongDescription> Caps =>
    [
        new("cspace: twice", Pd(inner: "<cspace/><cspace/>"), "sdf-once", "has 2 elements 'cspace'"),
        new("cspace: an attribute", Pd(inner: "<cspace size=\"6\"/>"), "sdf-attribute", "attribute 'size' is not known here"),
        new("cspace: unknown cap", Pd(inner: "<cspace><cap_irq slot=\"1\" pd=\"a\"/></cspace>"), "sdf-element", "element 'cap_irq' is not known in 'cspace'"),
        new("cap_tcb: no slot", Pd(inner: "<cspace><cap_tcb pd=\"a\"/></cspace>"), "sdf-missing", "attribute 'slot' is missing"),
        new("cap_tcb: no pd", Pd(inner: "<cspace><cap_tcb slot=\"1\"/></cspace>"), "sdf-missing", "attribute 'pd' is missing"),
        new("cap_tcb: no such pd", Pd(inner: "<cspace><cap_tcb slot=\"1\" pd=\"b\"/></cspace>"), "sdf-name", "there is no protection_domain 'b'"),
        new("cap_sc: slot 0", Pd(inner: "<cspace><cap_sc slot=\"0\" pd=\"a\"/></cspace>"), "shared-cap", "slot 0"),
        new("cap_sc: slot 64", Pd(inner: "<cspace><cap_sc slot=\"64\" pd=\"a\"/></cspace>"), "shared-cap", "slot 64"),
        new("cap_sc: no pd", Pd(inner: "<cspace><cap_sc slot=\"1\"/></cspace>"), "sdf-missing", "attribute 'pd' is missing"),
        new("cap_vspace: no such pd", Pd(inner: "<cspace><cap_vspace slot=\"1\" pd=\"b\"/></cspace>"), "sdf-name", "there is no protection_domain 'b'"),
        new("cap_vspace: slot no number", Pd(inner: "<cspace><cap_vspace slot=\"x\" pd=\"a\"/></cspace>"), "sdf-number", "slot=\"x\" is not a number"),
        new("cap_vspace: unknown attribute", Pd(inner: "<cspace><cap_vspace slot=\"1\" pd=\"a\" rights=\"r\"/></cspace>"), "sdf-attribute", "attribute 'rights' is not known here"),
        new("cspace: slot twice", Pd(inner: "<cspace><cap_tcb slot=\"1\" pd=\"a\"/><cap_sc slot=\"1\" pd=\"a\"/></cspace>"), "shared-cap", "2 shared caps in slot 1"),
        new("cspace: another core", Pd(inner: "<cspace><cap_tcb slot=\"1\" pd=\"b\"/></cspace>") + Pd("cpu=\"1\"", name: "b"), "shared-cap-core", "a cap to 'b' on core 1") { Target = Target.ArmFourCores },
    ];
}
