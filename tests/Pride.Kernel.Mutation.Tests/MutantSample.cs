// The mutants that are tried: drawn by a recorded seed from all sites; a site whose mutant does not compile is left out.

using System;
using System.Collections.Generic;
using System.IO;

namespace Pride.Kernel.Mutation.Tests;

/// <summary>A sample of mutants.</summary>
public sealed class MutantSample
{
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
        List<Mutation> chosen = [];
        foreach (Mutation mutation in order)
        {
            if (chosen.Count < count && compiler.Compile(mutation) != null)
            {
                chosen.Add(mutation);
            }
        }

        return new MutantSample(compiler, chosen, sites.Count);
    }

    /// <summary>The kernel with mutation <paramref name="index"/>.</summary>
    public byte[] Compile(int index) => _compiler.Compile(Mutations[index])!;

    /// <summary>The kernel as it is.</summary>
    public byte[] Original() => _compiler.Compile(null) ?? throw new InvalidOperationException("the kernel's sources do not compile by themselves");

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
