// The shortest chain of calls from a method that asks for a rule to one that breaks it.

using System;
using System.Collections.Generic;
using System.Text;
using Pride.Compiler.Reachability;

namespace Pride.Compiler.Profiles;

/// <summary>Search over the call graph.</summary>
internal static class CallChain
{
    /// <summary>The chain as lines of a message, the breaking function first; null when nothing that <paramref name="root"/> calls breaks the rule.</summary>
    public static (Function Breaking, string Text)? Find(Function root, Func<Function, IEnumerable<Function>> callees, Predicate<Function> breaks)
    {
        Dictionary<Function, Function?> from = new() { [root] = null };
        Queue<Function> queue = new([root]);
        while (queue.TryDequeue(out Function? function))
        {
            if (breaks(function))
            {
                return (function, Text(function, from));
            }

            foreach (Function callee in callees(function))
            {
                if (from.TryAdd(callee, function))
                {
                    queue.Enqueue(callee);
                }
            }
        }

        return null;
    }

    private static string Text(Function breaking, Dictionary<Function, Function?> from)
    {
        StringBuilder text = new();
        for (Function? link = breaking; link != null; link = from[link])
        {
            text.Append(link == breaking ? "  in " : "  called from ").Append(link.Display).Append('\n');
        }

        return text.ToString();
    }
}
