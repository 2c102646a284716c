// Where the portable kernel can be made wrong, and how. The operators are fixed: negate a condition, shift a bound by one, drop a
// statement, swap a constant. Left alone: the kernel's own assertions (dropping one changes nothing that is right).

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Pride.Kernel.Mutation.Tests;

/// <summary>One way to make the kernel wrong.</summary>
/// <param name="File">The source file's name.</param>
/// <param name="Line">Counted from 1.</param>
/// <param name="Operator">What is done.</param>
/// <param name="Before">The text that is replaced.</param>
/// <param name="After">What stands there then.</param>
/// <param name="Start">Where in the file the text stands.</param>
public sealed record Mutation(string File, int Line, string Operator, string Before, string After, int Start)
{
    public override string ToString() => $"{File}:{Line} {Operator}: `{OneLine(Before)}` -> `{OneLine(After)}`";

    private static string OneLine(string text) => string.Join(' ', text.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries));
}

/// <summary>Finds the sites.</summary>
public static class MutationSites
{
    /// <summary>The one operator whose text is a statement.</summary>
    public const string DropStatement = "drop a statement";

    private const string AssertionMethod = "Check";

    /// <summary>Says what bounds a loop, and does nothing else.</summary>
    private const string LoopMethod = "PassLoop";

    private static readonly Dictionary<SyntaxKind, string> s_shifted = new()
    {
        [SyntaxKind.LessThanExpression] = "<=",
        [SyntaxKind.LessThanOrEqualExpression] = "<",
        [SyntaxKind.GreaterThanExpression] = ">=",
        [SyntaxKind.GreaterThanOrEqualExpression] = ">",
    };

    /// <summary>Every site of the portable kernel's sources in <paramref name="folder"/>, in the order of files and places.</summary>
    public static List<Mutation> In(string folder) => Directory.EnumerateFiles(folder, "*.cs").Order(StringComparer.Ordinal)
        .SelectMany(path => InFile(Path.GetFileName(path), File.ReadAllText(path))).ToList();

    private static IEnumerable<Mutation> InFile(string file, string text)
    {
        SyntaxTree tree = CSharpSyntaxTree.ParseText(text);
        foreach (SyntaxNode node in tree.GetRoot().DescendantNodes())
        {
            if (node.FirstAncestorOrSelf<AttributeListSyntax>() != null || IsAssertion(node.FirstAncestorOrSelf<ExpressionStatementSyntax>()))
            {
                continue;
            }

            foreach ((string what, string after) in Of(node))
            {
                int line = tree.GetLineSpan(node.Span).StartLinePosition.Line + 1;
                yield return new Mutation(file, line, what, node.ToString(), after, node.SpanStart);
            }
        }
    }

    private static bool IsAssertion(ExpressionStatementSyntax? statement) =>
        statement?.Expression is InvocationExpressionSyntax
        {
            Expression: IdentifierNameSyntax { Identifier.Text: AssertionMethod } or MemberAccessExpressionSyntax { Name.Identifier.Text: LoopMethod },
        };

    private static IEnumerable<(string What, string After)> Of(SyntaxNode node)
    {
        if (IsCondition(node))
        {
            yield return ("negate a condition", $"!({node})");
        }

        if (node is BinaryExpressionSyntax binary && s_shifted.TryGetValue(binary.Kind(), out string? shifted))
        {
            yield return ("shift a bound", $"{binary.Left} {shifted} {binary.Right}");
        }

        if (node is ExpressionStatementSyntax && node.Parent is BlockSyntax or SwitchSectionSyntax)
        {
            yield return (DropStatement, ";");
        }

        if (Constant(node) is { } other)
        {
            yield return ("swap a constant", other);
        }
    }

    private static bool IsCondition(SyntaxNode node) => node switch
    {
        ExpressionSyntax when node.Parent is IfStatementSyntax parent => parent.Condition == node,
        ExpressionSyntax when node.Parent is WhileStatementSyntax parent => parent.Condition == node,
        ExpressionSyntax when node.Parent is ConditionalExpressionSyntax parent => parent.Condition == node,
        ExpressionSyntax when node.Parent is BinaryExpressionSyntax parent => parent.IsKind(SyntaxKind.LogicalAndExpression) || parent.IsKind(SyntaxKind.LogicalOrExpression),
        _ => false,
    };

    private static string? Constant(SyntaxNode node)
    {
        switch (node)
        {
            case LiteralExpressionSyntax { RawKind: (int)SyntaxKind.TrueLiteralExpression }:
                return "false";
            case LiteralExpressionSyntax { RawKind: (int)SyntaxKind.FalseLiteralExpression }:
                return "true";
            case LiteralExpressionSyntax { Token.Value: int value } when node.Parent is not EnumMemberDeclarationSyntax:
                return (value == 0 ? 1 : value - 1).ToString(CultureInfo.InvariantCulture);
            case MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax type } access:
                return Sibling(type.Identifier.Text, access.Name.Identifier.Text);
            default:
                return null;
        }
    }

    // Constants that take each other's place: the states of threads, endpoints and notifications, the kinds of caps and faults, the errors.
    private static string? Sibling(string type, string name)
    {
        string[][] groups =
        [
            ["ThreadState", "Inactive", "Running", "BlockedOnReceive", "BlockedOnSend", "BlockedOnReply", "BlockedOnNotification"],
            ["EndpointState", "Idle", "Sending", "Receiving"],
            ["NotificationState", "Idle", "Waiting", "Active"],
            ["CapType", "Endpoint", "Notification", "Reply", "Tcb", "SchedulingContext", "IrqHandler"],
            ["CapRights", "Write", "Read", "Grant", "GrantReply"],
            ["KernelErrors", "NoError", "InvalidArgument", "InvalidCapability", "IllegalOperation", "RangeError", "AlignmentError", "TruncatedMessage"],
            ["FaultKind", "CapFault", "UnknownSyscall", "UserException", "Timeout", "VMFault"],
            ["RunQueue", "None", "Ready", "Release"],
        ];
        string[]? group = Array.Find(groups, g => g[0] == type);
        int at = group == null ? -1 : Array.IndexOf(group, name, 1);
        return at < 0 ? null : $"{type}.{group![at + 1 < group.Length ? at + 1 : 1]}";
    }
}
