// Reads a system description file (the XML format of Microkit's manual 2.3, "System Description File") into the model that C# descriptions fill.
//
// Each element has a reader of its own in this folder. A reader looks at form: attributes, numbers, names. What the values mean together
// is checked by SystemBuilder.Complete, the same rules as for C# descriptions.

using System;
using System.IO;
using System.Linq;
using System.Xml;
using System.Xml.Linq;

namespace Pride.Description.Sdf;

/// <summary>Reads SDF.</summary>
public static class SdfReader
{
    private const string Root = "system";

    /// <summary>Reads the file at <paramref name="path"/>.</summary>
    /// <exception cref="SystemDescriptionException">It is not a sound description; the exception lists all that is wrong in form.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static SystemBuilder Load(string path, Board board, SdfFiles files) => Read(File.ReadAllText(path), path, board, files);

    /// <summary>Reads <paramref name="text"/>, which came from <paramref name="path"/>.</summary>
    /// <inheritdoc cref="Load"/>
    public static SystemBuilder Read(string text, string path, Board board, SdfFiles files)
    {
        XElement xml = Parse(text, path);
        SystemBuilder system = new(Path.GetFileNameWithoutExtension(path), board) { Origin = SdfContext.LocationOf(xml, path) };
        SdfContext context = new(path, system, files);
        SdfElement root = new(xml, context);
        if (root.Name != Root)
        {
            root.Problem("sdf-root", $"the root element is '{root.Name}'", "a system description starts with <system>");
        }
        else
        {
            ReadSystem(root);
        }

        return context.Problems.Count > 0 ? throw new SystemDescriptionException([.. context.Problems]) : system;
    }

    private static void ReadSystem(SdfElement root)
    {
        SdfContext context = root.Context;
        foreach (SdfElement stray in root.Children("virtual_machine"))
        {
            stray.Problem("vm-parent", "a virtual machine stands outside of a protection domain", "put it into the PD that manages it");
        }

        root.Expect([], ["memory_region", "protection_domain", "channel", "domains", "io_address_space", "virtual_machine"]);
        if (root.OnlyChild("domains") is { } domains)
        {
            DomainsElement.Read(domains);
        }

        foreach (SdfElement region in root.Children("memory_region"))
        {
            MemoryRegionElement.Read(region);
        }

        foreach (SdfElement pd in root.Children("protection_domain"))
        {
            ProtectionDomainElement.Read(pd, parent: null);
        }

        context.PdsAreKnown();
        foreach (SdfElement channel in root.Children("channel"))
        {
            ChannelElement.Read(channel);
        }

        foreach (SdfElement space in root.Children("io_address_space"))
        {
            IoAddressSpaceElement.Read(space);
        }

        WarnOfUnusedRegions(context.System);
    }

    private static void WarnOfUnusedRegions(SystemBuilder system)
    {
        var used = system.Pds.SelectMany(pd => pd.Mappings.Concat(pd.VirtualMachine?.Mappings ?? [])).Select(m => m.Region)
            .Concat(system.IoAddressSpaces.SelectMany(s => s.Mappings).Select(m => m.Region)).ToHashSet();
        foreach (MemoryRegion region in system.Regions.Where(r => !used.Contains(r)))
        {
            system.Warn(new Violation("region-unused", $"nobody maps region '{region.Name}'", "map it, or leave it out", region.Origin));
        }
    }

    private static XElement Parse(string text, string path)
    {
        XmlReaderSettings settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
        try
        {
            using XmlReader reader = XmlReader.Create(new StringReader(text), settings);
            return XDocument.Load(reader, LoadOptions.SetLineInfo | LoadOptions.PreserveWhitespace).Root!;
        }
        catch (XmlException e)
        {
            // Of a file without any element the parser says no place.
            throw new SystemDescriptionException(
                [new Violation("sdf-xml", e.Message, "mend the XML", new SourceLocation(path, Math.Max(e.LineNumber, 1), Math.Max(e.LinePosition, 1), "?"))]);
        }
    }
}
