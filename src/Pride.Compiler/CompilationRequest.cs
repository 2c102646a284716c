// What a caller asks of the compiler, and what it gets back.

using System.Collections.Generic;
using Pride.Compiler.Reports;

namespace Pride.Compiler;

/// <summary>The rules that the compiled world lives under; names as in Pride.Machine.Profile.</summary>
public enum CompilationProfile
{
    Kernel,
    Driver,
    Managed,
}

/// <summary>One compilation: one world, one ELF file.</summary>
public sealed record CompilationRequest
{
    /// <summary>The assembly that holds the entry.</summary>
    public required string EntryAssembly { get; init; }

    /// <summary>Files or directories of the assemblies that it references; its own directory is searched anyway.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>Full name of the PD class; null: the roots are all [UnmanagedCallersOnly] exports of the entry assembly (a kernel, a library).</summary>
    public string? ProtectionDomain { get; init; }

    /// <summary>Of a hosted program: full name of the class whose static Main is the entry; null: the assembly's entry point.</summary>
    public string? MainType { get; init; }

    public TargetArchitecture Architecture { get; init; } = TargetArchitecture.AArch64;

    /// <summary>A static Linux process instead of bare metal.</summary>
    public bool Hosted { get; init; }

    /// <summary>Bytes that the heap of a hosted program can grow to; Linux gives pages when they are touched.</summary>
    public long HostedHeapBytes { get; init; } = 512L * 1024 * 1024;

    /// <summary>Overrides the profile that the PD class or its assembly declares. Kernel for library entries unless given.</summary>
    public CompilationProfile? Profile { get; init; }

    /// <summary>Assembly sources (.S, run through the C preprocessor) linked with the program.</summary>
    public IReadOnlyList<string> AssemblySources { get; init; } = [];

    /// <summary>Linker script; null: the built-in one for PDs or hosted processes.</summary>
    public string? LinkerScript { get; init; }

    /// <summary>Values of the getters that are constants of the build (Pride.Machine.BuildConstantAttribute), by name.</summary>
    public IReadOnlyDictionary<string, long> Constants { get; init; } = new Dictionary<string, long>();

    /// <summary>0 to 3, as clang's -O.</summary>
    public int OptimizationLevel { get; init; } = 2;

    /// <summary>clang's -Os instead of <see cref="OptimizationLevel"/>; a PD class can ask for it ([Profile(..., OptimizeForSize = true)]).</summary>
    public bool OptimizesForSize { get; init; }

    /// <summary>True: Debug.Assert is checked. False: its calls are dropped.</summary>
    public bool KeepAsserts { get; init; } = true;

    public bool DebugInformation { get; init; } = true;

    /// <summary>For debugging: methods of the entry assembly are not optimised, so that every variable can be seen at every line.</summary>
    public bool KeepVariables { get; init; }

    /// <summary>The ELF file to write; the manifest goes next to it with the extension .json, the IR with .ll.</summary>
    public required string OutputPath { get; init; }

    /// <summary>Content-addressed cache of finished ELF files; null: none.</summary>
    public string? CacheDirectory { get; init; }

    /// <summary>Collect garbage at every allocation (tests of the collector).</summary>
    public bool StressHeap { get; init; }

    /// <summary>Bringing up a runtime: methods that nothing provides fail when they run, and are listed in the result.</summary>
    public bool ListMissing { get; init; }

    /// <summary>Stop after writing LLVM IR (tests of the front end).</summary>
    public bool StopAfterIr { get; init; }

    /// <summary>Fill <see cref="CompilationResult.Report"/>.</summary>
    public bool WantsReport { get; init; }

    /// <summary>Methods whose call chains from the entry are wanted in <see cref="CompilationResult.Explanations"/> (part of a full name).</summary>
    public string? Explain { get; init; }
}

/// <summary>What came out of one compilation.</summary>
public sealed record CompilationResult
{
    public required string ElfPath { get; init; }

    public required string ManifestPath { get; init; }

    /// <summary>The ELF came from the cache.</summary>
    public bool FromCache { get; init; }

    /// <summary>Methods compiled into the image.</summary>
    public int MethodCount { get; init; }

    /// <summary>Seconds in the front end, and in clang and the linker.</summary>
    public double FrontEndSeconds { get; init; }

    public double BackEndSeconds { get; init; }

    /// <summary>With <see cref="CompilationRequest.ListMissing"/>: one message for each missing method.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>Methods and allocation sites, when <see cref="CompilationRequest.WantsReport"/> asked for them.</summary>
    public ProgramReport? Report { get; init; }

    /// <summary>One call chain for each method that <see cref="CompilationRequest.Explain"/> asked for.</summary>
    public IReadOnlyList<string> Explanations { get; init; } = [];
}
