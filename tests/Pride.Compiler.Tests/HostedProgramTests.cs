// The same program under CoreCLR and compiled to a static Linux process must print the same, on every instruction set.
//
// One image (Programs.Selector) holds all programs, so that a target costs one compilation. Unoptimised images
// test the translation; optimised ones, a stressed heap and each program alone run with Category=Full.

using System;
using System.Collections.Concurrent;
using System.Linq;
using Xunit;

namespace Pride.Compiler.Tests;

public class HostedProgramTests
{
    private static readonly ConcurrentDictionary<(TargetArchitecture Architecture, int Optimisation), Lazy<string>> s_images = [];

    private static readonly ConcurrentDictionary<TargetArchitecture, Lazy<string>> s_stressed = [];

    private static readonly Lazy<string> s_fewStressed = new(() => CompilerDriver.Compile(Compilations.Stressed(Compilations.Hosted("StressSelector"))).ElfPath);

    public static TheoryData<string> Programs => [.. Compilations.Programs];

    public static TheoryData<string, TargetArchitecture> EmulatedPrograms => Data([TargetArchitecture.AArch64, TargetArchitecture.RiscV64]);

    public static TheoryData<string, TargetArchitecture> AllPrograms => Data(Enum.GetValues<TargetArchitecture>());

    [Theory]
    [MemberData(nameof(Programs))]
    public void PrintsWhatCoreClrPrints(string program) => Compare(program, TargetArchitecture.X64, optimisation: 0);

    [Theory]
    [MemberData(nameof(EmulatedPrograms))]
    public void PrintsTheSameOnEveryInstructionSet(string program, TargetArchitecture architecture) => Compare(program, architecture, optimisation: 0);

    [Theory]
    [Trait("Category", "Full")]
    [MemberData(nameof(AllPrograms))]
    public void PrintsTheSameWhenOptimised(string program, TargetArchitecture architecture) => Compare(program, architecture, optimisation: 2);

    // A collection at every allocation: whatever the collector does not find is gone at once.
    [Theory]
    [Trait("Category", "Full")]
    [MemberData(nameof(AllPrograms))]
    public void PrintsTheSameWhenTheHeapIsStressed(string program, TargetArchitecture architecture)
    {
        Lazy<string> image = s_stressed.GetOrAdd(architecture, key => new Lazy<string>(
            () => CompilerDriver.Compile(Compilations.Stressed(Compilations.Hosted("Selector", key))).ElfPath));
        (string output, int exitCode) = Compilations.Run(image.Value, architecture, program);
        Assert.Equal(Compilations.RunOnCoreClr(program), output);
        Assert.Equal(0, exitCode);
    }

    // The same for a few programs in every test run.
    [Theory]
    [InlineData("AsyncMore")]
    [InlineData("Collections")]
    [InlineData("ExceptionsMore")]
    [InlineData("IteratorsMore")]
    [InlineData("Memory")]
    public void AFewPrintTheSameWhenTheHeapIsStressed(string program)
    {
        (string output, int exitCode) = Compilations.Run(s_fewStressed.Value, TargetArchitecture.X64, program);
        Assert.Equal(Compilations.RunOnCoreClr(program), output);
        Assert.Equal(0, exitCode);
    }

    // Alone, a program reaches less: what another program happens to make reachable is missed here.
    [Theory]
    [Trait("Category", "Full")]
    [MemberData(nameof(Programs))]
    public void PrintsTheSameAlone(string program) => CompareAlone(program, optimisation: 1);

    private static void CompareAlone(string program, int optimisation)
    {
        CompilationResult result = CompilerDriver.Compile(Compilations.Hosted(program, optimisation: optimisation));
        (string output, int exitCode) = Compilations.Run(result.ElfPath, TargetArchitecture.X64);
        Assert.Equal(Compilations.RunOnCoreClr(program), output);
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public void TheSelectorKnowsEveryProgram()
    {
        string image = Image(TargetArchitecture.X64, optimisation: 0);
        string[] unknown = [.. Compilations.Programs.Where(p => Compilations.Run(image, TargetArchitecture.X64, p).Output.StartsWith("no program", StringComparison.Ordinal))];
        Assert.Empty(unknown);
    }

    private static TheoryData<string, TargetArchitecture> Data(TargetArchitecture[] architectures)
    {
        TheoryData<string, TargetArchitecture> data = [];
        foreach (string program in Compilations.Programs)
        {
            foreach (TargetArchitecture architecture in architectures)
            {
                data.Add(program, architecture);
            }
        }

        return data;
    }

    private static void Compare(string program, TargetArchitecture architecture, int optimisation)
    {
        (string output, int exitCode) = Compilations.Run(Image(architecture, optimisation), architecture, program);
        Assert.Equal(Compilations.RunOnCoreClr(program), output);
        Assert.Equal(0, exitCode);
    }

    private static string Image(TargetArchitecture architecture, int optimisation) =>
        s_images.GetOrAdd((architecture, optimisation), key => new Lazy<string>(
            () => CompilerDriver.Compile(Compilations.Hosted("Selector", key.Architecture, key.Optimisation)).ElfPath)).Value;
}
