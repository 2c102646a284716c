// Random programs (Pride.Compiler.Generator, fixed seeds) must print what they print under CoreCLR, on every instruction set.
//
// The first 60 run always, on x86-64 with a collection at every allocation; the other 540 with Category=Full, there optimised too, and the
// first 60 there with a collection at every allocation on every instruction set.

using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace Pride.Compiler.Tests;

public class GeneratedProgramTests
{
    /// <summary>Programs of the image Generated.Some; the project file says the same.</summary>
    private const int SmallCount = 60;

    private static readonly ConcurrentDictionary<(string Selector, TargetArchitecture Architecture, int Optimisation), Lazy<string>> s_images = [];

    private static readonly ConcurrentDictionary<TargetArchitecture, Lazy<string>> s_stressed = [];

    private static readonly TargetArchitecture[] s_emulated = [TargetArchitecture.AArch64, TargetArchitecture.RiscV64];

    public static TheoryData<string, TargetArchitecture> SomeEmulated => Data(Compilations.GeneratedPrograms.Take(SmallCount), s_emulated);

    public static TheoryData<string> Some => [.. Compilations.GeneratedPrograms.Take(SmallCount)];

    public static TheoryData<string, TargetArchitecture> Others =>
        Data(Compilations.GeneratedPrograms.Skip(SmallCount), Enum.GetValues<TargetArchitecture>());

    [Theory]
    [MemberData(nameof(SomeEmulated))]
    public void ComputesWhatCoreClrComputes(string program, TargetArchitecture architecture) => Compare("Some", program, architecture, optimisation: 0);

    [Theory]
    [Trait("Category", "Full")]
    [MemberData(nameof(Others))]
    public void EveryOtherOneComputesTheSame(string program, TargetArchitecture architecture) => Compare("All", program, architecture, optimisation: 0);

    [Theory]
    [Trait("Category", "Full")]
    [MemberData(nameof(Others))]
    public void EveryOtherOneComputesTheSameWhenOptimised(string program, TargetArchitecture architecture) => Compare("All", program, architecture, optimisation: 2);

    [Theory]
    [MemberData(nameof(Some))]
    public void ComputesTheSameWhenTheHeapIsStressed(string program) => CompareStressed(program, TargetArchitecture.X64);

    [Theory]
    [Trait("Category", "Full")]
    [MemberData(nameof(SomeEmulated))]
    public void ComputesTheSameOnEveryInstructionSetWhenTheHeapIsStressed(string program, TargetArchitecture architecture) => CompareStressed(program, architecture);

    private static TheoryData<string, TargetArchitecture> Data(IEnumerable<string> programs, TargetArchitecture[] architectures)
    {
        TheoryData<string, TargetArchitecture> data = [];
        foreach (string program in programs)
        {
            foreach (TargetArchitecture architecture in architectures)
            {
                data.Add(program, architecture);
            }
        }

        return data;
    }

    private static void CompareStressed(string program, TargetArchitecture architecture)
    {
        Lazy<string> image = s_stressed.GetOrAdd(architecture, key => new Lazy<string>(
            () => CompilerDriver.Compile(Compilations.Stressed(Compilations.HostedGenerated("Some", key, optimisation: 1))).ElfPath));
        Check(image.Value, program, architecture);
    }

    private static void Compare(string selector, string program, TargetArchitecture architecture, int optimisation)
    {
        Lazy<string> image = s_images.GetOrAdd((selector, architecture, optimisation), key => new Lazy<string>(
            () => CompilerDriver.Compile(Compilations.HostedGenerated(key.Selector, key.Architecture, key.Optimisation)).ElfPath));
        Check(image.Value, program, architecture);
    }

    private static void Check(string image, string program, TargetArchitecture architecture)
    {
        (string output, int exitCode) = Compilations.Run(image, architecture, program);
        Assert.Equal(Compilations.RunOnCoreClr(program, Compilations.GeneratedAssembly), output);
        Assert.Equal(0, exitCode);
    }
}
