// One XML element with what every reader asks of it: required and optional attributes, numbers, booleans, choices, children.
//
// What is wrong is noted and something harmless returned, so that one reading finds every mistake of a file.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Xml.Linq;

namespace Pride.Description.Sdf;

/// <summary>An element of a system description.</summary>
internal sealed class SdfElement
{
    private readonly XElement _xml;

    public SdfElement(XElement xml, SdfContext context)
    {
        _xml = xml;
        Context = context;
        Origin = context.LocationOf(xml);
    }

    public SdfContext Context { get; }

    public string Name => _xml.Name.LocalName;

    public SourceLocation Origin { get; }

    /// <summary>Notes attributes, child elements and text that do not belong here.</summary>
    public SdfElement Expect(IReadOnlyList<string> attributes, IReadOnlyList<string> children)
    {
        foreach (string unknown in _xml.Attributes().Select(a => a.Name.LocalName).Where(a => !attributes.Contains(a)))
        {
            Problem("sdf-attribute", $"attribute '{unknown}' is not known here", attributes.Count > 0 ? $"use: {string.Join(", ", attributes)}" : "leave it out");
        }

        foreach (XElement unknown in _xml.Elements().Where(e => !children.Contains(e.Name.LocalName)))
        {
            Context.Problem(
                "sdf-element",
                $"an element '{unknown.Name.LocalName}' is not known in '{Name}'",
                children.Count > 0 ? $"use: {string.Join(", ", children)}" : "leave it out",
                Context.LocationOf(unknown));
        }

        foreach (XText text in _xml.Nodes().OfType<XText>().Where(t => !string.IsNullOrWhiteSpace(t.Value)))
        {
            Problem("sdf-text", $"the text '{text.Value.Trim()}' does not belong here", "remove it, or make it a comment: <!-- ... -->");
        }

        return this;
    }

    /// <summary>Child elements with this name.</summary>
    public IEnumerable<SdfElement> Children(string name) => _xml.Elements().Where(e => e.Name.LocalName == name).Select(e => new SdfElement(e, Context));

    /// <summary>All child elements.</summary>
    public IEnumerable<SdfElement> Children() => _xml.Elements().Select(e => new SdfElement(e, Context));

    /// <summary>The one child element with this name; more than one is a problem.</summary>
    public SdfElement? OnlyChild(string name)
    {
        List<SdfElement> found = [.. Children(name)];
        if (found.Count > 1)
        {
            found[1].Problem("sdf-once", $"'{Name}' has {found.Count} elements '{name}'", "keep one of them");
        }

        return found.FirstOrDefault();
    }

    /// <summary>The attribute's text, or null.</summary>
    public string? Text(string attribute) => _xml.Attribute(attribute)?.Value;

    /// <summary>The attribute's text; null and a problem when it is missing or empty.</summary>
    public string? RequiredText(string attribute)
    {
        string? text = Text(attribute);
        if (text is null)
        {
            Problem("sdf-missing", $"attribute '{attribute}' is missing", $"write {attribute}=\"...\"");
        }
        else if (text.Length == 0)
        {
            Problem("sdf-empty", $"attribute '{attribute}' is empty", "give it a value");
            return null;
        }

        return text;
    }

    /// <summary>A number: decimal, or hexadecimal with 0x; '_' may stand between digits. Null when the attribute is missing or wrong.</summary>
    public ulong? Number(string attribute, ulong largest = ulong.MaxValue)
    {
        if (Text(attribute) is not { } text)
        {
            return null;
        }

        ulong? value = ParseNumber(text);
        if (value is null)
        {
            Problem("sdf-number", $"{attribute}=\"{text}\" is not a number", "write it in decimal or as 0x..., 64 bits at most, not negative");
        }
        else if (value > largest)
        {
            Problem("sdf-number", $"{attribute}=\"{text}\" is too large", $"write at most {largest}");
            return null;
        }

        return value;
    }

    /// <summary>A number that must be there; 0 and a problem when it is not.</summary>
    public ulong RequiredNumber(string attribute, ulong largest = ulong.MaxValue) =>
        RequiredText(attribute) is null ? 0 : Number(attribute, largest) ?? 0;

    /// <summary>A small number (an id, a priority), whose range the rules check.</summary>
    public int RequiredId(string attribute) => (int)RequiredNumber(attribute, int.MaxValue);

    /// <inheritdoc cref="RequiredId"/>
    public int Id(string attribute, int otherwise) => (int)(Number(attribute, int.MaxValue) ?? (ulong)otherwise);

    /// <summary>"true" or "false".</summary>
    public bool Flag(string attribute, bool otherwise) => Choice(attribute, otherwise, ("true", true), ("false", false));

    /// <summary>One of several words.</summary>
    public T Choice<T>(string attribute, T otherwise, params ReadOnlySpan<(string Word, T Value)> choices)
    {
        if (Text(attribute) is not { } text)
        {
            return otherwise;
        }

        List<string> words = [];
        foreach ((string word, T value) in choices)
        {
            if (word == text)
            {
                return value;
            }

            words.Add($"'{word}'");
        }

        Problem("sdf-choice", $"{attribute}=\"{text}\" is none of the choices", $"write {string.Join(" or ", words)}");
        return otherwise;
    }

    /// <summary>A symbol's name, or null when the attribute is missing; an empty one is a problem.</summary>
    public string? Symbol(string attribute) => Text(attribute) is null ? null : RequiredText(attribute);

    /// <summary>Notes a problem with this element.</summary>
    public void Problem(string rule, string message, string remedy) => Context.Problem(rule, message, remedy, Origin);

    /// <summary>See <see cref="Number"/>.</summary>
    internal static ulong? ParseNumber(string text)
    {
        string digits = text.Replace("_", string.Empty, StringComparison.Ordinal);
        bool hexadecimal = digits.StartsWith("0x", StringComparison.Ordinal);
        return ulong.TryParse(
            hexadecimal ? digits.AsSpan(2) : digits, hexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out ulong value)
            ? value
            : null;
    }
}
