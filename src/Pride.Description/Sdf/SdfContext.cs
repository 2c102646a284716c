// What the readers of the single elements share: the system that they fill, the names that they have met, and what was wrong.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Xml;
using System.Xml.Linq;

namespace Pride.Description.Sdf;

/// <summary>One reading of one file.</summary>
internal sealed class SdfContext(string file, SystemBuilder system, SdfFiles files)
{
    private readonly List<Violation> _problems = [];
    private readonly List<Action> _whenPdsAreKnown = [];

    public SystemBuilder System { get; } = system;

    public SdfFiles Files { get; } = files;

    public IReadOnlyList<Violation> Problems => _problems;

    /// <summary>By name; of two with one name the first.</summary>
    public Dictionary<string, MemoryRegion> Regions { get; } = [];

    /// <inheritdoc cref="Regions"/>
    public Dictionary<string, Pd> Pds { get; } = [];

    /// <summary>Ids of the domains by name; null: the description has no domains.</summary>
    public Dictionary<string, int>? Domains { get; set; }

    /// <summary>Where <paramref name="element"/> stands.</summary>
    public SourceLocation LocationOf(XElement element) => LocationOf(element, file);

    /// <summary>Where <paramref name="element"/> stands in <paramref name="file"/>.</summary>
    public static SourceLocation LocationOf(XElement element, string file)
    {
        IXmlLineInfo line = element;
        return new SourceLocation(file, line.LineNumber, line.LinePosition, element.Name.LocalName);
    }

    public void Problem(string rule, string message, string remedy, SourceLocation at) => _problems.Add(new Violation(rule, message, remedy, at));

    /// <summary>Runs <paramref name="step"/> once every PD has been read, since an element may name a PD that comes later.</summary>
    public void WhenPdsAreKnown(Action step) => _whenPdsAreKnown.Add(step);

    /// <summary>Runs what waited for the PDs.</summary>
    public void PdsAreKnown() => _whenPdsAreKnown.ForEach(step => step());

    /// <summary>What <paramref name="name"/> means among <paramref name="known"/>, or a problem.</summary>
    public T? Lookup<T>(Dictionary<string, T> known, string? name, string what, SourceLocation at)
        where T : class
    {
        if (name is null || known.TryGetValue(name, out T? found))
        {
            return name is null ? null : known[name];
        }

        string remedy = known.Count > 0 ? $"use one of: {string.Join(", ", known.Keys.Order())}" : $"add a {what}";
        Problem("sdf-name", $"there is no {what} '{name}'", remedy, at);
        return null;
    }
}
