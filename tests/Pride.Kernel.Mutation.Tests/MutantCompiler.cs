// The kernel's sources, with one place changed, to an assembly in memory.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Pride.Kernel.Mutation.Tests;

/// <summary>Compiles mutants.</summary>
public sealed class MutantCompiler
{
    /// <summary>Counts what loops do, so that a mutant that never ends is found.</summary>
    private const string Guard = """
        namespace Pride.Kernel;
        public static class LoopGuard
        {
            [System.ThreadStatic] public static long Rounds;
            public static void Round()
            {
                if (++Rounds > 20_000_000) throw new System.InvalidOperationException("a loop that never ends");
            }
        }
        """;

    private static readonly CSharpParseOptions s_parse = new(LanguageVersion.Latest);

    private readonly Dictionary<string, string> _sources;
    private readonly List<MetadataReference> _references;
    private readonly Dictionary<string, SyntaxTree> _trees;

    public MutantCompiler(string folder)
    {
        _sources = Directory.EnumerateFiles(folder, "*.cs").ToDictionary(path => Path.GetFileName(path), File.ReadAllText);
        string own = AppContext.BaseDirectory;
        string platform = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        _references =
        [
            .. platform.Split(Path.PathSeparator).Where(p => Path.GetFileName(p).StartsWith("System.", StringComparison.Ordinal)).Select(p => MetadataReference.CreateFromFile(p)),
            .. ((string[])["Pride.Abi", "Pride.Machine", "Pride.Kernel.Objects"]).Select(n => MetadataReference.CreateFromFile(Path.Combine(own, n + ".dll"))),
        ];
        _trees = _sources.ToDictionary(s => s.Key, s => Parse(s.Value));
        _trees["LoopGuard.cs"] = CSharpSyntaxTree.ParseText(Guard, s_parse);
        _trees["Friends.cs"] = CSharpSyntaxTree.ParseText("[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"Pride.Kernel.Tests\")]", s_parse);
    }

    /// <summary>The assembly; null: this mutation makes no program. Without a mutation: the kernel itself.</summary>
    public byte[]? Compile(Mutation? mutation)
    {
        IEnumerable<SyntaxTree> trees = _trees.Select(t => t.Key == mutation?.File ? Parse(Apply(mutation)) : t.Value);
        CSharpCompilationOptions options = new(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true);
        CSharpCompilation compilation = CSharpCompilation.Create("Pride.Kernel", trees, _references, options.WithNullableContextOptions(NullableContextOptions.Enable));
        using MemoryStream stream = new();
        return compilation.Emit(stream).Success ? stream.ToArray() : null;
    }

    private string Apply(Mutation mutation)
    {
        string text = _sources[mutation.File];
        return string.Concat(text.AsSpan(0, mutation.Start), mutation.After, text.AsSpan(mutation.Start + mutation.Before.Length));
    }

    private static SyntaxTree Parse(string text)
    {
        SyntaxNode root = CSharpSyntaxTree.ParseText(text, s_parse).GetRoot();
        return CSharpSyntaxTree.Create((CSharpSyntaxNode)new LoopRewriter().Visit(root), s_parse);
    }

    private sealed class LoopRewriter : CSharpSyntaxRewriter
    {
        private static readonly StatementSyntax s_round = SyntaxFactory.ParseStatement("global::Pride.Kernel.LoopGuard.Round();");

        public override SyntaxNode? VisitWhileStatement(WhileStatementSyntax node) =>
            ((WhileStatementSyntax)base.VisitWhileStatement(node)!).WithStatement(Guarded(node.Statement));

        public override SyntaxNode? VisitForStatement(ForStatementSyntax node) =>
            ((ForStatementSyntax)base.VisitForStatement(node)!).WithStatement(Guarded(node.Statement));

        private StatementSyntax Guarded(StatementSyntax body) => SyntaxFactory.Block(s_round, (StatementSyntax)Visit(body)!);
    }
}
