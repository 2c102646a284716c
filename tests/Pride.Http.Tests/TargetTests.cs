// Paths: what is decoded, and that nothing leads out of the site's folder, in whatever encoding.

using System;
using System.Text;
using Xunit;

namespace Pride.Http.Tests;

public sealed class TargetTests
{
    [Theory]
    [InlineData("/", "/")]
    [InlineData("/a/b", "/a/b")]
    [InlineData("/a/b/", "/a/b/")]
    [InlineData("//a///b//", "/a/b/")]
    [InlineData("/a%20b", "/a b")]
    [InlineData("/%41%2e%62", "/A.b")]
    [InlineData("/a/./b/.", "/a/b/")]
    [InlineData("/a/../b", "/b")]
    [InlineData("/a/b/..", "/a/")]
    [InlineData("/a/b/../../c", "/c")]
    [InlineData("/a/%2e%2E/b", "/b")]
    [InlineData("/%e2%82%ac", "/\u20ac")]
    [InlineData("/%F0%9F%98%80", "/\U0001f600")]
    [InlineData("/%252e%252e/x", "/%2e%2e/x")]
    [InlineData("/..a/b..c", "/..a/b..c")]
    [InlineData("/a?x=/../..", "/a")]
    [InlineData("http://h", "/")]
    [InlineData("http://h?q", "/")]
    [InlineData("http://h/x", "/x")]
    public void Decodes(string target, string path) => Assert.Equal((TargetResult.Path, path), Decode(target));

    [Theory]
    [InlineData("/..")]
    [InlineData("/../etc/passwd")]
    [InlineData("/./../x")]
    [InlineData("/a/../../x")]
    [InlineData("/a/b/../../../x")]
    [InlineData("//..//x")]
    [InlineData("/%2e%2e/x")]
    [InlineData("/.%2E/x")]
    [InlineData("/%2e./x")]
    [InlineData("/a/%2e%2e/%2e%2e/x")]
    [InlineData("http://h/../x")]
    [InlineData("/..\\x")]
    [InlineData("/a\\..\\..\\x")]
    [InlineData("/%5c..%5cx")]
    [InlineData("/..%5c..%5cx")]
    [InlineData("/a%00.txt")]
    [InlineData("/%00")]
    [InlineData("/a%0d%0aSet-Cookie:x")]
    [InlineData("/a%7f")]
    [InlineData("/%c0%ae%c0%ae/x")]
    [InlineData("/%c0%af..")]
    [InlineData("/%e0%80%ae%e0%80%ae/x")]
    [InlineData("/%e0%80%af")]
    [InlineData("/%f0%80%80%ae/x")]
    [InlineData("/%f8%80%80%80%ae/x")]
    [InlineData("/%c1%9c")]
    [InlineData("/%ed%a0%80")]
    [InlineData("/%f4%90%80%80")]
    [InlineData("/%80")]
    [InlineData("/%e2%82")]
    [InlineData("/%ff%fe")]
    [InlineData("/%")]
    [InlineData("/%4")]
    [InlineData("/%zz")]
    [InlineData("/%u002e%u002e/x")]
    [InlineData("/a#b")]
    [InlineData("/a?b#c")]
    public void Refuses(string target) => Assert.Equal(TargetResult.Bad, Decode(target).Result);

    [Theory]
    [InlineData("/..%2fx")]
    [InlineData("/%2e%2e%2fetc%2fpasswd")]
    [InlineData("/a%2Fb")]
    [InlineData("/.../x")]
    [InlineData("/..%20/x")]
    [InlineData("/secret.")]
    [InlineData("/secret%20")]
    public void NamesNothing(string target) => Assert.Equal(TargetResult.NoSuchName, Decode(target).Result);

    [Fact]
    public void RawHighBytesAreNotATarget()
    {
        Assert.Equal(TargetResult.Bad, Decode([(byte)'/', 0xc3, 0xa4]).Result);
        Assert.Equal(TargetResult.NoSuchName, Decode("/" + new string('a', 2000)).Result);
        Assert.Equal(TargetResult.NoSuchName, Decode("/" + new string('a', 1023) + "/").Result);
    }

    // An oracle of another kind: whatever comes out of a random target is canonical.
    [Fact]
    public void WhateverIsAcceptedIsCanonical()
    {
        string[] pieces = ["/", "/", ".", "..", "%2e", "%2E%2e", "%2f", "\\", "%5c", "a", "b", "%00", "%c0%ae", "%25", "?", "#", "%e2%82%ac", " ", "..."];
        var random = new Random(2);
        int accepted = 0;
        for (int round = 0; round < 200_000; round++)
        {
            var target = new StringBuilder("/");
            for (int i = random.Next(12); i > 0; i--)
            {
                target.Append(pieces[random.Next(pieces.Length)]);
            }

            (TargetResult result, string path) = Decode(target.ToString());
            if (result != TargetResult.Path)
            {
                continue;
            }

            accepted++;
            Assert.StartsWith("/", path, StringComparison.Ordinal);
            Assert.DoesNotContain("//", path, StringComparison.Ordinal);
            Assert.DoesNotContain('\\', path);
            Assert.DoesNotContain('\0', path);
            foreach (string segment in path.Split('/'))
            {
                Assert.False(segment is "." or "..", $"{target} became {path}");
            }
        }

        Assert.True(accepted > 10_000, "too few targets were accepted for this test to mean anything");
    }

    [Fact]
    public void Utf8IsJudgedAsTheFrameworkDoes()
    {
        var random = new Random(1);
        var strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
        byte[] interesting = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff];
        for (int round = 0; round < 50_000; round++)
        {
            byte[] text = new byte[random.Next(6)];
            for (int i = 0; i < text.Length; i++)
            {
                text[i] = interesting[random.Next(interesting.Length)];
            }

            bool expected = true;
            try
            {
                strict.GetCharCount(text);
            }
            catch (ArgumentException)
            {
                expected = false;
            }

            Assert.True(expected == RequestTarget.IsUtf8(text), Convert.ToHexString(text));
        }
    }

    private static (TargetResult Result, string Path) Decode(string target) => Decode(Encoding.Latin1.GetBytes(target));

    private static (TargetResult Result, string Path) Decode(byte[] target)
    {
        byte[] path = new byte[RequestTarget.MaximumPathBytes];
        TargetResult result = RequestTarget.Decode(target, path, out int length, out _);
        return (result, Encoding.UTF8.GetString(path, 0, length));
    }
}
