// Methods without parameters whose result is known before they are compiled: IsSupported, feature switches, small
// getters. Folded calls decide branches, and what is behind the other side never becomes reachable.

using System.Collections.Generic;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Pride.Compiler.Metadata;
using Pride.Compiler.Reachability;

namespace Pride.Compiler.Folding;

/// <summary>A tiny evaluator of constant static methods.</summary>
internal sealed class ConstantMethods(World world)
{
    /// <summary>Instructions that are followed before giving up.</summary>
    private const int MaximumSteps = 40;

    private const int MaximumDepth = 6;

    private readonly Dictionary<MethodDesc, object?> _known = [];

    /// <summary>The constant that the method returns; null when it is not constant.</summary>
    public long? Value(MethodDesc method, int depth = 0)
    {
        if (!method.IsStatic || method.Parameters.Length != 0 || depth > MaximumDepth || !IsInteger(method.ReturnType))
        {
            return null;
        }

        if (_known.TryGetValue(method, out object? known))
        {
            return known as long?;
        }

        _known[method] = null;
        long? value = world.Intrinsics.ConstantOf(method) ?? Evaluate(world.Plugs.Replace(method), depth);
        _known[method] = value;
        return value;
    }

    private static bool IsInteger(TypeDesc type) => type.Reduced.Kind is > TypeKind.Void and < TypeKind.Single;

    private long? Evaluate(MethodDesc method, int depth)
    {
        if (!method.Definition.HasBody || method.Definition.RVA == 0 || method.Definition.Body.HasExceptionHandlers)
        {
            return null;
        }

        Stack<long> stack = [];
        Instruction? at = method.Definition.Body.Instructions[0];
        for (int step = 0; step < MaximumSteps && at != null; step++)
        {
            if (at.OpCode.Code == Code.Ret)
            {
                return stack.Count == 1 ? stack.Pop() : null;
            }

            at = Step(method, at, stack, depth);
        }

        return null;
    }

    private Instruction? Step(MethodDesc method, Instruction at, Stack<long> stack, int depth)
    {
        Code code = at.OpCode.Code;
        switch (code)
        {
            case Code.Nop:
                return at.Next;
            case >= Code.Ldc_I4_M1 and <= Code.Ldc_I4_8:
                stack.Push(code - Code.Ldc_I4_0);
                return at.Next;
            case Code.Ldc_I4_S:
                stack.Push((sbyte)at.Operand);
                return at.Next;
            case Code.Ldc_I4:
                stack.Push((int)at.Operand);
                return at.Next;
            case Code.Call when at.Operand is MethodReference called && !called.HasThis && called.Parameters.Count == 0
                && Value(world.Types.Resolve(called, method.Context), depth + 1) is { } result:
                stack.Push(result);
                return at.Next;
            case Code.Ceq when stack.Count >= 2:
                stack.Push(stack.Pop() == stack.Pop() ? 1 : 0);
                return at.Next;
            case Code.And or Code.Or when stack.Count >= 2:
                long right = stack.Pop();
                stack.Push(code == Code.And ? stack.Pop() & right : stack.Pop() | right);
                return at.Next;
            case Code.Br or Code.Br_S:
                return (Instruction)at.Operand;
            case Code.Brtrue or Code.Brtrue_S when stack.Count >= 1:
                return stack.Pop() != 0 ? (Instruction)at.Operand : at.Next;
            case Code.Brfalse or Code.Brfalse_S when stack.Count >= 1:
                return stack.Pop() == 0 ? (Instruction)at.Operand : at.Next;
            default:
                return null;
        }
    }
}
