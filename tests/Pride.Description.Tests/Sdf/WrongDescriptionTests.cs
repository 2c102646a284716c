// Every mistake that a description can have is found, named by its rule, placed, and comes with a remedy; nothing else is said.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Pride.Description.Sdf;
using Xunit;

namespace Pride.Description.Tests.Sdf;

public sealed class WrongDescriptionTests
{
    internal static IReadOnlyDictionary<string, WrongDescription> All { get; } =
        WrongDomains.All.Concat(WrongMemory.All).Concat(WrongWiring.All).ToDictionary(w => w.Mistake);

    public static TheoryData<string> Mistakes => [.. All.Keys];

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Each_mistake_is_named(string mistake)
    {
        WrongDescription wrong = All[mistake];
        SystemDescriptionException e = Assert.Throws<SystemDescriptionException>(() => SdfFixture.Read(wrong.Text, wrong.Target).Complete());
        Violation violation = Assert.Single(e.Violations);
        Assert.Equal(wrong.Rule, violation.Rule);
        Assert.Contains(wrong.Message, violation.Message, StringComparison.Ordinal);
        Assert.NotEmpty(violation.Remedy);
        Assert.Equal(SdfFixture.FileName, violation.At?.File);
        Assert.InRange(violation.At!.Line, 2, wrong.Text.Count(c => c == '\n') + 1);
        Assert.Contains($"{SdfFixture.FileName}:{violation.At.Line}:", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void There_are_enough_of_them() => Assert.InRange(All.Count, 150, int.MaxValue);

    [Fact]
    public void A_wrong_root_is_named()
    {
        SystemDescriptionException e = Assert.Throws<SystemDescriptionException>(() => SdfFixture.Read("<machine/>", Target.Arm));
        Assert.Equal("sdf-root", Assert.Single(e.Violations).Rule);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n<!-- nothing -->\n")]
    public void A_file_without_an_element_is_refused(string text)
    {
        Violation violation = Assert.Single(Assert.Throws<SystemDescriptionException>(() => SdfFixture.Read(text, Target.Arm)).Violations);
        Assert.Equal(("sdf-xml", 1, 1), (violation.Rule, violation.At!.Line, violation.At.Column));
    }

    [Fact]
    public void A_document_type_is_refused()
    {
        const string Bomb = "<!DOCTYPE system [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>\n<system>&b;</system>";
        SystemDescriptionException e = Assert.Throws<SystemDescriptionException>(() => SdfFixture.Read(Bomb, Target.Arm));
        Assert.Equal("sdf-xml", Assert.Single(e.Violations).Rule);
    }

    [Fact]
    public void All_mistakes_of_a_file_are_named_at_once_each_at_its_place()
    {
        const string Text = """
            <system>
              <memory_region name="m" size="0x1000" colour="red" />
              <protection_domain name="a" priority="x">
                <program_image path="a.elf" />
                <map mr="n" vaddr="0x4000000" />
                <irq irq="48" />
              </protection_domain>
            </system>
            """;
        SystemDescriptionException e = Assert.Throws<SystemDescriptionException>(() => SdfFixture.Read(Text, Target.Arm));
        Assert.Equal(
            [("sdf-attribute", 2, "memory_region"), ("sdf-number", 3, "protection_domain"), ("sdf-name", 5, "map"), ("sdf-missing", 6, "irq")],
            e.Violations.Select(v => (v.Rule, v.At!.Line, v.At.Element)));
    }

    [Fact]
    public void A_broken_rule_names_the_line_of_what_breaks_it()
    {
        string text = $"<system>\n{WrongDescription.Pd("priority=\"1\"")}\n<protection_domain name=\"b\" priority=\"300\">\n<program_image path=\"a.elf\"/></protection_domain>\n</system>";
        Violation violation = Assert.Single(Assert.Throws<SystemDescriptionException>(() => SdfFixture.Read(text, Target.Arm).Complete()).Violations);
        Assert.Equal(("pd-priority", 6, "protection_domain"), (violation.Rule, violation.At!.Line, violation.At.Element));
        Assert.Equal("wrong.system:6:2: <protection_domain>: PD 'b' has priority 300 [pd-priority]\n    remedy: choose 0..254", violation.ToString());
    }
}
