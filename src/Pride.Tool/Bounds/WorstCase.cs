// The most instructions that a function of the kernel can take, with all that it calls.

using System;
using System.Collections.Generic;
using System.Linq;
using Pride.Kernel.Objects;

namespace Pride.Tool.Bounds;

/// <summary>Bounds in instructions; null: no path ends so.</summary>
/// <param name="Returns">From the function's beginning until it returns.</param>
/// <param name="Waits">Until it waits for an interrupt because no thread can run.</param>
internal readonly record struct Bound(long? Returns, long? Waits);

/// <summary>Bounds functions under the rules of one row.</summary>
/// <param name="code">The kernel.</param>
/// <param name="rules">The row's assumptions.</param>
/// <param name="limits">How often loops go round.</param>
internal sealed class WorstCase(KernelCode code, PathRules rules, Func<LoopLimit, ulong> limits)
{
    private readonly Dictionary<(ulong Entry, string Arguments), Bound?> _bounds = [];

    /// <summary>Addresses of all instructions of the paths that were met.</summary>
    public HashSet<ulong> Covered { get; } = [];

    /// <summary>The bound of the function at <paramref name="entry"/>.</summary>
    /// <param name="entry">Its first instruction, or any from which a path begins.</param>
    /// <param name="known">What is known of the registers there.</param>
    /// <exception cref="ToolException">Recursion, a loop without a limit, or an indirect jump.</exception>
    public Bound Of(ulong entry, RegisterValues known)
    {
        (ulong, string) key = (entry, known.ArgumentKey());
        if (_bounds.TryGetValue(key, out Bound? done))
        {
            return done ?? throw Unbounded.Because($"{code.Describe(entry)} calls itself: it cannot be bounded");
        }

        _bounds[key] = null;
        Bound bound = Compute(entry, known);
        _bounds[key] = bound;
        return bound;
    }

    private Bound Compute(ulong entry, RegisterValues known)
    {
        IReadOnlyList<Block> blocks = new FunctionGraph(code, rules).Build(entry, known);
        Dictionary<Block, (long? Through, long? Waits)> costs = blocks.ToDictionary(b => b, CostOf);
        Covered.UnionWith(blocks.SelectMany(b => Enumerable.Range(0, b.Instructions).Select(i => b.Start + ((ulong)i * sizeof(uint)))));
        HashSet<Block> live = Reachable(blocks[0], b => costs[b].Through is not null);
        LongestPath paths = new(b => costs[b].Through ?? b.Instructions, limits, code.Describe);
        Dictionary<Block, long> longest = paths.From(blocks[0], live);

        // Up to a block's beginning, and from there to the waiting in something that it calls.
        long? waits = Most(live.Where(b => costs[b].Waits is not null).Select(b => longest[b] - (costs[b].Through ?? b.Instructions) + costs[b].Waits!.Value));
        return new Bound(Most(live.Where(b => b.Returns && costs[b].Through is not null).Select(b => longest[b])), waits);
    }

    // Instructions of the block and of what it calls; and until something in it waits.
    private (long? Through, long? Waits) CostOf(Block block)
    {
        // Which of the block's own instructions stand before a call does not matter for a bound: all are counted.
        long through = block.Instructions;
        long? waits = block.Waits ? through : null;
        bool passes = true;
        foreach ((ulong callee, RegisterValues arguments) in block.Calls)
        {
            Bound bound = Of(callee, arguments);
            waits = bound.Waits is { } until ? Math.Max(waits ?? 0, through + until) : waits;
            if (bound.Returns is not { } cost)
            {
                passes = false;
                break;
            }

            through += cost;
        }

        return (passes && !block.Waits ? through : null, waits);
    }

    // Blocks on paths through blocks that are passed to their end; those that are not are still reached.
    private static HashSet<Block> Reachable(Block entry, Func<Block, bool> passes)
    {
        HashSet<Block> found = [entry];
        Stack<Block> todo = new([entry]);
        while (todo.TryPop(out Block? block))
        {
            if (!passes(block))
            {
                block.Next.Clear();
                continue;
            }

            foreach (Block next in block.Next.Where(found.Add))
            {
                todo.Push(next);
            }
        }

        return found;
    }

    private static long? Most(IEnumerable<long> values) => values.Select(v => (long?)v).Max();
}
