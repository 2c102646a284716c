// An example: a folder with a description project, whose assembly holds one ISystemDescription.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using Pride.Description;

namespace Pride.Tool.Building;

/// <summary>One folder under examples/.</summary>
public sealed class Example : ISystemSource
{
    private readonly Workspace _workspace;
    private Type? _description;

    private Example(Workspace workspace, string folder)
    {
        _workspace = workspace;
        Folder = folder;
        FolderName = Path.GetFileName(folder);
        Name = FolderName.ToLowerInvariant();
    }

    /// <summary>The name on the command line: the folder's in lower case.</summary>
    public string Name { get; }

    public string Folder { get; }

    /// <summary>The first paragraph of its README.</summary>
    public string Summary => File.Exists(Path.Combine(Folder, "README.md"))
        ? File.ReadLines(Path.Combine(Folder, "README.md")).Skip(1).FirstOrDefault(line => line.Trim().Length > 0)?.Trim() ?? string.Empty
        : string.Empty;

    private string FolderName { get; }

    private string DescriptionProject => $"{FolderName}.Description";

    /// <summary>Every example of the checkout.</summary>
    public static IReadOnlyList<Example> All(Workspace workspace) => In(workspace, workspace.Examples);

    /// <summary>Every system in the folders of <paramref name="parent"/>.</summary>
    public static IReadOnlyList<Example> In(Workspace workspace, string parent) => Directory.Exists(parent)
        ? Directory.EnumerateDirectories(parent).Order(StringComparer.Ordinal).Select(f => new Example(workspace, f))
            .Where(e => File.Exists(e.ProjectPath())).ToList()
        : [];

    /// <summary>The example called <paramref name="name"/>.</summary>
    /// <exception cref="ToolException">There is none.</exception>
    public static Example Find(Workspace workspace, string name) =>
        All(workspace).FirstOrDefault(e => string.Equals(e.Name, name, StringComparison.OrdinalIgnoreCase)) ?? throw new ToolException(
            ExitCodes.Usage,
            $"there is no example '{name}'",
            $"use one of: {string.Join(", ", All(workspace).Select(e => e.Name))}");

    /// <summary>Builds its assemblies with dotnet unless nothing has changed.</summary>
    public void Prepare() => new FreshnessStamp(_workspace, $"example-{Name}").BuildUnlessFresh(() => DotNet.Build(ProjectPath()), Folder, _workspace.Source);

    /// <summary>Makes the description that <see cref="Prepare"/> built; its assembly is loaded once.</summary>
    public ISystemDescription Load() => (ISystemDescription)Activator.CreateInstance(_description ??= LoadType())!;

    private Type LoadType()
    {
        string path = Path.Combine(_workspace.BinFolder(DescriptionProject), $"{DescriptionProject}.dll");
        Assembly assembly = new ExampleLoadContext(path).LoadFromAssemblyPath(path);
        Type[] types = assembly.GetTypes().Where(t => t.IsAssignableTo(typeof(ISystemDescription)) && !t.IsAbstract).ToArray();
        if (types.Length != 1)
        {
            throw new ToolException(
                ExitCodes.Description,
                $"{DescriptionProject} has {types.Length} classes that implement ISystemDescription",
                "a description project has exactly one, with a public constructor without parameters");
        }

        return types[0];
    }

    /// <summary>Runs the description and checks every rule.</summary>
    public SystemBuilder Describe(Board board, out HostResources resources)
    {
        ISystemDescription description = Load();
        SystemBuilder system = new(Name, board);
        description.Describe(system, board);
        system.Complete();
        resources = new HostResources();
        (description as IHostResources)?.Provide(resources);
        return system;
    }

    private string ProjectPath() => Path.Combine(Folder, DescriptionProject, $"{DescriptionProject}.csproj");

    // Assemblies that the tool has itself (Pride.Description, Pride.Microkit, ...) must be the tool's own, or types would not match.
    private sealed class ExampleLoadContext(string path) : AssemblyLoadContext("example")
    {
        private readonly AssemblyDependencyResolver _resolver = new(path);

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            if (File.Exists(Path.Combine(AppContext.BaseDirectory, assemblyName.Name + ".dll")))
            {
                return null;
            }

            return _resolver.ResolveAssemblyToPath(assemblyName) is { } resolved ? LoadFromAssemblyPath(resolved) : null;
        }
    }
}
