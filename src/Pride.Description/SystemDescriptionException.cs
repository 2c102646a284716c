// What a wrong description ends in: every broken rule at once, each with its remedy.

using System;
using System.Collections.Generic;
using System.Linq;

namespace Pride.Description;

/// <summary>One broken rule.</summary>
/// <param name="Rule">Short stable name of the rule (`ppc-priority`), for tests and documentation.</param>
/// <param name="Message">What is wrong, with the names as the description gives them.</param>
/// <param name="Remedy">What to change.</param>
/// <param name="At">Where it was written; null: in a C# description.</param>
public sealed record Violation(string Rule, string Message, string Remedy, SourceLocation? At = null)
{
    public override string ToString() => $"{(At is null ? string.Empty : $"{At}: ")}{Message} [{Rule}]\n    remedy: {Remedy}";
}

/// <summary>The description breaks at least one rule; nothing was built.</summary>
public sealed class SystemDescriptionException(IReadOnlyList<Violation> violations)
    : Exception(string.Join("\n", violations.Select(v => v.ToString())))
{
    public SystemDescriptionException(string rule, string message, string remedy)
        : this([new Violation(rule, message, remedy)])
    {
    }

    public IReadOnlyList<Violation> Violations { get; } = violations;
}
