// From a description to an image on disk: builds what it needs, reads it, compiles kernel and PDs, lays the image out.

using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Pride.Compiler;
using Pride.Description;
using Pride.Description.Checks;
using Pride.Image;
using Pride.Image.Elf;
using Pride.Image.Layout;

namespace Pride.Tool.Building;

/// <summary>How an image is built.</summary>
/// <param name="Release">No asserts, no printing through the kernel: what is measured. Else debug.</param>
public sealed record BuildOptions(bool Release)
{
    /// <summary>PDs may print through the kernel; in release builds only benchmarks may.</summary>
    public bool KernelOutput { get; init; } = !Release;

    /// <summary>Of a board that is called as Microkit calls it, the one with several cores.</summary>
    public bool SeveralCores { get; init; }

    /// <summary>For debugging: the PD whose own methods keep all their variables; null: none.</summary>
    public string? Debugged { get; init; }
}

/// <summary>A built image with all that is known of it.</summary>
public sealed record SystemImage(
    string Name, Board Board, SystemBuilder System, HostResources Resources, BootImage Image, string Folder, IReadOnlyList<CompilationResult> Compilations)
{
    /// <summary>The name of the kernel among the programs.</summary>
    public const string KernelName = "kernel";

    /// <summary>The PDs, the monitor, the kernel.</summary>
    public IEnumerable<string> ProgramNames => Image.Programs.Select(p => p.Name).Append(KernelName);

    /// <summary>What QEMU's -kernel gets.</summary>
    public string Path => global::System.IO.Path.Combine(Folder, "image");

    /// <summary>The same as an EFI application; there on boards that start from EFI.</summary>
    public string EfiPath => global::System.IO.Path.Combine(Folder, "image.efi");

    /// <summary>Builds <paramref name="source"/> for the board called <paramref name="boardName"/>.</summary>
    public static SystemImage Build(Workspace workspace, ISystemSource source, string boardName, BuildOptions options) =>
        Build(workspace, source, Board.Load(workspace.Root, boardName, options.SeveralCores), options);

    /// <summary>Builds <paramref name="source"/> for <paramref name="board"/>.</summary>
    public static SystemImage Build(Workspace workspace, ISystemSource source, Board board, BuildOptions options)
    {
        Prerequisites.Ensure(Prerequisites.Compiling);
        using IDisposable held = workspace.Lock();
        source.Prepare();
        SystemBuilder system = source.Describe(board, out HostResources resources);
        string kind = (options.Release ? "-release" : string.Empty) + (options.Debugged is { } debugged ? $"-gdb-{debugged}" : string.Empty);
        string folder = workspace.ImageFolder(source.Name + kind, board.Name);
        Directory.CreateDirectory(folder);

        GuestCompiler compiler = new(workspace, board, options, folder);
        List<ProgramSource> sources = system.Pds.Select(pd => pd.Source).Distinct().ToList();
        ConcurrentDictionary<ProgramSource, GuestProgram> programs = [];
        GuestProgram? kernel = null;
        GuestProgram? monitor = null;
        List<Action> jobs = [() => kernel = compiler.Kernel(), () => monitor = compiler.Monitor()];
        jobs.AddRange(sources.Select(each => (Action)(() =>
            programs[each] = compiler.Program(each, source.Folder, keepVariables: system.Pds.Any(pd => pd.Name == options.Debugged && pd.Source == each)))));
        RunAll(jobs);

        StackRule.Check(system.Pds.Select(pd => programs[pd.Source].StackNeedOf(pd)));
        Dictionary<string, GuestProgram> byName = system.Pds.ToDictionary(pd => pd.Name, pd => programs[pd.Source]);
        SystemBuilder elsewhere = source.Describe(board.MovedBy(Relocations.Probe), out _);
        BootImage image = ImageBuilder.Build(
            system,
            kernel!.Elf,
            monitor!.Elf,
            pd => byName[pd.Name].Elf,
            new ImageOptions(options.KernelOutput) { DebugPrograms = !options.Release },
            pd => byName[pd.Name].Symbols,
            Relocations.IsMovable(system, elsewhere) ? elsewhere : null);
        foreach (Violation warning in Warnings(image))
        {
            Report.Warning(warning.ToString());
        }

        SystemImage result = new(source.Name, board, system, resources, image, folder, compiler.Results);
        result.Write(kernel.Elf);
        return result;
    }

    /// <summary>The file of one program: a PD's, "kernel" or "monitor".</summary>
    /// <exception cref="ToolException">The system has no program of that name.</exception>
    public string ProgramPath(string name) => ProgramNames.Contains(name) ? ProgramFile(name) : throw new ToolException(
        ExitCodes.Usage, $"example '{Name}' has no PD '{name}'", $"use one of: {string.Join(", ", ProgramNames)}");

    /// <summary>The program itself.</summary>
    /// <inheritdoc cref="ProgramPath"/>
    public ElfFile LoadProgram(string name) => ElfFile.Load(ProgramPath(name));

    /// <summary>What is no mistake of the description, but will not do what somebody may expect.</summary>
    internal static IEnumerable<Violation> Warnings(BootImage image) =>
        from program in image.Programs
        where !program.Abi.IsPrides
        let demands = BenchmarkDemands.Of(program.Elf)
        where demands.Count > 0
        select new Violation(
            "benchmark-demands",
            $"PD '{program.Name}' uses {string.Join(" and ", demands)}, which Pride's kernel does not give: it will fault there; the others run",
            "build it for the debug or release configuration; what Pride's kernel accounts for each PD is on the statistics page (docs/microkit.md)");

    private string ProgramFile(string name) => global::System.IO.Path.Combine(Folder, name + ".elf");

    private static void RunAll(IEnumerable<Action> jobs)
    {
        try
        {
            Parallel.ForEach(jobs, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, job => job());
        }
        catch (AggregateException e)
        {
            throw e.Flatten().InnerExceptions[0];
        }
    }

    private void Write(ElfFile kernel)
    {
        foreach (PdProgram program in Image.Programs)
        {
            Replace(ProgramFile(program.Name), program.Elf.AllBytes);
        }

        Replace(ProgramFile(KernelName), kernel.AllBytes);
        Replace(Path, Image.Bytes);
        if (Image.EfiBytes is { } efi)
        {
            Replace(EfiPath, efi);
        }
    }

    // An emulator or a debugger of another `pride` may be reading the file: it has the old one or the new one, never parts of both.
    private static void Replace(string path, ReadOnlySpan<byte> bytes)
    {
        string written = path + ".new";
        File.WriteAllBytes(written, bytes);
        File.Move(written, path, overwrite: true);
    }
}
