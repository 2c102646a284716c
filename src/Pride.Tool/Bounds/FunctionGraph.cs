// The control-flow graph of one function, as far as what is known on entry lets it go: constants decide branches.
//
// A function is what its entry reaches without a call. A jump to the beginning of another function is a call that returns for both.

using System;
using System.Collections.Generic;
using System.Linq;

namespace Pride.Tool.Bounds;

/// <summary>A piece of code that is entered at its beginning and left at its end alone.</summary>
internal sealed class Block(ulong start)
{
    public ulong Start { get; } = start;

    public int Instructions { get; set; }

    /// <summary>Successors in the same function.</summary>
    public List<Block> Next { get; } = [];

    /// <summary>Called from it, with what the callee knows.</summary>
    public List<(ulong Callee, RegisterValues Arguments)> Calls { get; } = [];

    /// <summary>The function ends here.</summary>
    public bool Returns { get; set; }

    /// <summary>Everything ends here until an interrupt comes.</summary>
    public bool Waits { get; set; }

    /// <summary>There is an exclusive store in it.</summary>
    public bool IsExclusive { get; set; }

    public List<LoopNote> Notes { get; } = [];
}

/// <summary>Builds a function's graph.</summary>
/// <param name="code">The kernel.</param>
/// <param name="paths">What is assumed of paths.</param>
internal sealed class FunctionGraph(KernelCode code, PathRules paths)
{
    private readonly Dictionary<ulong, RegisterValues> _known = [];
    private readonly Dictionary<ulong, Block> _blocks = [];
    private readonly HashSet<ulong> _leaders = [];
    private readonly Queue<ulong> _waiting = [];
    private ulong _entry;

    /// <summary>Blocks that can be reached from <paramref name="entry"/>; the first is the entry.</summary>
    public IReadOnlyList<Block> Build(ulong entry, RegisterValues known)
    {
        _entry = entry;
        FindLeaders(entry);
        Reach(entry, known);
        while (_waiting.TryDequeue(out ulong start))
        {
            Walk(start, _known[start].Copy(), null);
        }

        foreach ((ulong start, RegisterValues values) in _known)
        {
            _blocks[start] = new Block(start);
        }

        foreach ((ulong start, RegisterValues values) in _known.ToArray())
        {
            Walk(start, values.Copy(), _blocks[start]);
        }

        return [_blocks[entry], .. _blocks.Values.Where(b => b.Start != entry)];
    }

    // Where blocks begin, whatever is known: at targets of jumps and behind branches.
    private void FindLeaders(ulong entry)
    {
        Stack<ulong> todo = new([entry]);
        _leaders.Add(entry);
        HashSet<ulong> seen = [];
        while (todo.TryPop(out ulong at))
        {
            while (code.IsCode(at) && seen.Add(at))
            {
                Aarch64Flow flow = Aarch64Flow.Of(code[at], at);
                if (flow.Kind is FlowKind.Jump or FlowKind.Branch && !IsElsewhere(flow.Target))
                {
                    _leaders.Add(flow.Target);
                    todo.Push(flow.Target);
                }

                if (flow.Kind == FlowKind.Branch)
                {
                    _leaders.Add(at + 4);
                }

                if (flow.Kind is not (FlowKind.Next or FlowKind.Call or FlowKind.Branch) || (flow.Kind == FlowKind.Call && paths.NeverReturns(code, flow.Target)))
                {
                    break;
                }

                at += 4;
            }
        }
    }

    private bool IsElsewhere(ulong target) => target != _entry && code.IsFunction(target);

    private void Reach(ulong start, RegisterValues values)
    {
        if (!_known.TryGetValue(start, out RegisterValues? known))
        {
            _known[start] = values.Copy();
            _waiting.Enqueue(start);
        }
        else if (known.Merge(values))
        {
            _waiting.Enqueue(start);
        }
    }

    // Goes through a block. Without `block` it hands on what is known; with it, it records what there is.
    private void Walk(ulong start, RegisterValues values, Block? block)
    {
        ulong at = start;
        while (true)
        {
            uint word = code[at];
            Aarch64Flow flow = Aarch64Flow.Of(word, at);
            if (block is not null)
            {
                block.Instructions++;
                block.Notes.AddRange(code.NotesAt(at));
                block.IsExclusive |= (word & 0x3FE0_0000) == 0x0800_0000;
            }

            switch (flow.Kind)
            {
                case FlowKind.Next:
                    values.Execute(word, (address, offset) => paths.Load(code, _entry, address, offset));
                    break;
                case FlowKind.Call when paths.NeverReturns(code, flow.Target):
                    return;
                case FlowKind.Call:
                    if (!EnterCall(flow.Target, values, block))
                    {
                        return;
                    }

                    values.AfterCall();
                    break;
                case FlowKind.Jump when IsElsewhere(flow.Target):
                    if (EnterCall(flow.Target, values, block) && block is not null)
                    {
                        block.Returns = true;
                    }

                    return;
                case FlowKind.Jump:
                    Go(flow.Target, values, block);
                    return;
                case FlowKind.Branch:
                    GoEither(word, flow, at, values, block);
                    return;
                case FlowKind.Return:
                    _ = block is not null && (block.Returns = true);
                    return;
                case FlowKind.Wait:
                    _ = block is not null && (block.Waits = true);
                    return;
                case FlowKind.Indirect:
                    throw Unbounded.Because($"{code.Describe(at)} jumps to an address that only a register knows: its paths cannot be bounded");
                default:
                    return;
            }

            at += 4;
            if (_leaders.Contains(at))
            {
                Go(at, values, block);
                return;
            }
        }
    }

    // False: the path does not count.
    private bool EnterCall(ulong target, RegisterValues values, Block? block)
    {
        switch (paths.RuleOf(code, _entry, target))
        {
            case CallRule.Excluded:
                return false;
            case CallRule.CountedElsewhere:
                return true;
            default:
                block?.Calls.Add((target, values.Arguments()));
                return true;
        }
    }

    private void GoEither(uint word, Aarch64Flow flow, ulong at, RegisterValues values, Block? block)
    {
        bool? taken = values.IsTaken(word);
        if (taken != false)
        {
            if (IsElsewhere(flow.Target))
            {
                throw Unbounded.Because($"{code.Describe(at)} branches into another function, which is not expected of a compiler");
            }

            Go(flow.Target, values, block);
        }

        if (taken != true)
        {
            Go(at + 4, values, block);
        }
    }

    private void Go(ulong target, RegisterValues values, Block? block)
    {
        if (block is null)
        {
            Reach(target, values);
        }
        else if (!block.Next.Contains(_blocks[target]))
        {
            block.Next.Add(_blocks[target]);
        }
    }
}
