// How deep the stack can get: the longest chain of frames through the call graph of the closed world.
//
// The graph is the compiler's own, with every body that a virtual call can reach, and for calls through delegates and
// function pointers every function of the same shape whose address is taken. It has more edges than the program, so
// the result is an upper bound. Recursion has none: the edge that closes a circle is left out and the circle is
// named, and the result is then what one round of each circle needs.

using System;
using System.Collections.Generic;
using System.Linq;
using Pride.Compiler.Reachability;

namespace Pride.Compiler.Reports;

/// <summary>The worst case of one program's stack.</summary>
/// <param name="Bytes">Bytes of the deepest chain.</param>
/// <param name="Chain">Its functions, the entry first, with their frames; those inlined into their caller are left out.</param>
/// <param name="Recursions">Calls that close a circle: "caller calls callee".</param>
/// <param name="DynamicFrames">Functions whose frame grows by a stackalloc of variable size.</param>
public sealed record StackReport(long Bytes, IReadOnlyList<StackLink> Chain, IReadOnlyList<string> Recursions, IReadOnlyList<string> DynamicFrames)
{
    /// <summary>No recursion and no frame of variable size: the program never takes more.</summary>
    public bool IsExact => Recursions.Count == 0 && DynamicFrames.Count == 0;
}

/// <summary>One frame of the deepest chain.</summary>
public sealed record StackLink(string Function, int Bytes);

/// <summary>The search.</summary>
internal sealed class StackDepth
{
    private static readonly string[] s_memoryFunctions = ["memcpy", "memmove", "memset", "memcmp"];

    private readonly IReadOnlyDictionary<string, FunctionFrame> _frames;
    private readonly Dictionary<string, List<Function>> _targets;
    private readonly Dictionary<Function, Result> _results = [];
    private readonly HashSet<Function> _open = [];
    private readonly List<string> _recursions = [];
    private readonly int _leafBytes;

    private StackDepth(World world, IReadOnlyDictionary<string, FunctionFrame> frames)
    {
        _frames = frames;
        _targets = world.AddressTaken.GroupBy(f => f.Signature.Shape).ToDictionary(g => g.Key, g => g.ToList());

        // LLVM may call one of these anywhere.
        _leafBytes = s_memoryFunctions.Max(name => frames.GetValueOrDefault(name).Bytes);
    }

    private readonly record struct Result(long Bytes, Function? Next);

    /// <summary>The deepest chain from the program's entries.</summary>
    public static StackReport Compute(World world, IReadOnlyDictionary<string, FunctionFrame> frames)
    {
        StackDepth search = new(world, frames);
        Function? deepest = null;
        foreach (Function root in world.Functions.Where(f => f.IsExported && f.Body != null))
        {
            search.Visit(root);
            if (deepest == null || search._results[root].Bytes > search._results[deepest].Bytes)
            {
                deepest = root;
            }
        }

        List<StackLink> chain = [];
        for (Function? link = deepest; link != null; link = search._results[link].Next)
        {
            if (search.FrameOf(link) is > 0 and int bytes)
            {
                chain.Add(new StackLink(link.Display, bytes));
            }
        }

        string[] dynamics = [.. search._results.Keys.Where(f => frames.GetValueOrDefault(f.Symbol).IsDynamic).Select(f => f.Display)];
        return new StackReport(deepest == null ? 0 : search._results[deepest].Bytes, chain, search._recursions, dynamics);
    }

    private int FrameOf(Function function) => _frames.GetValueOrDefault(function.Symbol).Bytes;

    // Depth first with a stack of its own: call chains can be longer than this thread's.
    private void Visit(Function root)
    {
        if (_results.ContainsKey(root))
        {
            return;
        }

        Stack<(Function Function, IEnumerator<Function> Callees)> path = [];
        Enter(path, root);
        while (path.TryPeek(out (Function Function, IEnumerator<Function> Callees) top))
        {
            if (!top.Callees.MoveNext())
            {
                path.Pop();
                Leave(top.Function);
            }
            else if (_open.Contains(top.Callees.Current))
            {
                _recursions.Add(top.Function == top.Callees.Current
                    ? $"{top.Function.Display} calls itself"
                    : $"{top.Function.Display} calls {top.Callees.Current.Display}");
            }
            else if (!_results.ContainsKey(top.Callees.Current))
            {
                Enter(path, top.Callees.Current);
            }
        }
    }

    private void Enter(Stack<(Function Function, IEnumerator<Function> Callees)> path, Function function)
    {
        _open.Add(function);
        path.Push((function, Callees(function).GetEnumerator()));
    }

    private void Leave(Function function)
    {
        _open.Remove(function);
        Result best = new(_leafBytes, null);
        foreach (Function callee in Callees(function))
        {
            if (_results.TryGetValue(callee, out Result known) && known.Bytes > best.Bytes)
            {
                best = new Result(known.Bytes, callee);
            }
        }

        _results[function] = best with { Bytes = best.Bytes + FrameOf(function) };
    }

    private IEnumerable<Function> Callees(Function function) =>
        function.Callees.Where(c => c.Body != null).Concat(function.IndirectCalls.SelectMany(s => _targets.GetValueOrDefault(s, [])));
}
