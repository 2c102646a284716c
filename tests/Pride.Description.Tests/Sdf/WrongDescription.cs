// One wrong description and what must be said about it; and the pieces that the tables are made of.

using System.Linq;

namespace Pride.Description.Tests.Sdf;

/// <summary>For which machine a description is read.</summary>
public enum Target
{
    Arm,
    ArmHypervisor,
    ArmFourCores,
    X64,
    X64WithoutIommu,
}

/// <summary>A wrong description.</summary>
/// <param name="Mistake">What is wrong with it.</param>
/// <param name="Body">What stands in the system element.</param>
/// <param name="Rule">The rule that must be named.</param>
/// <param name="Message">What the message must say.</param>
public sealed record WrongDescription(string Mistake, string Body, string Rule, string Message)
{
    public Target Target { get; init; }

    /// <summary>The whole file.</summary>
    public string Text => $"<?xml version=\"1.0\"?>\n<system>\n{Body}\n</system>\n";

    public override string ToString() => Mistake;

    /// <summary>A PD with a program.</summary>
    public static string Pd(string attributes = "", string inner = "", string name = "a") =>
        $"<protection_domain name=\"{name}\" {attributes}>\n<program_image path=\"a.elf\"/>\n{inner}\n</protection_domain>";

    /// <summary>A child PD.</summary>
    public static string Child(string attributes, string name = "c", string inner = "") => Pd(attributes, inner, name);

    /// <summary>A PD whose program_image is given.</summary>
    public static string PdWith(string image) => $"<protection_domain name=\"a\">{image}</protection_domain>";

    /// <summary>A region of a page, whose other attributes are given.</summary>
    public static string Mr(string attributes = "", string name = "m") => $"<memory_region name=\"{name}\" size=\"0x1000\" {attributes}/>";

    /// <summary>A region, mapped by a PD with these attributes.</summary>
    public static string Mapped(string map, string region = "size=\"0x1000\"") =>
        $"<memory_region name=\"m\" {region}/>\n{Pd(inner: $"<map {map}/>")}";

    /// <summary>Two PDs, a of priority 1 and b of priority 2, and a channel.</summary>
    public static string Channel(params string[] ends) =>
        Pd("priority=\"1\"") + Pd("priority=\"2\"", name: "b") + $"\n<channel>{string.Concat(ends.Select(e => $"<end {e}/>"))}</channel>";

    /// <summary>Domains with one PD, in domain x.</summary>
    public static string Domains(string inner) => $"<domains>{inner}</domains>\n{Pd("domain=\"x\"")}";

    /// <summary>An I/O address space for region m, which a PD maps.</summary>
    public static string Space(string attributes, string inner = "", string region = "size=\"0x1000\"") =>
        Mapped("mr=\"m\" vaddr=\"0x4000000\"", region) + $"\n<io_address_space {attributes}>{inner}</io_address_space>";

    /// <summary>A PD with a virtual machine.</summary>
    public static string Vm(string attributes, string inner, string name = "a", string more = "") =>
        Pd("priority=\"5\"", $"<virtual_machine {attributes}>{inner}</virtual_machine>{more}", name);
}
