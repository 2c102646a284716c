// Reports and the rules that need the call graph: allocation sites, [NoAlloc], [NoThrow], worst-case stacks.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Pride.Compiler.Link;
using Pride.Compiler.Reports;
using Xunit;

namespace Pride.Compiler.Tests;

public class ReportTests
{
    [Fact]
    public void NoAllocNamesTheChainAndTheLine()
    {
        CompilationException refusal = Refuse("AllocatesInSecret");
        Assert.Equal(CompilationError.ProfileViolation, refusal.Error);
        Assert.Contains("AllocatesInSecret.Main() is marked [NoAlloc]", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("in Rules.AllocatesInSecret.Second(Int32)", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("called from Rules.AllocatesInSecret.First(Int32)", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("System.Int32[], ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Rules.cs:17", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NoThrowNamesTheChainThroughVirtualCalls()
    {
        CompilationException refusal = Refuse("ThrowsInSecret");
        Assert.Contains("ThrowsInSecret.Walk(Step[]) is marked [NoThrow], but", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("ThrowsInSecret.Walk(Step[])\n", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NoThrowAcceptsAMethodThatCatchesEverything()
    {
        CompilationResult result = CompilerDriver.Compile(Program("CatchesEverything"));
        (string output, int exitCode) = Compilations.Run(result.ElfPath, TargetArchitecture.X64);
        Assert.Equal("11\n", output);
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public void EveryAllocationSiteHasItsLineOrTheWayToIt()
    {
        ProgramReport report = CompilerDriver.Compile(Program("DeepFrames") with { StopAfterIr = true, WantsReport = true }).Report!;
        ReportedAllocation deep = Assert.Single(report.Allocations, a => a.What == "Rules.DeepFrames.Deep");
        Assert.EndsWith("Rules.cs:100", deep.Line, StringComparison.Ordinal);
        Assert.All(report.Allocations, a => Assert.True(a.Line != null || a.Path.Count > 0));
        Assert.Contains(report.Functions, f => f is { Name: "Rules.DeepFrames.Last(Int32)", Namespace: "Rules", Assembly: "Pride.Compiler.Programs" });
    }

    [Fact]
    public void TheWorstCaseGoesThroughVirtualCallsAndDelegates()
    {
        StackReport stack = Compile("DeepFrames");
        IReadOnlyList<StackLink> own = [.. stack.Chain.Where(l => l.Function.StartsWith("Rules.", StringComparison.Ordinal))];
        Assert.Contains(own, l => l.Function.Contains("Deep.Down(Int32)", StringComparison.Ordinal) && l.Bytes >= 2048);
        Assert.Contains(own, l => l.Function.Contains("DeepFrames.Last(Int32)", StringComparison.Ordinal) && l.Bytes >= 4096);
        Assert.Equal(stack.Bytes, stack.Chain.Sum(l => l.Bytes) + Leaf(stack));
        Assert.True(stack.IsExact, string.Join('\n', stack.Recursions.Concat(stack.DynamicFrames)));
    }

    [Fact]
    public void RecursionIsNamedAndLeavesTheWorstCaseOpen()
    {
        StackReport stack = Compile("CallsItself");
        Assert.Contains("Rules.CallsItself.Ackermann(Int32, Int32) calls itself", stack.Recursions);
        Assert.False(stack.IsExact);
    }

    [Fact]
    public void StackUsageFilesAreReadWithAndWithoutPlaces()
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, "A.cs:12:N.A::f\t48\tstatic\nmodule.ll:g<a,b>\t16\tdynamic,bounded\nA.cs:9:h.specialized.2\t64\tstatic\nnoise\n");
        Dictionary<string, FunctionFrame> frames = StackUsage.Read(path);
        File.Delete(path);
        Assert.Equal(new FunctionFrame(48, false), frames["N.A::f"]);
        Assert.Equal(new FunctionFrame(16, true), frames["g<a,b>"]);
        Assert.Equal(new FunctionFrame(64, false), frames["h"]);
        Assert.Equal(3, frames.Count);
    }

    // What a memory function may add below the last frame of the chain.
    private static long Leaf(StackReport stack) => stack.Bytes - stack.Chain.Sum(l => l.Bytes) is >= 0 and <= 64 and long leaf ? leaf : -1;

    private static CompilationRequest Program(string name) => Compilations.Hosted(name) with { MainType = "Rules." + name };

    private static CompilationException Refuse(string program) =>
        Assert.Throws<CompilationException>(() => CompilerDriver.Compile(Program(program) with { StopAfterIr = true }));

    private static StackReport Compile(string program)
    {
        CompilationResult result = CompilerDriver.Compile(Program(program) with { Profile = CompilationProfile.Driver });
        return Manifest.Read(result.ManifestPath).Stack;
    }
}
