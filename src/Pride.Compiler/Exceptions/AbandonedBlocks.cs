// In profiles without exceptions a `throw` is the end, so the making of the exception before it (a newobj, an
// interpolated message) is not wanted: it would allocate. This pass finds where that making begins.
//
// A block is doomed when it ends in throw, or when every block that it leads to is doomed. From a doomed block the last
// statement goes, and so do the statements before it that touch nothing but the framework.

using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Pride.Compiler.Import;

namespace Pride.Compiler.Exceptions;

/// <summary>Marks where blocks that can only throw begin to do so.</summary>
internal static class AbandonedBlocks
{
    public static void Find(BasicBlocks blocks, MethodBody body)
    {
        HashSet<BasicBlock> doomed = [];
        foreach (BasicBlock block in blocks.All.Reverse())
        {
            bool throws = blocks.Code[block.End - 1].OpCode.Code is Code.Throw or Code.Rethrow;
            List<BasicBlock> next = [.. blocks.Successors(block)];
            if (throws || (next.Count > 0 && next.All(doomed.Contains)))
            {
                doomed.Add(block);
            }
        }

        if (doomed.Count == 0)
        {
            return;
        }

        Dictionary<int, int> depths = StackDepths(blocks, body);
        foreach (BasicBlock block in doomed)
        {
            block.AbandonedFrom = Cut(blocks, block, depths);
        }
    }

    private static int Cut(BasicBlocks blocks, BasicBlock block, Dictionary<int, int> depths)
    {
        bool throws = blocks.Code[block.End - 1].OpCode.Code is Code.Throw or Code.Rethrow;
        int cut = block.End;
        bool isLast = throws;
        int statementEnd = block.End;
        for (int i = block.End - 1; i >= block.Start; i--)
        {
            bool isStatementStart = i == block.Start || (depths.TryGetValue(i, out int depth) && depth == 0);
            if (!isStatementStart)
            {
                continue;
            }

            if (!isLast && !TouchesFrameworkOnly(blocks, i, statementEnd))
            {
                break;
            }

            isLast = false;
            cut = i;
            statementEnd = i;
        }

        return cut == block.End ? -1 : cut;
    }

    private static bool TouchesFrameworkOnly(BasicBlocks blocks, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            switch (blocks.Code[i].Operand)
            {
                case MethodReference method when !IsFramework(method.DeclaringType):
                    return false;
                case FieldReference when blocks.Code[i].OpCode.Code is Code.Stfld or Code.Stsfld:
                    return false;
            }

            if (blocks.Code[i].OpCode.Name.StartsWith("stind", System.StringComparison.Ordinal) || blocks.Code[i].OpCode.Code == Code.Stobj)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsFramework(TypeReference type)
    {
        string space = type.GetElementType().Namespace;
        return space == "System" || space.StartsWith("System.", System.StringComparison.Ordinal);
    }

    // Depth before each instruction, along straight lines (ECMA-335 III.1.7.5: code behind a jump starts empty unless jumped to).
    private static Dictionary<int, int> StackDepths(BasicBlocks blocks, MethodBody body)
    {
        Dictionary<int, int> depths = [];
        Queue<(BasicBlock Block, int Depth)> queue = new([(blocks.At(0), 0)]);
        foreach (ExceptionHandler handler in body.ExceptionHandlers)
        {
            int depth = handler.HandlerType is ExceptionHandlerType.Catch or ExceptionHandlerType.Filter ? 1 : 0;
            queue.Enqueue((blocks.At(handler.HandlerStart), depth));
            if (handler.FilterStart != null)
            {
                queue.Enqueue((blocks.At(handler.FilterStart), 1));
            }
        }

        while (queue.TryDequeue(out (BasicBlock Block, int Depth) item))
        {
            if (depths.ContainsKey(item.Block.Start))
            {
                continue;
            }

            int depth = item.Depth;
            for (int i = item.Block.Start; i < item.Block.End; i++)
            {
                depths[i] = depth;
                depth += StackEffect.Of(blocks.Code[i], body.Method);
            }

            int after = blocks.Code[item.Block.End - 1].OpCode.Code is Code.Leave or Code.Leave_S ? 0 : depth;
            foreach (BasicBlock next in blocks.Successors(item.Block))
            {
                queue.Enqueue((next, after));
            }
        }

        return depths;
    }
}
