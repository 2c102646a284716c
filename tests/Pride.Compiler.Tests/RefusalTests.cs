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

    // Each names the caller and says what to use instead.
    [Theory]
    [InlineData("StartsThread", "Refused.StartsThread.Main() calls System.Threading.Thread.Constructor(ThreadStart)", "await")]
    [InlineData("ReadsFile", "Refused.ReadsFile.Later() calls System.IO.File.ReadAllText(String)", "Pride.Fs.FileSystemClient")]
    [InlineData("OpensSocket", "Refused.OpensSocket.Main() calls System.Net.Sockets.TcpClient", "Pride.Net.NetworkStack")]
    [InlineData("StartsProcess", "Refused.StartsProcess.Main() calls System.Diagnostics.Process.Start(String)", "system description")]
    [InlineData("ReadsConsole", "Refused.ReadsConsole.Main() calls System.Console.ReadLine()", "Pride.Sddf.SerialClient")]
    [InlineData("LooksUpMethod", "Refused.LooksUpMethod.Main() calls System.Type.GetMethod", "source generator")]
    [InlineData("EmitsCode", "Refused.EmitsCode.Main() calls System.Reflection.Emit.DynamicMethod.Constructor", "source generator")]
    [InlineData("RunsParallel", "Refused.RunsParallel.Main() calls System.Threading.Tasks.Parallel.For", "PD of its own")]
    [InlineData("SerializesByReflection", "Refused.SerializesByReflection.Main() calls System.Text.Json.JsonSerializer.Serialize<", "JsonSerializerContext")]
    [InlineData("MeansItLater", "Refused.MeansItLater.Main() calls Microsoft.CSharp.RuntimeBinder.", "give the variable its type")]
    [InlineData("WaitsForEvent", "Refused.WaitsForEvent.Main() calls System.Threading.AutoResetEvent.Constructor", "SemaphoreSlim")]
    [InlineData("MakesByType", "Refused.MakesByType.Main() calls System.Activator.CreateInstance(Type)", "generic method")]
    [InlineData("ListsEnum", "Refused.ListsEnum.Main() calls System.Enum.GetValues(Type)", "generic method")]
    [InlineData("AsksForArguments", "Refused.AsksForArguments.Main() calls System.Type.GetGenericArguments()", "source generator")]
    [InlineData("WalksStack", "Refused.WalksStack.Main() calls System.Diagnostics.StackTrace.Constructor()", "pride symbolize")]
    [InlineData("Signs", "Refused.Signs.Main() calls System.Security.Cryptography.ECDsa.Create()", "HMACs")]
    [InlineData("Packs", "Refused.Packs.Main() calls System.IO.Compression.GZipStream", "managed code")]
    [InlineData("Marshals", "Refused.Marshals.Main() calls System.Runtime.InteropServices.Marshal.SizeOf<", "sizeof")]
    [InlineData("GrowsForEver", "is instantiated with types that nest more than 40 deep", "needed by Refused.GrowsForEver")]
    public void WhatAPdCannotHaveIsRefusedWithAdvice(string program, string what, string advice)
    {
        CompilationRequest request = Compilations.Hosted("HelloString") with { MainType = "Refused." + program, StopAfterIr = true };
        CompilationException refusal = Assert.Throws<CompilationException>(() => CompilerDriver.Compile(request));
        Assert.Equal(CompilationError.Unsupported, refusal.Error);
        string first = refusal.Message.Split('\n')[0];
        Assert.Contains(what, first, System.StringComparison.Ordinal);
        Assert.Contains(advice, first, System.StringComparison.Ordinal);
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
