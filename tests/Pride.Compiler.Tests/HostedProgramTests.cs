// The same program under CoreCLR and compiled to a static Linux process must print the same, on every instruction set, also with a collection
// at every allocation.
//
// One image (Programs.Selector) holds all programs, so that a target costs one compilation. Unoptimised images
// test the translation; optimised ones, a stressed heap on emulated processors and each program alone run with Category=Full.

using System;
using Xunit;

namespace Pride.Compiler.Tests;

public class HostedProgramTests
{
    private const string Corpus = "Selector";

    public static TheoryData<string> Programs => [.. Compilations.Programs];

    public static TheoryData<string, TargetArchitecture> EmulatedPrograms =>
        Compilations.OnEach(Compilations.Programs, TargetArchitecture.AArch64, TargetArchitecture.RiscV64);

    public static TheoryData<string, TargetArchitecture> AllPrograms => Compilations.OnEach(Compilations.Programs, Enum.GetValues<TargetArchitecture>());

    [Theory]
    [MemberData(nameof(Programs))]
    public void PrintsWhatCoreClrPrints(string program) => Compilations.Compare(Corpus, program, TargetArchitecture.X64, optimisation: 0);

    [Theory]
    [MemberData(nameof(EmulatedPrograms))]
    public void PrintsTheSameOnEveryInstructionSet(string program, TargetArchitecture architecture) => Compilations.Compare(Corpus, program, architecture, optimisation: 0);

    [Theory]
    [MemberData(nameof(Programs))]
    public void PrintsTheSameWhenTheHeapIsStressed(string program) => Compilations.Compare(Corpus, program, TargetArchitecture.X64, optimisation: 0, stressed: true);

    [Theory]
    [Trait("Category", "Full")]
    [MemberData(nameof(EmulatedPrograms))]
    public void PrintsTheSameOnEveryInstructionSetWhenTheHeapIsStressed(string program, TargetArchitecture architecture) =>
        Compilations.Compare(Corpus, program, architecture, optimisation: 0, stressed: true);

    [Theory]
    [Trait("Category", "Full")]
    [MemberData(nameof(AllPrograms))]
    public void PrintsTheSameWhenOptimised(string program, TargetArchitecture architecture) => Compilations.Compare(Corpus, program, architecture, optimisation: 2);

    // Optimised code keeps references in other places than unoptimised code does.
    [Theory]
    [Trait("Category", "Full")]
    [MemberData(nameof(Programs))]
    public void PrintsTheSameWhenOptimisedAndStressed(string program) => Compilations.Compare(Corpus, program, TargetArchitecture.X64, optimisation: 2, stressed: true);

    // Alone, a program reaches less: what another program happens to make reachable is missed here. That is a matter of the front end.
    [Theory]
    [Trait("Category", "Full")]
    [MemberData(nameof(Programs))]
    public void PrintsTheSameAlone(string program) => CompareAlone(program, "Programs");

    // Not with the others in one image, of which their libraries would be a large part.
    [Theory]
    [Trait("Category", "Full")]
    [InlineData("Newer")]
    [InlineData("XmlReading")]
    public void PrintsTheSameWithALargeLibrary(string program) => CompareAlone(program, "Alone");

    private static void CompareAlone(string program, string folder)
    {
        CompilationRequest request = Compilations.Hosted(program, optimisation: 0) with { MainType = $"{folder}.{program}", DebugInformation = false };
        CompilationResult result = CompilerDriver.Compile(request);
        (string output, int exitCode) = Compilations.Run(result.ElfPath, TargetArchitecture.X64);
        Assert.Equal(Compilations.RunOnCoreClr(program), output);
        Assert.Equal(0, exitCode);
    }
}
