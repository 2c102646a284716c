// The compiler, from assemblies to an ELF file.
//
// How to use it (the tool `pride` does; tests do):
//
//     CompilationResult result = CompilerDriver.Compile(new CompilationRequest
//     {
//         EntryAssembly = "bin/Pride.Kernel.dll",           // its directory is searched for references
//         Architecture = TargetArchitecture.AArch64,
//         ProtectionDomain = null,                          // null: all [UnmanagedCallersOnly(EntryPoint = ...)] exports are roots
//         Profile = CompilationProfile.Kernel,              // or what [Profile] on the PD class says
//         AssemblySources = ["Vectors.S"], LinkerScript = "kernel.ld",
//         OutputPath = "kernel.elf",                        // kernel.ll and kernel.json are written next to it
//     });
//
// A program that the compiler refuses ends in a CompilationException whose Error is the process's exit code.
// The command line for trying things: dotnet run --project src/Pride.Compiler.Cli -- --help
//
// The passes, in order: Metadata (load) -> Reachability over Import, with Folding, Intrinsics, Plugs, Profiles and
// StaticConstructors at each step -> Exceptions (who may throw) -> Emit -> Link.

using System.Diagnostics;
using System.IO;
using System.Linq;
using Pride.Compiler.Cache;
using Pride.Compiler.DebugInfo;
using Pride.Compiler.Emit;
using Pride.Compiler.Link;
using Pride.Compiler.Metadata;
using Pride.Compiler.Profiles;
using Pride.Compiler.Reachability;
using Pride.Compiler.Reports;

namespace Pride.Compiler;

/// <summary>The entry of the compiler.</summary>
public static class CompilerDriver
{
    /// <summary>Compiles one world to one ELF file.</summary>
    /// <exception cref="CompilationException">The program or the request is refused; the message says why and by which call chain.</exception>
    public static CompilationResult Compile(CompilationRequest request)
    {
        Stopwatch watch = Stopwatch.StartNew();
        Target target = Target.For(request.Architecture, request.Hosted);
        using AssemblySet assemblies = new(request.EntryAssembly, request.References, request.DebugInformation);
        TypeSystem types = new(assemblies);
        EntryPoint entry = EntryPoint.Find(request, types);
        request = entry.OptimizesForSize ? request with { OptimizesForSize = true } : request;
        World world = new(request, target, entry.Profile, entry.AllowsFloatingPoint, types);
        if (request.DebugInformation)
        {
            world.Debug = new DebugMetadata(request.EntryAssembly);
        }

        entry.AddRoots(world);
        world.Explore();
        AllocationRules.Check(world, entry);
        world.Dispatcher.Write();
        world.FindThrowers();
        ThrowRules.Check(world);
        string output = Path.GetFullPath(request.OutputPath);
        Directory.CreateDirectory(Path.GetDirectoryName(output)!);
        string irPath = Path.ChangeExtension(output, ".ll");
        using (StreamWriter file = new(irPath))
        {
            new ModuleWriter(world).WriteTo(file);
        }

        double frontEnd = watch.Elapsed.TotalSeconds;
        string manifest = Path.ChangeExtension(output, ".json");
        bool fromCache = !request.StopAfterIr && Finish(request, target, world, entry, irPath, output, manifest);

        return new CompilationResult
        {
            ElfPath = output,
            ManifestPath = manifest,
            FromCache = fromCache,
            MethodCount = world.Functions.Count(f => f.Kind == FunctionKind.Method),
            FrontEndSeconds = frontEnd,
            BackEndSeconds = watch.Elapsed.TotalSeconds - frontEnd,
            Missing = world.MissingMethods,
            Report = request.WantsReport ? ProgramReport.Of(world) : null,
            Explanations = request.Explain == null ? [] : world.Explain(request.Explain),
        };
    }

    /// <summary>From IR to the two files. True: they came from the cache.</summary>
    private static bool Finish(CompilationRequest request, Target target, World world, EntryPoint entry, string irPath, string output, string manifest)
    {
        FinishedPrograms? cache = request.CacheDirectory is { } folder ? new(folder) : null;
        string key = cache == null ? string.Empty : FinishedPrograms.KeyOf(request, Manifest.EntryTypeOf(request, entry), irPath);
        if (cache != null && cache.TryTake(key, output, manifest))
        {
            return true;
        }

        StackReport stack = ElfWriter.Write(request, target, world, entry, irPath, output);
        Manifest.Write(manifest, request, world, entry, output, stack);
        cache?.Keep(key, output, manifest);
        return false;
    }
}
