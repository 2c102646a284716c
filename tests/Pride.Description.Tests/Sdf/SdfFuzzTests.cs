// Descriptions with mistakes that nobody thought of: whatever a file says, it is read, or refused with messages that name file, line and remedy.

using System;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using Xunit;

namespace Pride.Description.Tests.Sdf;

public sealed class SdfFuzzTests
{
    private const int Rounds = 2000;

    private const string Marks = "<>\"'&=/!- \n\t0x\u00e4";

    // Values that some attribute takes, and values that none does.
    private static readonly string[] s_values =
    [
        "", " ", "0", "1", "62", "63", "64", "255", "-1", "0x", "0x1000", "0x1_000", "0x1800", "0x200000", "4294967296", "0xffffffffffffffff", "0xfffffffffffff000", "18446744073709551616",
        "true", "false", "True", "rw", "rwx", "w", "edge", "level", "a", "parent", "driver", "buffer", "a.elf", "word.bin", "empty.bin", "..", "/", "01:1f.2", "ff:1f.7",
        "100 us", "0 us", "18446744073709551615 ticks", "us", "x86_vbe", "monitor", "ä", new string('x', 100),
    ];

    private static readonly (string Text, Target Target)[] s_bases =
    [
        (SdfReaderTests.Everything, Target.Arm), (SdfReaderTests.Everything, Target.X64), (SdfReaderTests.Pc, Target.X64), (SdfReaderTests.Pc, Target.ArmFourCores),
        (SdfReaderTests.Guest, Target.ArmHypervisor), (SdfReaderTests.Guest, Target.X64),
    ];

    [Fact]
    public void Elements_and_attributes_may_be_lost_doubled_moved_and_changed()
    {
        Random random = new(6);
        int sound = 0;
        for (int round = 0; round < Rounds; round++)
        {
            (string text, Target target) = s_bases[round % s_bases.Length];
            XDocument document = XDocument.Parse(text, LoadOptions.PreserveWhitespace);
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                Mutate(document, random);
            }

            sound += Reads(document.ToString(SaveOptions.DisableFormatting), target) ? 1 : 0;
        }

        // Both happen, or the mutations are too wild or too tame to find anything.
        Assert.InRange(sound, Rounds / 50, Rounds / 2);
    }

    [Fact]
    public void Characters_may_be_lost_and_changed()
    {
        Random random = new(7);
        for (int round = 0; round < Rounds; round++)
        {
            (string text, Target target) = s_bases[round % s_bases.Length];
            int at = random.Next(text.Length);
            Reads(random.Next(3) switch
            {
                0 => text.Remove(at, random.Next(1, Math.Min(20, text.Length - at) + 1)),
                1 => text.Insert(at, Marks[random.Next(Marks.Length)].ToString()),
                _ => text[..at],
            }, target);
        }
    }

    // True: it is sound. Anything but the exception that lists violations fails the test, and so does a violation without a place or a remedy.
    private static bool Reads(string text, Target target)
    {
        try
        {
            SdfFixture.Read(text, target).Complete();
            return true;
        }
        catch (SystemDescriptionException e)
        {
            int lines = text.Count(c => c == '\n') + 1;
            Assert.NotEmpty(e.Violations);
            Assert.All(e.Violations, v =>
            {
                Assert.True(v.At is { File: SdfFixture.FileName } at && at.Line >= 1 && at.Line <= lines, $"{v} has no place in\n{text}");
                Assert.NotEmpty(v.Message);
                Assert.NotEmpty(v.Remedy);
            });
            return false;
        }
        catch (Exception e) when (e is not Xunit.Sdk.XunitException)
        {
            throw new InvalidDataException($"{e.GetType().Name} of\n{text}", e);
        }
    }

    private static void Mutate(XDocument document, Random random)
    {
        XElement[] all = [.. document.Root!.DescendantsAndSelf()];
        XElement element = all[random.Next(all.Length)];
        XElement other = all[random.Next(all.Length)];
        XAttribute? attribute = element.Attributes().ElementAtOrDefault(random.Next(Math.Max(1, element.Attributes().Count())));
        switch (random.Next(8))
        {
            case 0:
                attribute?.Remove();
                break;
            case 1 or 2 or 3:
                attribute?.SetValue(s_values[random.Next(s_values.Length)]);
                break;
            case 4 when other.Attributes().FirstOrDefault() is { } borrowed:
                element.SetAttributeValue(borrowed.Name, borrowed.Value);
                break;
            case 5 when element != document.Root:
                element.AddAfterSelf(new XElement(element));
                break;
            case 6 when element != document.Root:
                element.Remove();
                break;
            case 7 when element != other:
                other.Add(new XElement(element));
                break;
        }
    }
}
