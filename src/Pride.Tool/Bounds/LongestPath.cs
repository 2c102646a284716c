// The longest path through a graph whose loops are bounded.
//
// Strongly connected pieces are loops: each has one way in, its header; without the ways back to the header what is inside is a smaller graph.
// A loop goes round as often as its note allows, each time on its longest way, and then leaves on its longest way.
// So the result is never less than what the longest path takes, and often a little more.

using System;
using System.Collections.Generic;
using System.Linq;
using Pride.Kernel.Objects;

namespace Pride.Tool.Bounds;

/// <summary>Longest paths of one function's graph.</summary>
/// <param name="cost">Instructions of a block, with what it calls; null: no path goes through it to its end.</param>
/// <param name="limits">How often loops go round.</param>
/// <param name="describe">A place for people.</param>
internal sealed class LongestPath(Func<Block, long> cost, Func<LoopLimit, ulong> limits, Func<ulong, string> describe)
{
    /// <summary>The longest path from the header to each of the nodes, their own cost counted.</summary>
    /// <param name="header">Where paths begin. Ways back to it are left out.</param>
    /// <param name="nodes">All nodes; each can be reached.</param>
    /// <exception cref="ToolException">A loop without a limit, or with two ways in.</exception>
    public Dictionary<Block, long> From(Block header, IReadOnlyCollection<Block> nodes) => Solve(header, nodes).Longest;

    private (Dictionary<Block, long> Longest, HashSet<Block> Simple) Solve(Block header, IReadOnlyCollection<Block> nodes)
    {
        HashSet<Block> inside = [.. nodes];
        IEnumerable<Block> Next(Block b) => b.Next.Where(n => n != header && inside.Contains(n));
        Dictionary<Block, long> longest = [];
        HashSet<Block> simple = [];
        Dictionary<Block, long> arriving = new() { [header] = 0 };
        foreach (List<Block> piece in Pieces(header, Next))
        {
            if (piece.Count == 1 && !Next(piece[0]).Contains(piece[0]))
            {
                simple.Add(piece[0]);
                longest[piece[0]] = arriving[piece[0]] + cost(piece[0]);
            }
            else
            {
                Block entry = HeaderOf(piece, header, arriving);
                foreach ((Block block, long inLoop) in Loop(entry, piece))
                {
                    longest[block] = arriving[entry] + inLoop;
                }
            }

            foreach (Block from in piece)
            {
                foreach (Block to in Next(from).Where(n => !piece.Contains(n)))
                {
                    arriving[to] = Math.Max(arriving.GetValueOrDefault(to), longest[from]);
                }
            }
        }

        return (longest, simple);
    }

    private Block HeaderOf(List<Block> piece, Block header, Dictionary<Block, long> arriving)
    {
        Block[] entries = [.. piece.Where(b => arriving.ContainsKey(b) || b == header)];
        return entries.Length == 1
            ? entries[0]
            : throw Unbounded.Because($"the loop at {describe(piece.Min(b => b.Start))} has {entries.Length} ways in: it cannot be bounded");
    }

    // From the loop's header to each of its blocks, all rounds counted.
    private IEnumerable<(Block Block, long Cost)> Loop(Block header, List<Block> piece)
    {
        (Dictionary<Block, long> once, HashSet<Block> simple) = Solve(header, piece);
        long round = piece.Where(b => b.Next.Contains(header)).Max(b => once[b]);
        long rounds = Rounds(header, piece, simple);
        return once.Select(o => (o.Key, checked((rounds * round) + o.Value)));
    }

    /// <summary>How often the loop goes back to its header.</summary>
    private long Rounds(Block header, List<Block> piece, HashSet<Block> simple)
    {
        // Notes of loops inside this one do not count: they bound those.
        LoopNote[] notes = [.. simple.SelectMany(b => b.Notes).Distinct()];
        if (notes.Length == 0 && simple.Any(b => b.IsExclusive))
        {
            return (long)limits(LoopLimit.Cores) - 1;
        }

        if (notes.Length != 1)
        {
            string what = notes.Length == 0 ? "names no limit" : $"names several limits (lines {string.Join(", ", notes.Select(n => n.Line))})";
            throw Unbounded.Because($"the loop at {describe(header.Start)} {what}");
        }

        int perRound = FewestNotes(header, piece);
        if (perRound == 0)
        {
            throw Unbounded.Because($"the loop at {describe(header.Start)} has a way round that does not pass its limit (line {notes[0].Line})");
        }

        long most = (long)limits(notes[0].Limit) - header.Notes.Count(n => n == notes[0]);
        return Math.Max(0, most / perRound);

        int FewestNotes(Block from, List<Block> among)
        {
            // Breadth by number of notes; loops inside are walked through once, for their own notes do not count.
            Dictionary<Block, int> fewest = new() { [from] = Own(from) };
            Queue<Block> todo = new([from]);
            while (todo.TryDequeue(out Block? block))
            {
                foreach (Block next in block.Next.Where(n => n != from && among.Contains(n)))
                {
                    int passed = fewest[block] + Own(next);
                    if (!fewest.TryGetValue(next, out int known) || passed < known)
                    {
                        fewest[next] = passed;
                        todo.Enqueue(next);
                    }
                }
            }

            return among.Where(b => b.Next.Contains(from)).Min(b => fewest[b]);
        }

        int Own(Block block) => simple.Contains(block) ? block.Notes.Count(n => n == notes[0]) : 0;
    }

    // Strongly connected pieces in an order in which each comes after those that lead to it (Tarjan, without recursion).
    private static List<List<Block>> Pieces(Block header, Func<Block, IEnumerable<Block>> next)
    {
        Dictionary<Block, int> index = [];
        Dictionary<Block, int> low = [];
        HashSet<Block> open = [];
        Stack<Block> path = [];
        Stack<(Block Block, IEnumerator<Block> Next)> work = [];
        List<List<Block>> pieces = [];
        Enter(header);
        while (work.TryPeek(out var top))
        {
            if (top.Next.MoveNext())
            {
                Block other = top.Next.Current;
                if (!index.ContainsKey(other))
                {
                    Enter(other);
                }
                else if (open.Contains(other))
                {
                    low[top.Block] = Math.Min(low[top.Block], index[other]);
                }

                continue;
            }

            work.Pop();
            if (work.TryPeek(out var below))
            {
                low[below.Block] = Math.Min(low[below.Block], low[top.Block]);
            }

            if (low[top.Block] == index[top.Block])
            {
                List<Block> piece = [];
                Block block;
                do
                {
                    block = path.Pop();
                    open.Remove(block);
                    piece.Add(block);
                }
                while (block != top.Block);
                pieces.Add(piece);
            }
        }

        pieces.Reverse();
        return pieces;

        void Enter(Block block)
        {
            index[block] = low[block] = index.Count;
            open.Add(block);
            path.Push(block);
            work.Push((block, next(block).GetEnumerator()));
        }
    }
}
