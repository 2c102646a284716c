// Calls Pride.Compiler for the kernel, the monitor and each PD class of a system; a class that several PDs share is compiled once.

using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using Pride.Compiler;
using Pride.Compiler.Link;
using Pride.Compiler.Reports;
using Pride.Description;
using Pride.Image.Layout;
using Pride.Tool.Commands;

namespace Pride.Tool.Building;

/// <summary>Compiles guests for one image.</summary>
internal sealed class GuestCompiler(Workspace workspace, Board board, BuildOptions options, string folder)
{
    private readonly ConcurrentBag<CompilationResult> _results = [];

    /// <summary>What each compilation reported.</summary>
    public IReadOnlyList<CompilationResult> Results => [.. _results];

    /// <summary>Where every PD starts, and starts again.</summary>
    private string EntryStub => Path.Combine(workspace.Source, "Pride.Runtime", ArchitectureFolder, "Entry.S");

    private string ArchitectureFolder => board.Architecture.ToString();

    /// <summary>The kernel: every export of its assembly, with its own entry code and linker script.</summary>
    public GuestProgram Kernel() => Compile("kernel", KernelRequest());

    private CompilationRequest KernelRequest()
    {
        string sources = Path.Combine(workspace.Source, "Pride.Kernel", ArchitectureFolder);
        return Request(Path.Combine(workspace.BinFolder("Pride.Kernel"), "Pride.Kernel.dll"), "Pride.Kernel") with
        {
            Profile = CompilationProfile.Kernel,
            Constants = Image.KernelConstants.For(board),
            AssemblySources = [.. Directory.EnumerateFiles(sources, "*.S", SearchOption.AllDirectories).Order(StringComparer.Ordinal)],
            LinkerScript = Path.Combine(sources, "kernel.ld"),
        };
    }

    /// <summary>The monitor.</summary>
    public GuestProgram Monitor() => Compile("monitor", MonitorRequest());

    private CompilationRequest MonitorRequest() => Request(Path.Combine(workspace.BinFolder("Pride.Monitor"), "Pride.Monitor.dll"), "Pride.Monitor") with
    {
        ProtectionDomain = "Pride.Components.Monitor.Monitor",
        AssemblySources = [EntryStub],
    };

    /// <summary>The program of a PD, whatever it is written in. Relative paths start at <paramref name="systemFolder"/>.</summary>
    public GuestProgram Program(ProgramSource source, string systemFolder, bool keepVariables = false)
    {
        switch (source)
        {
            case ComponentSource component:
                return Component(component.Type, keepVariables);
            case ElfSource elf:
                return new GuestProgram(
                    Finished(Path.Combine(systemFolder, elf.Path)), null, elf.SymbolsPath is { } symbols ? Finished(Path.Combine(systemFolder, symbols)) : null);
            case CSource c:
                string output = Path.Combine(folder, "programs", $"{Path.GetFileNameWithoutExtension(c.Files[0])}-{NumberOf(c)}.elf");
                new CCompiler(workspace, board.Architecture).Compile(c, systemFolder, output);
                return new GuestProgram(Image.Elf.ElfFile.Load(output), null);
            default:
                throw new InvalidOperationException($"unknown program {source.GetType().Name}");
        }
    }

    // Somebody else has linked it.
    private static Image.Elf.ElfFile Finished(string path)
    {
        try
        {
            return Image.Elf.ElfFile.Load(path);
        }
        catch (InvalidDataException e)
        {
            throw new ToolException(ExitCodes.Description, e.Message, "link the program again; `readelf --headers` says more of a file that is damaged");
        }
    }

    /// <summary>A PD class.</summary>
    public GuestProgram Component(Type type, bool keepVariables = false) => Compile(type.Name, RequestFor(type) with { KeepVariables = keepVariables });

    /// <summary>Asks why methods whose name contains <paramref name="method"/> are in the image of <paramref name="type"/>.</summary>
    public IReadOnlyList<string> Explain(Type type, string method) =>
        CompilerDriver.Compile(RequestFor(type) with { Explain = method, StopAfterIr = true }).Explanations;

    /// <summary>Methods and allocation sites of one program: a PD's, "kernel" or "monitor".</summary>
    public ProgramReport ReportOf(ProgramSelection selection, string name)
    {
        CompilationRequest request = name switch
        {
            SystemImage.KernelName => KernelRequest(),
            PdProgram.MonitorName => MonitorRequest(),
            _ => RequestFor(selection.Component(selection.Pd(name))),
        };
        return CompilerDriver.Compile(request with { WantsReport = true, StopAfterIr = true }).Report!;
    }

    private CompilationRequest RequestFor(Type type) => Request(type.Assembly.Location, type.FullName!) with
    {
        ProtectionDomain = type.FullName,
        AssemblySources = [EntryStub],
    };

    private CompilationRequest Request(string assembly, string name) => new()
    {
        EntryAssembly = assembly,
        References = [Path.GetDirectoryName(assembly)!],
        Architecture = Enum.Parse<TargetArchitecture>(board.Architecture.ToString()),
        KeepAsserts = !options.Release,
        CacheDirectory = workspace.Cache,
        OutputPath = Path.Combine(folder, "programs", name + ".elf"),
    };

    // Programs of one first file, or of first files of one name, are told apart.
    private static string NumberOf(CSource source)
    {
        const int Digits = 8;
        byte[] all = Encoding.UTF8.GetBytes(string.Join('\0', [.. source.Files, "", .. source.IncludeFolders, "", .. source.Options]));
        return Convert.ToHexStringLower(SHA256.HashData(all))[..Digits];
    }

    private GuestProgram Compile(string what, CompilationRequest request)
    {
        if (!File.Exists(request.EntryAssembly))
        {
            throw new ToolException(ExitCodes.Compilation, $"{request.EntryAssembly} is not there", "delete .pride, then try again");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(request.OutputPath)!);
        CompilationMemory.Reserve();
        CompilationResult result = new ProgramCache(workspace.Cache).Get(
            request, missing => Report.Step($"compiled {what}", () => CompilerDriver.Compile(missing)));
        _results.Add(result);
        return new GuestProgram(Image.Elf.ElfFile.Load(result.ElfPath), Manifest.Read(result.ManifestPath));
    }
}
