// Random programs (Pride.Compiler.Generator, fixed seeds) must print what they print under CoreCLR, on every instruction set, also with a
// collection at every allocation.
//
// The first 60 run always, unoptimised and on x86-64 stressed; the others with Category=Full, each with and without stress, optimised on x86-64
// and unoptimised on the emulated processors.

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

    private static IEnumerable<string> Rest => Compilations.GeneratedPrograms.Skip(SmallCount);

    public static TheoryData<string> Others => [.. Rest];

    public static TheoryData<string, TargetArchitecture> OthersEmulated => Compilations.OnEach(Rest, TargetArchitecture.AArch64, TargetArchitecture.RiscV64);

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
    [MemberData(nameof(OthersEmulated))]
    public void EveryOtherOneComputesTheSame(string program, TargetArchitecture architecture) => CompareTwice(program, architecture, optimisation: 0);

    [Theory]
    [Trait("Category", "Full")]
    [MemberData(nameof(Others))]
    public void EveryOtherOneComputesTheSameWhenOptimised(string program) => CompareTwice(program, TargetArchitecture.X64, optimisation: 1);

    private static void CompareTwice(string program, TargetArchitecture architecture, int optimisation)
    {
        Compilations.Compare("All", program, architecture, optimisation);
        Compilations.Compare("All", program, architecture, optimisation, stressed: true);
    }
}
