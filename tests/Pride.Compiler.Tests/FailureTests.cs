// How programs end that have a bug: the trace of an exception names the methods and lines that it went through (as `pride symbolize`
// shows it), and memory that runs out is an exception first and a clear message last.

using System;
using System.Globalization;
using System.IO;
using System.Linq;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Compiler.Tests;

public class FailureTests
{
    private const int Aborted = 134;
    private const long SmallHeap = 8 * 1024 * 1024;

    public static TheoryData<TargetArchitecture> Architectures => [.. Enum.GetValues<TargetArchitecture>()];

    [Theory]
    [MemberData(nameof(Architectures))]
    public void TracesNameMethodsAndLines(TargetArchitecture architecture)
    {
        (string[] lines, int exitCode) = Run("ThrowsDeep", architecture);
        Assert.Equal(Aborted, exitCode);

        // The trace that the program printed itself: thrown in the innermost of four calls.
        Assert.Equal([Line("throw new InvalidOperationException"), .. Enumerable.Repeat(Line("Outer(depth - 1)"), 3)], Places(lines, "ThrowsDeep.Outer"));
        Assert.Contains(Line("Outer(3);"), Places(lines, "ThrowsDeep.Main"));

        // And the one of the exception that nobody caught.
        string[] last = [.. lines.SkipWhile(l => !l.StartsWith("Unhandled exception. ", StringComparison.Ordinal))];
        Assert.StartsWith("Unhandled exception. System.IndexOutOfRangeException: Index was outside the bounds of the array.", last[0], StringComparison.Ordinal);
        Assert.Equal([Line("public void Last")], Places(last, "Thrower.Last"));
        Assert.Equal([Line("new Thrower().Last")], Places(last, "ThrowsDeep.Main"));
    }

    [Fact]
    public void TracesGoOnAfterAnAwait()
    {
        (string[] lines, int exitCode) = Run("ThrowsAfterAwait", TargetArchitecture.X64);
        Assert.Equal(0, exitCode);
        Assert.Equal("System.FormatException: inner", lines[0]);
        Assert.Contains(Line("throw new FormatException"), Places(lines, "MoveNext"));
        Assert.Contains(Line("await InnerAsync();"), Places(lines, "MoveNext"));
        Assert.Contains("--- End of stack trace from previous location ---", lines);
        Assert.Contains(Line("OuterAsync().GetAwaiter()"), Places(lines, "ThrowsAfterAwait.Main"));
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void MemoryThatRunsOutIsAnExceptionAndComesBack(TargetArchitecture architecture)
    {
        (string[] lines, int exitCode) = Run("FillsMemory", architecture, SmallHeap);
        Assert.Equal(["large: Insufficient memory to continue the execution of the program.", "as much again", "xxxxxxxxxx", ""], lines);
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public void WithoutAHandlerTheProgramEndsAndSaysWhy()
    {
        (string[] lines, int exitCode) = Run("DiesOfHunger", TargetArchitecture.X64, SmallHeap);
        Assert.Equal(Aborted, exitCode);
        Assert.StartsWith("Unhandled exception. System.OutOfMemoryException: Insufficient memory", lines[0], StringComparison.Ordinal);
        Assert.Contains(lines, l => l.StartsWith("the heap has ", StringComparison.Ordinal) && l.Contains("system description", StringComparison.Ordinal));
        Assert.Contains(Line("kept.Add(Eat"), Places(lines, "DiesOfHunger.Main"));
    }

    private static (string[] Lines, int ExitCode) Run(string program, TargetArchitecture architecture, long? heapBytes = null)
    {
        CompilationRequest request = Compilations.Hosted(program, architecture) with { MainType = "Failing." + program };
        CompilationResult result = CompilerDriver.Compile(heapBytes is { } bytes ? request with { HostedHeapBytes = bytes } : request);
        (string output, int exitCode) = Compilations.Run(result.ElfPath, architecture);
        Symbolizer symbolizer = Symbolizer.OfProgram(result.ElfPath);
        return ([.. output.Split('\n').Select(symbolizer.Line)], exitCode);
    }

    /// <summary>The lines of Failing.cs at which a method stands in a trace, in its order; of inlined methods too.</summary>
    private static int[] Places(string[] lines, string method) =>
        [.. lines.SelectMany(l => l.Split("  ").Last().Split(" <- "))
            .Where(f => f.Contains(method, StringComparison.Ordinal) && f.Contains("Failing.cs:", StringComparison.Ordinal))
            .Select(f => int.Parse(f[(f.LastIndexOf(':') + 1)..].Split(' ')[0], CultureInfo.InvariantCulture))];

    /// <summary>The line of Failing.cs that has this text.</summary>
    private static int Line(string text)
    {
        string[] source = File.ReadAllLines(Path.Combine(Compilations.Root, "tests", "Pride.Compiler.Tests", "Programs", "Failing.cs"));
        return 1 + Array.FindIndex(source, l => l.Contains(text, StringComparison.Ordinal));
    }
}
