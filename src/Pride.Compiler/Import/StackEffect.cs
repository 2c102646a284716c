// By how much an instruction changes the depth of the evaluation stack (ECMA-335 III, "stack transition").

using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Pride.Compiler.Import;

/// <summary>Stack depth arithmetic.</summary>
internal static class StackEffect
{
    public static int Of(Instruction instruction, MethodDefinition method) => Pushed(instruction) - Popped(instruction, method);

    private static int Pushed(Instruction instruction) => instruction.OpCode.StackBehaviourPush switch
    {
        StackBehaviour.Push0 => 0,
        StackBehaviour.Push1_push1 => 2,
        StackBehaviour.Varpush => instruction.Operand is IMethodSignature called && !IsVoid(called.ReturnType) ? 1 : 0,
        _ => 1,
    };

    private static int Popped(Instruction instruction, MethodDefinition method)
    {
        switch (instruction.OpCode.StackBehaviourPop)
        {
            case StackBehaviour.Pop0:
                return 0;
            case StackBehaviour.Pop1 or StackBehaviour.Popi or StackBehaviour.Popref:
                return 1;
            case StackBehaviour.Pop1_pop1 or StackBehaviour.Popi_pop1 or StackBehaviour.Popi_popi or StackBehaviour.Popi_popi8
                or StackBehaviour.Popi_popr4 or StackBehaviour.Popi_popr8 or StackBehaviour.Popref_pop1 or StackBehaviour.Popref_popi:
                return 2;
            case StackBehaviour.Varpop:
                return VariablePops(instruction, method);
            case StackBehaviour.PopAll:
                return 0;
            default:
                return 3;
        }
    }

    private static int VariablePops(Instruction instruction, MethodDefinition method)
    {
        if (instruction.OpCode.Code == Code.Ret)
        {
            return IsVoid(method.ReturnType) ? 0 : 1;
        }

        if (instruction.Operand is not IMethodSignature called)
        {
            return 0;
        }

        int receiver = called.HasThis && instruction.OpCode.Code != Code.Newobj ? 1 : 0;
        return called.Parameters.Count + receiver + (instruction.OpCode.Code == Code.Calli ? 1 : 0);
    }

    private static bool IsVoid(TypeReference type)
    {
        while (type is IModifierType modifier)
        {
            type = modifier.ElementType;
        }

        return type.MetadataType == MetadataType.Void;
    }
}
