// The two rewriters of the mutants' sources: a switch at each changed place, and a count at each loop and each entry.

using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Pride.Kernel.Mutation.Tests;

/// <summary>Puts a choice by Mutant.Number at each changed place.</summary>
/// <param name="model">Tells the type that a constant takes where it stands.</param>
/// <param name="mutations">The changes in this file.</param>
internal sealed class MutationSwitch(SemanticModel model, IReadOnlyCollection<(int Number, Mutation Mutation)> mutations) : CSharpSyntaxRewriter
{
    private const string Asks = "global::Pride.Kernel.Mutant.Is";

    private readonly ILookup<(int, int), (int Number, Mutation Mutation)> _sites = mutations.ToLookup(m => (m.Mutation.Start, m.Mutation.Before.Length));

    public override SyntaxNode? Visit(SyntaxNode? node)
    {
        SyntaxNode? visited = base.Visit(node);
        if (node is not (ExpressionSyntax or ExpressionStatementSyntax))
        {
            return visited;
        }

        foreach ((int number, Mutation mutation) in _sites[(node.SpanStart, node.Span.Length)])
        {
            if (node is ExpressionStatementSyntax)
            {
                visited = SyntaxFactory.ParseStatement($"if (!{Asks}({number})) {{ {visited!.ToFullString()}\n}}");
            }
            else if (mutation.Operator != MutationSites.DropStatement)
            {
                // A constant fits into a narrower type, the choice between two does not.
                string type = model.GetTypeInfo(node).ConvertedType is { } t && t.TypeKind != TypeKind.Error ? $"({t.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)})" : "";
                visited = SyntaxFactory.ParseExpression($"({type}({Asks}({number}) ? {mutation.After} : {visited!.ToFullString()}\n))");
            }
        }

        return visited;
    }
}

/// <summary>Counts the rounds of loops, and entries into the kernel.</summary>
internal sealed class LoopGuard : CSharpSyntaxRewriter
{
    private static readonly StatementSyntax s_round = SyntaxFactory.ParseStatement("global::Pride.Kernel.Mutant.Round();");

    public override SyntaxNode? VisitWhileStatement(WhileStatementSyntax node)
    {
        WhileStatementSyntax loop = (WhileStatementSyntax)base.VisitWhileStatement(node)!;
        return loop.WithStatement(SyntaxFactory.Block(s_round, loop.Statement));
    }

    public override SyntaxNode? VisitForStatement(ForStatementSyntax node)
    {
        ForStatementSyntax loop = (ForStatementSyntax)base.VisitForStatement(node)!;
        return loop.WithStatement(SyntaxFactory.Block(s_round, loop.Statement));
    }

    public override SyntaxNode? VisitMethodDeclaration(MethodDeclarationSyntax node)
    {
        MethodDeclarationSyntax method = (MethodDeclarationSyntax)base.VisitMethodDeclaration(node)!;
        return method.Body is { } body && method.Modifiers.Any(SyntaxKind.PublicKeyword) ? method.WithBody(body.WithStatements(body.Statements.Insert(0, s_round))) : method;
    }
}
