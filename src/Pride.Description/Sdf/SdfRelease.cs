// What releases of Microkit before 2.3 cannot read: attributes that may be left out, because the system runs without them, and what has no substitute.
//
// From the tool's own reader (tool/microkit/src/sdf.rs) in each release.

using System.Collections.Generic;
using System.Linq;
using System.Xml.Linq;
using Pride.Abi;
using Pride.Machine;

namespace Pride.Description.Sdf;

/// <summary>Descriptions for older releases.</summary>
public static class SdfRelease
{
    /// <summary>
    /// Without "fpu" every PD has floating point; the words that "setvar_id" names are in an exported program already; "cpu" says core 0 then.
    /// </summary>
    private static readonly (string Attribute, MicrokitRelease Since)[] s_dispensable =
        [("fpu", MicrokitRelease.V23), ("setvar_id", MicrokitRelease.V21), ("cpu", MicrokitRelease.V21)];

    /// <summary>Takes from <paramref name="root"/> the attributes that <paramref name="release"/> does not know and that can be done without.</summary>
    public static void Trim(XElement root, MicrokitRelease release)
    {
        string[] unknown = [.. s_dispensable.Where(d => release < d.Since).Select(d => d.Attribute)];
        root.DescendantsAndSelf().Attributes().Where(a => unknown.Contains(a.Name.LocalName)).Remove();
    }

    /// <summary>Each thing of <paramref name="system"/> that <paramref name="release"/> cannot say, with the first release that can.</summary>
    public static IEnumerable<(string What, MicrokitRelease Since)> Beyond(SystemBuilder system, MicrokitRelease release) =>
        Newer(system).Where(n => release < n.Since);

    private static IEnumerable<(string What, MicrokitRelease Since)> Newer(SystemBuilder system)
    {
        bool isPc = system.Board.Architecture == Architecture.X64;
        if (isPc)
        {
            yield return ("PCs", MicrokitRelease.V21);
        }

        foreach (Pd pd in system.Pds)
        {
            if (pd.Options.Core != 0 || pd.VirtualMachine?.Cpus.Any(c => c.Core is > 0) == true)
            {
                yield return ($"PD '{pd.Name}' on another core than 0", MicrokitRelease.V21);
            }

            if (isPc && pd.VirtualMachine is not null)
            {
                yield return ($"PD '{pd.Name}' with a virtual machine on a PC", MicrokitRelease.V23);
            }

            if (pd.SharedCaps.Any(c => c.Kind != SharedCapKind.Notification))
            {
                yield return ($"PD '{pd.Name}' with a cspace", MicrokitRelease.V23);
            }
        }

        foreach (MemoryRegion region in system.Regions)
        {
            if (region.Prefill.Length > 0)
            {
                yield return ($"filled region '{region.Name}'", MicrokitRelease.V22);
            }

            if (region.BootInformation is not null)
            {
                yield return ($"region '{region.Name}' with boot information", MicrokitRelease.V23);
            }
        }

        if (system.Turns.Count > 0)
        {
            yield return ("domains", MicrokitRelease.V23);
        }

        if (system.IoAddressSpaces.Count > 0)
        {
            yield return ("I/O address spaces", MicrokitRelease.V23);
        }
    }
}
