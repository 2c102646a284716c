// The same program under CoreCLR and compiled to a static Linux process must print the same, on every instruction set.
//
// One image (Programs.Selector) holds all programs, so that a target costs one compilation. The unoptimised images of the
// emulated targets test the translation; the optimised ones (and each program alone) run with Category=Full.

using System;
using System.Collections.Concurrent;
using System.Linq;
using Xunit;

namespace Pride.Compiler.Tests;

public class HostedProgramTests
{
    private static readonly ConcurrentDictionary<(TargetArchitecture Architecture, int Optimisation), Lazy<string>> s_images = [];

    public static TheoryData<string> Programs => [.. Compilations.Programs];

    public static TheoryData<string, TargetArchitecture> EmulatedPrograms
    {
        get
        {
            TheoryData<string, TargetArchitecture> data = [];
            foreach (string program in Compilations.Programs)
            {
                data.Add(program, TargetArchitecture.AArch64);
                data.Add(program, TargetArchitecture.RiscV64);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void PrintsWhatCoreClrPrints(string program) => Compare(program, TargetArchitecture.X64, optimisation: 1);

    [Theory]
    [MemberData(nameof(EmulatedPrograms))]
    public void PrintsTheSameOnEveryInstructionSet(string program, TargetArchitecture architecture) => Compare(program, architecture, optimisation: 0);

    [Theory]
    [Trait("Category", "Full")]
    [MemberData(nameof(EmulatedPrograms))]
    public void PrintsTheSameWhenOptimised(string program, TargetArchitecture architecture) => Compare(program, architecture, optimisation: 2);

    // Alone, a program reaches less: what another program happens to make reachable is missed here.
    [Theory]
    [Trait("Category", "Full")]
    [MemberData(nameof(Programs))]
    public void PrintsTheSameAlone(string program)
    {
        CompilationResult result = CompilerDriver.Compile(Compilations.Hosted(program, optimisation: 0));
        (string output, int exitCode) = Compilations.Run(result.ElfPath, TargetArchitecture.X64);
        Assert.Equal(Compilations.RunOnCoreClr(program), output);
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public void TheSelectorKnowsEveryProgram()
    {
        string image = Image(TargetArchitecture.X64, optimisation: 1);
        string[] unknown = [.. Compilations.Programs.Where(p => Compilations.Run(image, TargetArchitecture.X64, p).Output.StartsWith("no program", StringComparison.Ordinal))];
        Assert.Empty(unknown);
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
