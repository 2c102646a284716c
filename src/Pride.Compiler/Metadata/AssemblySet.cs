// Finds and opens assemblies: the program's own first, then the pinned runtime pack.
//
// Reading is deferred: a module's tables are decoded only where something reachable asks for them.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Pride.Compiler.Metadata;

/// <summary>The closed set of assemblies of one compilation.</summary>
internal sealed class AssemblySet : IAssemblyResolver
{
    private readonly Dictionary<string, AssemblyDefinition> _loaded = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _paths = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<AssemblyDefinition, int> _numbers = [];
    private readonly bool _readSymbols;

    public AssemblySet(string entryAssembly, IEnumerable<string> references, bool readSymbols)
    {
        _readSymbols = readSymbols;
        if (!File.Exists(entryAssembly))
        {
            throw new CompilationException(CompilationError.BadRequest, $"the entry assembly does not exist: {entryAssembly}");
        }

        foreach (string reference in references)
        {
            AddPath(reference);
        }

        AddPath(Path.GetDirectoryName(Path.GetFullPath(entryAssembly))!);
        _paths[Path.GetFileNameWithoutExtension(entryAssembly)] = entryAssembly;
        AddPack();
        Entry = Load(Path.GetFileNameWithoutExtension(entryAssembly));
        CoreLib = Load("System.Private.CoreLib");
    }

    public AssemblyDefinition Entry { get; }

    public AssemblyDefinition CoreLib { get; }

    /// <summary>Every assembly opened so far, in order of opening.</summary>
    public IEnumerable<AssemblyDefinition> Loaded => _loaded.Values;

    /// <summary>Where the pinned pack's assemblies lie.</summary>
    public static string PackDirectory
    {
        get
        {
            string version = typeof(AssemblySet).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
                .First(a => a.Key == "PrideRuntimePackVersion").Value!;

            // An empty variable is none to NuGet.
            string root = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } named
                ? named
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
            return Path.Combine(root, "microsoft.netcore.app.runtime.linux-x64", version, "runtimes", "linux-x64");
        }
    }

    /// <summary>The place of an assembly in the order of opening.</summary>
    public int NumberOf(AssemblyDefinition assembly) => _numbers[assembly];

    public AssemblyDefinition Resolve(AssemblyNameReference name) => Load(name.Name);

    public AssemblyDefinition Resolve(AssemblyNameReference name, ReaderParameters parameters) => Load(name.Name);

    /// <summary>True when an assembly of that simple name can be opened.</summary>
    public bool Contains(string name) => _paths.ContainsKey(name);

    public AssemblyDefinition Load(string name)
    {
        if (_loaded.TryGetValue(name, out AssemblyDefinition? assembly))
        {
            return assembly;
        }

        if (!_paths.TryGetValue(name, out string? path))
        {
            throw new CompilationException(CompilationError.BadRequest, $"assembly {name} is referenced but not found among the references or in {PackDirectory}");
        }

        bool symbols = _readSymbols && File.Exists(Path.ChangeExtension(path, ".pdb"));
        ReaderParameters parameters = new(ReadingMode.Deferred)
        {
            AssemblyResolver = this,
            ReadSymbols = symbols,
            SymbolReaderProvider = symbols ? new PortablePdbReaderProvider() : null,
        };
        assembly = AssemblyDefinition.ReadAssembly(path, parameters);
        _loaded.Add(name, assembly);
        _numbers.Add(assembly, _numbers.Count);
        return assembly;
    }

    public void Dispose()
    {
        foreach (AssemblyDefinition assembly in _loaded.Values)
        {
            assembly.Dispose();
        }
    }

    private void AddPath(string path)
    {
        if (File.Exists(path))
        {
            _paths.TryAdd(Path.GetFileNameWithoutExtension(path), path);
        }
        else if (Directory.Exists(path))
        {
            foreach (string file in Directory.EnumerateFiles(path, "*.dll").Order(StringComparer.Ordinal))
            {
                _paths.TryAdd(Path.GetFileNameWithoutExtension(file), file);
            }
        }
        else
        {
            throw new CompilationException(CompilationError.BadRequest, $"reference does not exist: {path}");
        }
    }

    private void AddPack()
    {
        if (!Directory.Exists(PackDirectory))
        {
            throw new CompilationException(CompilationError.BadRequest, $"the runtime pack is not restored: {PackDirectory}");
        }

        AddPath(Path.Combine(PackDirectory, "native"));
        AddPath(Directory.EnumerateDirectories(Path.Combine(PackDirectory, "lib")).Order(StringComparer.Ordinal).First());
    }
}
