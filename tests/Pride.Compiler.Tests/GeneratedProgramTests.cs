// Random programs (Pride.Compiler.Generator, fixed seeds) must print what they print under CoreCLR, on every instruction set, also with a
// collection at every allocation.
//
// The first 60 run always, unoptimised and on x86-64 stressed; the others with Category=Full, optimised, each with and without stress.

using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace Pride.Compiler.Tests;

public class GeneratedProgramTests
{
    /// <summary>Programs of the image Generated.Some; the project file says the same.</summary>
    private const int SmallCount = 60;

    private static IEnumerable<string> First => Compilations.GeneratedPrograms.Take(SmallCount);

    public static TheoryData<string, TargetArchitecture> SomeEmulated => Compilations.OnEach(First, TargetArchitecture.AArch64, TargetArchitecture.RiscV64);

    public static TheoryData<string> Some => [.. First];

    public static TheoryData<string, TargetArchitecture> Others =>
        Compilations.OnEach(Compilations.GeneratedPrograms.Skip(SmallCount), Enum.GetValues<TargetArchitecture>());

    [Theory]
    [MemberData(nameof(SomeEmulated))]
    public void ComputesWhatCoreClrComputes(string program, TargetArchitecture architecture) => Compilations.Compare("Some", program, architecture, optimisation: 0);

    [Theory]
    [MemberData(nameof(Some))]
    public void ComputesTheSameWhenTheHeapIsStressed(string program) => Compilations.Compare("Some", program, TargetArchitecture.X64, optimisation: 0, stressed: true);

    [Theory]
    [Trait("Category", "Full")]
    [MemberData(nameof(SomeEmulated))]
    public void ComputesTheSameOnEveryInstructionSetWhenTheHeapIsStressed(string program, TargetArchitecture architecture) =>
        Compilations.Compare("Some", program, architecture, optimisation: 0, stressed: true);

    [Theory]
    [Trait("Category", "Full")]
    [MemberData(nameof(Others))]
    public void EveryOtherOneComputesTheSameWhenOptimised(string program, TargetArchitecture architecture) => Compilations.Compare("All", program, architecture, optimisation: 1);

    [Theory]
    [Trait("Category", "Full")]
    [MemberData(nameof(Others))]
    public void EveryOtherOneComputesTheSameWhenOptimisedAndStressed(string program, TargetArchitecture architecture) =>
        Compilations.Compare("All", program, architecture, optimisation: 1, stressed: true);
}
