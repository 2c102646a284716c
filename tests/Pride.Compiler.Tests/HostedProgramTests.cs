// The same program under CoreCLR and compiled to a static Linux process must print the same.

using Xunit;

namespace Pride.Compiler.Tests;

public class HostedProgramTests
{
    [Theory]
    [InlineData("HelloString")]
    [InlineData("ExceptionsBasic")]
    [InlineData("Delegates")]
    [InlineData("Structs")]
    [InlineData("Collections")]
    [InlineData("Strings")]
    [InlineData("AsyncCoordination")]
    public void PrintsWhatCoreClrPrints(string program)
    {
        CompilationResult result = CompilerDriver.Compile(Compilations.Hosted(program));
        (string output, int exitCode) = Compilations.Run(result.ElfPath);
        Assert.Equal(Compilations.RunOnCoreClr(program), output);
        Assert.Equal(0, exitCode);
    }
}
