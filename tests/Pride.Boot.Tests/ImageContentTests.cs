// What must not be in any image: parts of the framework that only serve what there is not in a PD (event tracing, resources, reflection,
// cultures other than the invariant one). They come in unnoticed, by one virtual call, and take space for nothing.

using System;
using System.Linq;
using Pride.Image.Elf;
using Pride.Tool.Building;
using Xunit;

namespace Pride.Boot.Tests;

public sealed class ImageContentTests
{
    private static readonly string[] s_unwanted =
    [
        "System.Diagnostics.Tracing.", "System.Resources.", "System.Reflection.", "System.Runtime.Loader.", "System.Globalization.IcuLocaleData.", "Interop/",
    ];

    /// <summary>Bytes of code of a managed PD that prints an interpolated string: a heap, exceptions with their texts and traces, numbers as text.</summary>
    private const ulong LargestHello = 40 * 1024;

    // The largest PDs: JSON, regular expressions, LINQ and async; a TCP/IP stack and an HTTP server; and the smallest managed one.
    [Theory]
    [InlineData("inventory", "inventory")]
    [InlineData("webserver", "web")]
    [InlineData("hello", "hello")]
    public void Nothing_is_there_that_a_pd_has_no_use_for(string example, string program)
    {
        SystemImage image = Checkout.Image(example, Checkout.Board);
        ElfFile elf = image.LoadProgram(program);
        ElfSection text = elf.FindSection(".text")!.Value;
        ElfSymbol[] code = [.. elf.Symbols.Where(s => s.Address >= text.Address && s.Address < text.Address + text.Size)];
        Assert.Contains(code, s => s.Name.StartsWith("System.Number.", StringComparison.Ordinal));
        string[] unwanted = [.. code.Select(s => s.Name).Where(name => s_unwanted.Any(start => name.StartsWith(start, StringComparison.Ordinal)))];
        Assert.True(unwanted.Length == 0, string.Join('\n', unwanted));
    }

    // One virtual call in what every managed PD has brings in the text of every type that is boxed anywhere.
    [Fact]
    public void A_small_pd_is_small() =>
        Assert.InRange(Checkout.Image("hello", Checkout.Board).LoadProgram("hello").FindSection(".text")!.Value.Size, 1UL, LargestHello);
}
