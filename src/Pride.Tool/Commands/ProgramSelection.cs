// Which program of an example a command is about: a PD's, the kernel's or the monitor's.

using System;
using System.CommandLine;
using System.Linq;
using Pride.Description;
using Pride.Tool.Building;

namespace Pride.Tool.Commands;

/// <summary>An example on a board, described but not built.</summary>
internal sealed class ProgramSelection
{
    private ProgramSelection(Workspace workspace, Example example, Board board, bool release)
    {
        Workspace = workspace;
        Example = example;
        Board = board;
        Options = new BuildOptions(release);
        System = example.Describe(board, out _);
    }

    public Workspace Workspace { get; }

    public Example Example { get; }

    public Board Board { get; }

    public BuildOptions Options { get; }

    public SystemBuilder System { get; }

    /// <summary>Builds the assemblies of the example that the command line names and runs its description.</summary>
    public static ProgramSelection Of(ParseResult parsed, Argument<string> example, Option<string> board, Option<bool> release)
    {
        Workspace workspace = Workspace.Find();
        Prerequisites.Ensure(Prerequisites.Compiling);
        Board target = Board.Load(workspace.Root, parsed.GetValue(board)!);
        Example found = Example.Find(workspace, parsed.GetValue(example)!);
        found.Prepare();
        return new ProgramSelection(workspace, found, target, parsed.GetValue(release));
    }

    /// <summary>A compiler whose output goes to a folder of its own, named for <paramref name="purpose"/>.</summary>
    public GuestCompiler Compiler(string purpose) => new(Workspace, Board, Options, Workspace.ImageFolder(purpose, Board.Name));

    /// <summary>The PD called <paramref name="name"/>.</summary>
    /// <exception cref="ToolException">There is none.</exception>
    public Pd Pd(string name) => System.Pds.FirstOrDefault(p => p.Name == name) ?? throw new ToolException(
        ExitCodes.Usage,
        $"example '{Example.Name}' has no PD '{name}'",
        $"use one of: {string.Join(", ", System.Pds.Select(p => p.Name))}");

    /// <summary>The class of <paramref name="pd"/>.</summary>
    /// <exception cref="ToolException">It is not written in C#.</exception>
    public Type Component(Pd pd) => pd.ComponentType ?? throw new ToolException(
        ExitCodes.Usage, $"PD '{pd.Name}' is {pd.Source.Name}, which is not C#", $"use one of: {string.Join(", ", System.Pds.Where(p => p.ComponentType is not null).Select(p => p.Name))}");

    /// <summary>The whole image, built.</summary>
    public SystemImage Build() => SystemImage.Build(Workspace, Example, Board.Name, Options);
}
