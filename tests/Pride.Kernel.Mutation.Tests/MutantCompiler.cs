// The kernel's sources with mutants, to assemblies in memory.
//
// Nearly all mutants of a sample go into one assembly, behind a switch: each changed place asks Mutant.Number which of the two it shall be. So they are
// compiled once, and the code is warm after the first. A place that must stay a constant (a case label, a const) makes an assembly of its own.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Pride.Kernel.Mutation.Tests;

/// <summary>Compiles mutants.</summary>
public sealed class MutantCompiler
{
    /// <summary>
    /// The switch; and a count of what loops and entries do, so that a mutant that never ends is mostly found soon. (The limit of CPU time finds the others.)
    /// </summary>
    private const string Support = """
        [assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Pride.Kernel.Tests")]
        namespace Pride.Kernel;
        public static class Mutant
        {
            public static int Number = -1;
            public static long Rounds;
            public static bool Is(int number) => Number == number;
            public static void Round()
            {
                if (++Rounds > 20_000_000) throw new System.InvalidOperationException("a loop that never ends");
            }
        }
        """;

    private static readonly CSharpParseOptions s_parse = new(LanguageVersion.Latest);

    private readonly Dictionary<string, SyntaxTree> _trees;
    private readonly CSharpCompilation _right;

    public MutantCompiler(string folder)
    {
        _trees = Directory.EnumerateFiles(folder, "*.cs").ToDictionary(path => Path.GetFileName(path), path => Parse(File.ReadAllText(path)));
        string own = AppContext.BaseDirectory;
        string platform = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        List<MetadataReference> references =
        [
            .. platform.Split(Path.PathSeparator).Where(p => Path.GetFileName(p).StartsWith("System.", StringComparison.Ordinal)).Select(p => MetadataReference.CreateFromFile(p)),
            .. ((string[])["Pride.Abi", "Pride.Machine", "Pride.Kernel.Objects"]).Select(n => MetadataReference.CreateFromFile(Path.Combine(own, n + ".dll"))),
        ];
        CSharpCompilationOptions options = new(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true);
        _right = CSharpCompilation.Create("Pride.Kernel", _trees.Values.Append(Parse(Support)), references, options.WithNullableContextOptions(NullableContextOptions.Enable));
    }

    /// <summary>True when the mutation makes a program.</summary>
    public bool IsProgram(Mutation mutation) => HasNoErrors(mutation.File, Apply(mutation));

    /// <summary>True when the mutation can be one of several in an assembly.</summary>
    public bool CanBeSwitched(Mutation mutation, int number) => HasNoErrors(mutation.File, Switch(mutation.File, [(number, mutation)]));

    /// <summary>The assembly of one mutation.</summary>
    public byte[] CompileAlone(Mutation mutation) => Emit([(mutation.File, Apply(mutation))]);

    /// <summary>The assembly of many mutations, of which Mutant.Number chooses one; -1: the kernel as it is.</summary>
    public byte[] CompileSwitched(IReadOnlyCollection<(int Number, Mutation Mutation)> mutations) =>
        Emit(mutations.GroupBy(m => m.Mutation.File).Select(g => (g.Key, Switch(g.Key, [.. g]))));

    private byte[] Emit(IEnumerable<(string File, SyntaxTree Tree)> changed)
    {
        CSharpCompilation compilation = _right;
        Dictionary<string, SyntaxTree> trees = new(_trees);
        foreach ((string file, SyntaxTree tree) in changed)
        {
            trees[file] = tree;
        }

        foreach ((string file, SyntaxTree tree) in trees)
        {
            compilation = compilation.ReplaceSyntaxTree(_trees[file], Guarded(tree));
        }

        using MemoryStream stream = new();
        Microsoft.CodeAnalysis.Emit.EmitResult result = compilation.Emit(stream);
        return result.Success
            ? stream.ToArray()
            : throw new InvalidOperationException(string.Join('\n', result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
    }

    private bool HasNoErrors(string file, SyntaxTree tree) => !_right.ReplaceSyntaxTree(_trees[file], tree).GetSemanticModel(tree).GetDiagnostics()
        .Any(d => d.Severity == DiagnosticSeverity.Error);

    private SyntaxTree Apply(Mutation mutation)
    {
        string text = _trees[mutation.File].ToString();
        return Parse(string.Concat(text.AsSpan(0, mutation.Start), mutation.After, text.AsSpan(mutation.Start + mutation.Before.Length)));
    }

    private SyntaxTree Switch(string file, IReadOnlyCollection<(int Number, Mutation Mutation)> mutations)
    {
        SyntaxTree tree = _trees[file];
        SyntaxNode root = new MutationSwitch(_right.GetSemanticModel(tree), mutations).Visit(tree.GetRoot())!;
        return Parse(root.ToFullString());
    }

    private static SyntaxTree Guarded(SyntaxTree tree) => CSharpSyntaxTree.Create((CSharpSyntaxNode)new LoopGuard().Visit(tree.GetRoot()), s_parse);

    private static SyntaxTree Parse(string text) => CSharpSyntaxTree.ParseText(text, s_parse);
}
