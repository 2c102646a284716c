// What a person can be told about one compiled program: its methods and where it allocates.

using System;
using System.Collections.Generic;
using System.Linq;
using Pride.Compiler.Metadata;
using Pride.Compiler.Reachability;

namespace Pride.Compiler.Reports;

/// <summary>A function of the program; its size is the ELF symbol's.</summary>
/// <param name="Symbol">The ELF symbol.</param>
/// <param name="Name">As a C# programmer reads it.</param>
/// <param name="Namespace">Of the method's type.</param>
/// <param name="Assembly">Its assembly; "(compiler)" for what the compiler writes itself.</param>
public sealed record ReportedFunction(string Symbol, string Name, string Namespace, string Assembly);

/// <summary>A place that allocates.</summary>
/// <param name="What">The type that is made.</param>
/// <param name="Method">The method that makes it.</param>
/// <param name="Line">"file:line"; null for methods without debug information, which are the framework's.</param>
/// <param name="Path">How the program gets there: the methods from the first one of the program's own down to this one.</param>
public sealed record ReportedAllocation(string What, string Method, string? Line, IReadOnlyList<string> Path);

/// <summary>The report.</summary>
public sealed record ProgramReport(IReadOnlyList<ReportedFunction> Functions, IReadOnlyList<ReportedAllocation> Allocations)
{
    private const string CompilerMade = "(compiler)";

    internal static ProgramReport Of(World world) => new(
        [.. world.Functions.Where(f => f.Body != null).Select(Describe)],
        [.. world.Functions.SelectMany(f => f.AllocationSites.Distinct().Select(s => new ReportedAllocation(s.What, f.Display, s.Line, PathTo(f))))]);

    private static ReportedFunction Describe(Function function)
    {
        TypeDesc? type = function.Method?.Owner ?? function.Type;
        Mono.Cecil.TypeDefinition? definition = type?.Definition;
        while (definition?.DeclaringType is { } outer)
        {
            definition = outer;
        }

        string name = function.Kind is FunctionKind.Method ? function.Display : function.Symbol;
        return new ReportedFunction(function.Symbol, name, definition?.Namespace ?? "", definition?.Module.Assembly.Name.Name ?? CompilerMade);
    }

    // Up to the first method whose lines are known.
    private static List<string> PathTo(Function function)
    {
        List<string> path = [];
        for (Function? link = function; link != null; link = link.Cause)
        {
            path.Insert(0, link.Display);
            if (link.DebugScope >= 0)
            {
                break;
            }
        }

        return path;
    }
}
