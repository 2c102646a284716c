// The mutants that are tried: drawn by a recorded seed from all sites; a site whose mutant does not compile is left out.
//
// A sample is prepared once, as assemblies in a folder, for as many workers as it takes.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Pride.Kernel.Mutation.Tests;

/// <summary>A sample of mutants.</summary>
public sealed class MutantSample
{
    /// <summary>The assembly of all mutants that can share one.</summary>
    public const string Together = "together.dll";

    private readonly MutantCompiler _compiler;

    private MutantSample(MutantCompiler compiler, List<Mutation> mutations, int sites)
    {
        _compiler = compiler;
        Mutations = mutations;
        Sites = sites;
    }

    public IReadOnlyList<Mutation> Mutations { get; }

    /// <summary>All sites, of which the sample was drawn.</summary>
    public int Sites { get; }

    public static MutantSample Draw(int count, int seed)
    {
        string folder = SourceFolder();
        MutantCompiler compiler = new(folder);
        List<Mutation> sites = MutationSites.In(folder);
        Mutation[] order = [.. sites];
        new Random(seed).Shuffle(order);
        return new MutantSample(compiler, [.. order.Where(compiler.IsProgram).Take(count)], sites.Count);
    }

    /// <summary>The assembly of mutant <paramref name="number"/> in a prepared folder.</summary>
    public static string AssemblyOf(string folder, int number)
    {
        string alone = Path.Combine(folder, $"{number}.dll");
        return File.Exists(alone) ? alone : Path.Combine(folder, Together);
    }

    /// <summary>Writes the assemblies of all mutants.</summary>
    public void Prepare(string folder)
    {
        Directory.CreateDirectory(folder);
        List<(int Number, Mutation Mutation)> together = [];
        for (int i = 0; i < Mutations.Count; i++)
        {
            if (_compiler.CanBeSwitched(Mutations[i], i))
            {
                together.Add((i, Mutations[i]));
            }
            else
            {
                File.WriteAllBytes(Path.Combine(folder, $"{i}.dll"), _compiler.CompileAlone(Mutations[i]));
            }
        }

        File.WriteAllBytes(Path.Combine(folder, Together), _compiler.CompileSwitched(together));
    }

    private static string SourceFolder()
    {
        for (string? folder = AppContext.BaseDirectory; folder != null; folder = Path.GetDirectoryName(folder))
        {
            string sources = Path.Combine(folder, "src", "Pride.Kernel");
            if (Directory.Exists(sources))
            {
                return sources;
            }
        }

        throw new DirectoryNotFoundException("the tests do not lie in the project's folder");
    }
}
