// The table of upper-case forms against CoreLib's; UTF-8 against CoreLib's encoder.

using System;
using System.Linq;
using System.Text;
using Pride.FileSystems.Fat;
using Xunit;

namespace Pride.FileSystems.Tests;

public sealed class CaseFoldingTests
{
    [Fact]
    public void EveryUnitHasTheUpperCaseOfUnicode()
    {
        for (int unit = 0; unit <= char.MaxValue; unit++)
        {
            Assert.Equal(char.ToUpperInvariant((char)unit), CaseFolding.ToUpper((char)unit));
        }
    }

    [Theory]
    [InlineData("ABC     TXT", 0x00, "ABC.TXT")]
    [InlineData("ABC     TXT", 0x08, "abc.TXT")]
    [InlineData("ABC     TXT", 0x10, "ABC.txt")]
    [InlineData("ABCDEFGH   ", 0x18, "abcdefgh")]
    [InlineData("A B     C D", 0x00, "A B.C D")]
    public void ShortNamesAreShownWithDotAndCase(string raw, byte flags, string expected)
    {
        char[] name = new char[FatNames.ShortLength + 1];
        int length = FatNames.DecodeShort(Encoding.ASCII.GetBytes(raw), flags, name);
        Assert.Equal(expected, new string(name, 0, length));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("日本語 Ünï \U0001F680")]
    public void NamesSurviveTheWayToUtf8(string name)
    {
        byte[] utf8 = new byte[100];
        Assert.Equal(Encoding.UTF8.GetBytes(name), utf8.Take(FatNames.ToUtf8(name, utf8)).ToArray());
        Assert.Equal(-1, FatNames.ToUtf8(name, utf8.AsSpan(0, 4)));
    }

    [Theory]
    [InlineData("a*b")]
    [InlineData("a\\b")]
    [InlineData("a\u0001b")]
    [InlineData("")]
    public void ImpossibleNamesAreRefused(string name) =>
        Assert.Equal(0, FatNames.ToUpperUtf16(Encoding.UTF8.GetBytes(name), new char[FatNames.MaximumLength + 1]));

    [Fact]
    public void BytesThatAreNoUtf8AreRefused() =>
        Assert.Equal(0, FatNames.ToUpperUtf16([(byte)'a', 0xff], new char[FatNames.MaximumLength + 1]));

    [Fact]
    public void DatesAreThoseOfTheCalendar()
    {
        for (DateTime day = new(1980, 1, 1, 23, 59, 58, DateTimeKind.Utc); day.Year < 2108; day = day.AddDays(1))
        {
            ushort date = (ushort)(((day.Year - 1980) << 9) | (day.Month << 5) | day.Day);
            Assert.Equal((ulong)(day - DateTime.UnixEpoch).TotalSeconds, FatTime.ToUnixSeconds(date, (23 << 11) | (59 << 5) | 29));
        }

        Assert.Equal(0ul, FatTime.ToUnixSeconds(0, 0));
        Assert.Equal(0ul, FatTime.ToUnixSeconds((5 << 9) | (2 << 5) | 30, 0));
    }
}
