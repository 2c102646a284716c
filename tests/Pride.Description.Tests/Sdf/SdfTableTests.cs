// The table of docs/sdf.md has a row for each element and attribute that the reader knows, and every test that it names is there and is about it.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using Pride.Description.Sdf;
using Xunit;

namespace Pride.Description.Tests.Sdf;

public sealed class SdfTableTests
{
    private const string Heading = "## Each attribute and its tests";

    // Attributes that no reader knows.
    private const string Stranger = "pride_stranger";

    private static readonly (string Text, Target Target)[] s_descriptions =
        [(SdfReaderTests.Everything, Target.Arm), (SdfReaderTests.Pc, Target.X64), (SdfReaderTests.Guest, Target.ArmHypervisor)];

    private static readonly Row[] s_rows = ReadTable();

    [Fact]
    public void Each_attribute_that_the_reader_knows_has_a_row()
    {
        SortedSet<string> known = [];
        foreach ((string text, Target target) in s_descriptions)
        {
            int count = XDocument.Parse(text).Descendants().Count();
            for (int i = 0; i < count; i++)
            {
                known.UnionWith(KnownOf(text, target, i));
            }
        }

        Assert.Equal(known, s_rows.Select(r => r.Key).ToHashSet().Order(StringComparer.Ordinal));
        Assert.Equal(s_rows.Length, s_rows.Select(r => r.Key).Distinct().Count());
    }

    [Fact]
    public void What_is_read_rightly_stands_in_the_description_of_that_test()
    {
        HashSet<string> written = [.. s_descriptions.SelectMany(d => XDocument.Parse(d.Text).Descendants()).SelectMany(
            e => e.Attributes().Select(a => $"{e.Name}/{a.Name}").Append($"{e.Name}/"))];
        Assert.All(s_rows, row =>
        {
            Assert.NotNull(typeof(SdfReaderTests).GetMethod(row.ReadIn));
            Assert.Contains(row.Key, written);
        });
    }

    [Fact]
    public void Each_wrong_description_of_a_row_is_tested_and_is_about_it() => Assert.All(s_rows, row =>
    {
        Assert.NotEmpty(row.Mistakes);
        Assert.All(row.Mistakes, mistake =>
        {
            Assert.True(WrongDescriptionTests.All.TryGetValue(mistake, out WrongDescription? wrong), $"no wrong description is called '{mistake}'");
            Assert.Contains(row.Attribute.Length > 0 ? row.Attribute : row.Element, wrong!.Text + wrong.Message, StringComparison.Ordinal);
        });
    });

    // What the reader says is known, when the element has an attribute that is not.
    private static IEnumerable<string> KnownOf(string text, Target target, int index)
    {
        XDocument document = XDocument.Parse(text);
        XElement element = document.Descendants().ElementAt(index);
        element.SetAttributeValue(Stranger, "1");
        SystemDescriptionException e = Assert.Throws<SystemDescriptionException>(() => SdfFixture.Read(document.ToString(), target));
        Violation violation = Assert.Single(e.Violations);
        Assert.Equal("sdf-attribute", violation.Rule);
        string[] attributes = violation.Remedy.StartsWith("use: ", StringComparison.Ordinal) ? violation.Remedy["use: ".Length..].Split(", ") : [];
        return attributes.Append(string.Empty).Select(a => $"{element.Name}/{a}");
    }

    private static Row[] ReadTable()
    {
        string[] lines = File.ReadAllLines(Path.Combine(TestBoard.Root, "docs", "sdf.md"));
        return
        [
            .. lines.SkipWhile(l => l != Heading).SkipWhile(l => !l.StartsWith("|---", StringComparison.Ordinal)).Skip(1)
                .TakeWhile(l => l.StartsWith('|')).Select(Parse),
        ];

        static Row Parse(string line)
        {
            string[] cells = [.. line.Trim('|').Split('|').Select(c => c.Trim())];
            return new Row(cells[0].Trim('`'), cells[1].Trim('`'), cells[2].Trim('`'), [.. cells[3].Split("; ").Select(m => m.Trim('`'))]);
        }
    }

    private sealed record Row(string Element, string Attribute, string ReadIn, string[] Mistakes)
    {
        public string Key => $"{Element}/{Attribute}";
    }
}
