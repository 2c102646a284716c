// What the compiler refuses, and that the message shows the way from the entry.

using Xunit;

namespace Pride.Compiler.Tests;

public class RefusalTests
{
    [Fact]
    public void KernelProfileRefusesAllocationWithTheCallChain()
    {
        CompilationRequest request = Compilations.Hosted("Classes") with { Profile = CompilationProfile.Kernel, StopAfterIr = true };
        CompilationException refusal = Assert.Throws<CompilationException>(() => CompilerDriver.Compile(request));
        Assert.Equal(CompilationError.ProfileViolation, refusal.Error);
        Assert.Contains("Kernel profile", refusal.Message, System.StringComparison.Ordinal);
        Assert.Contains("called from pride_main", refusal.Message, System.StringComparison.Ordinal);
    }

    [Fact]
    public void AnUnknownMainTypeIsNamed()
    {
        CompilationRequest request = Compilations.Hosted("NoSuchProgram") with { StopAfterIr = true };
        CompilationException refusal = Assert.Throws<CompilationException>(() => CompilerDriver.Compile(request));
        Assert.Equal(CompilationError.BadRequest, refusal.Error);
        Assert.Contains("Programs.NoSuchProgram", refusal.Message, System.StringComparison.Ordinal);
    }

    [Fact]
    public void AnAssemblyWithoutExportsIsRefusedAsALibrary()
    {
        CompilationRequest request = Compilations.Hosted("HelloString") with { MainType = null, Hosted = false, StopAfterIr = true };
        CompilationException refusal = Assert.Throws<CompilationException>(() => CompilerDriver.Compile(request));
        Assert.Equal(CompilationError.BadRequest, refusal.Error);
        Assert.Contains("exports nothing", refusal.Message, System.StringComparison.Ordinal);
    }

    [Fact]
    public void ExplainShowsHowAMethodCameIn()
    {
        CompilationResult result = CompilerDriver.Compile(Compilations.Hosted("HelloString") with { StopAfterIr = true, Explain = "ConsolePlugs.WriteLine(String)" });
        string chain = Assert.Single(result.Explanations);
        Assert.Contains("called from Programs.HelloString.Main()", chain, System.StringComparison.Ordinal);
    }
}
