// Cuts a method's IL into basic blocks.

using System;
using System.Collections.Generic;
using System.Linq;
using Mono.Cecil.Cil;

namespace Pride.Compiler.Import;

/// <summary>A run of instructions that is entered only at its start.</summary>
internal sealed class BasicBlock(int start, string label)
{
    /// <summary>Index of the first instruction.</summary>
    public int Start { get; } = start;

    /// <summary>Index behind the last instruction.</summary>
    public int End { get; set; }

    public string Label { get; } = label;

    /// <summary>Some path leads here; the block is (or will be) translated.</summary>
    public bool IsReached { get; set; }

    /// <summary>Memory that carries the evaluation stack into the block; null as long as no path has come.</summary>
    public List<StackValue>? EntrySlots { get; set; }

    /// <summary>From this instruction on there is nothing but the making of an exception, which this profile abandons; -1: none.</summary>
    public int AbandonedFrom { get; set; } = -1;
}

/// <summary>The blocks of one method.</summary>
internal sealed class BasicBlocks
{
    private readonly int[] _indexByOffset;
    private readonly BasicBlock?[] _byStart;

    public BasicBlocks(MethodBody body)
    {
        Code = body.Instructions;
        _byStart = new BasicBlock?[Code.Count];
        _indexByOffset = new int[Code[^1].Offset + 1];
        for (int i = 0; i < Code.Count; i++)
        {
            _indexByOffset[Code[i].Offset] = i;
        }

        Mark(0);
        MarkBranches();
        foreach (ExceptionHandler handler in body.ExceptionHandlers)
        {
            Mark(IndexOf(handler.TryStart));
            Mark(IndexOf(handler.HandlerStart));
            if (handler.FilterStart != null)
            {
                Mark(IndexOf(handler.FilterStart));
            }
        }

        BasicBlock? last = null;
        foreach (BasicBlock block in All)
        {
            if (last != null)
            {
                last.End = block.Start;
            }

            last = block;
        }

        last!.End = Code.Count;
    }

    public IList<Instruction> Code { get; }

    /// <summary>In the order of the code.</summary>
    public IEnumerable<BasicBlock> All => _byStart.OfType<BasicBlock>();

    public int IndexOf(Instruction? instruction) =>
        instruction == null ? Code.Count : _indexByOffset[instruction.Offset];

    public BasicBlock At(int index) => _byStart[index] ?? throw new InvalidOperationException($"no block starts at instruction {index}");

    public BasicBlock At(Instruction instruction) => At(IndexOf(instruction));

    /// <summary>Where control can go from the end of <paramref name="block"/>, exceptions left out.</summary>
    public IEnumerable<BasicBlock> Successors(BasicBlock block)
    {
        Instruction last = Code[block.End - 1];
        switch (last.Operand)
        {
            case Instruction target:
                yield return At(target);
                break;
            case Instruction[] targets:
                foreach (Instruction target in targets)
                {
                    yield return At(target);
                }

                break;
        }

        if (FallsThrough(last) && block.End < Code.Count)
        {
            yield return At(block.End);
        }
    }

    private static bool FallsThrough(Instruction instruction) =>
        instruction.OpCode.FlowControl is not (FlowControl.Branch or FlowControl.Return or FlowControl.Throw);

    private void MarkBranches()
    {
        for (int i = 0; i < Code.Count; i++)
        {
            switch (Code[i].Operand)
            {
                case Instruction target:
                    Mark(IndexOf(target));
                    Mark(i + 1);
                    break;
                case Instruction[] targets:
                    foreach (Instruction target in targets)
                    {
                        Mark(IndexOf(target));
                    }

                    Mark(i + 1);
                    break;
                default:
                    if (!FallsThrough(Code[i]))
                    {
                        Mark(i + 1);
                    }

                    break;
            }
        }
    }

    private void Mark(int index)
    {
        if (index < Code.Count)
        {
            _byStart[index] ??= new BasicBlock(index, $"b{index}");
        }
    }
}
