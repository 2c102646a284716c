// What the emitted code must be like, beyond what it computes: identical code is there once, code for size is smaller, and
// objects that nothing needs are not made.

using System;
using System.Buffers.Binary;
using System.IO;
using System.Linq;
using Pride.Compiler.Link;
using Xunit;

namespace Pride.Compiler.Tests;

public class CodeTests
{
    private static readonly Lazy<CompilationResult> s_shortLived = new(() => CompilerDriver.Compile(Program("ShortLived")));

    [Fact]
    public void IdenticalCodeIsThereOnceUnlessItsAddressIsTaken()
    {
        CompilationResult result = CompilerDriver.Compile(Program("SameCode") with { Profile = CompilationProfile.Driver });
        (string output, int exitCode) = Compilations.Run(result.ElfPath, TargetArchitecture.X64);
        Assert.Equal(0, exitCode);
        Assert.Equal("two addresses", output.Split('\n')[2]);

        ElfSymbol[] symbols = [.. ElfFile.Read(result.ElfPath).Symbols()];
        ulong AddressOf(string method) => Assert.Single(symbols, s => s.Name == "Rules.SameCode." + method).Address;
        Assert.Equal(AddressOf("First"), AddressOf("Second"));
        Assert.NotEqual(AddressOf("Third"), AddressOf("Fourth"));
    }

    [Fact]
    public void CodeForSizeIsSmallerAndComputesTheSame()
    {
        CompilationRequest request = Program("ShortLived");
        CompilationResult small = CompilerDriver.Compile(request with
        {
            OptimizesForSize = true,
            OutputPath = request.OutputPath.Replace(".elf", "-small.elf", StringComparison.Ordinal),
        });
        Assert.InRange(TextBytes(small), 1, TextBytes(s_shortLived.Value) * 9 / 10);
        Assert.Equal(Results(s_shortLived.Value), Results(small));
    }

    [Fact]
    public void ObjectsThatNothingNeedsVanish()
    {
        (string output, int exitCode) = Compilations.Run(s_shortLived.Value.ElfPath, TargetArchitecture.X64);
        Assert.Equal(0, exitCode);
        Assert.Equal("object 50005000 vanished\nclosure 50005000 vanished\nbox 99990000 vanished\nkept 10000 allocated\n", output);
    }

    // Or LLVM keeps the result of a comparison over it.
    [Fact]
    public void AssemblyOfX64IsKnownToChangeTheFlags()
    {
        CompilationRequest request = Compilations.Hosted("HelloString") with { MainType = "Programs.Times", StopAfterIr = true };
        CompilerDriver.Compile(request);
        string[] statements = [.. File.ReadLines(Path.ChangeExtension(request.OutputPath, ".ll")).Where(l => l.Contains(" asm ", StringComparison.Ordinal) && !l.Contains("asm sideeffect \"\"", StringComparison.Ordinal))];
        Assert.NotEmpty(statements);
        Assert.All(statements, s => Assert.Contains("~{flags}\"(", s, StringComparison.Ordinal));
    }

    // An inlined method's failed check goes straight to where its exception is handled, and behind a check that held none is pending.
    [Fact]
    public void NothingIsTestedForAnExceptionBehindAnInlinedCheck()
    {
        CompilationResult result = CompilerDriver.Compile(Program("ChecksInline"));
        (string output, int exitCode) = Compilations.Run(result.ElfPath, TargetArchitecture.X64);
        Assert.Equal(0, exitCode);
        Assert.Equal("27\n-1\n", output);
        Assert.Equal(0, References(result, "Rules.ChecksInline.Sum", "pride_pending"));
        Assert.NotEqual(0, References(result, "Rules.ChecksInline.SumOrMinusOne", "pride_pending"));
    }

    private static CompilationRequest Program(string name) =>
        Compilations.Hosted(name, optimisation: 2) with { MainType = "Rules." + name, DebugInformation = false };

    private static long TextBytes(CompilationResult result) => ElfFile.Read(result.ElfPath).Section(".text")!.Size;

    // How often a function's instructions name a variable: relative to the instruction's end, behind which a constant of up to four bytes may stand.
    private static int References(CompilationResult result, string function, string variable)
    {
        ElfFile elf = ElfFile.Read(result.ElfPath);
        ElfSymbol code = Assert.Single(elf.Symbols(), s => s.Name == function);
        long target = (long)Assert.Single(elf.Symbols(), s => s.Name == variable).Address;
        ElfSection text = elf.Section(".text")!;
        ReadOnlySpan<byte> bytes = File.ReadAllBytes(result.ElfPath).AsSpan((int)(text.FileOffset + (long)(code.Address - text.Address)), (int)code.Size);
        int count = 0;
        for (int i = 0; i + sizeof(int) <= bytes.Length; i++)
        {
            long distance = target - ((long)code.Address + i + sizeof(int) + BinaryPrimitives.ReadInt32LittleEndian(bytes[i..]));
            count += distance is 0 or 1 or 4 ? 1 : 0;
        }

        return count;
    }

    // What the program computed, without where its objects went, which is another matter for size than for speed.
    private static string[] Results(CompilationResult result)
    {
        (string output, int exitCode) = Compilations.Run(result.ElfPath, TargetArchitecture.X64);
        Assert.Equal(0, exitCode);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => string.Join(' ', line.Split(' ')[..2]))];
    }
}
