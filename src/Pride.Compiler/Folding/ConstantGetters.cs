// Methods that do nothing but return a constant: feature switches, plugs that cut something off. Calls of them are folded
// while the world is explored, so that the branch not taken is never reached.

using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Pride.Compiler.Metadata;

namespace Pride.Compiler.Folding;

/// <summary>Recognises them by their IL.</summary>
internal static class ConstantGetters
{
    /// <summary>The value of a method whose body is one constant and a return; null for all others.</summary>
    public static int? ValueOf(MethodDesc method)
    {
        MethodDefinition definition = method.Definition;
        if (!definition.HasBody || definition.RVA == 0 || definition.IsConstructor || definition.Body.Instructions.Count > 4
            || method.ReturnType.Reduced.Kind is not (TypeKind.Boolean or TypeKind.Int32))
        {
            return null;
        }

        List<Instruction> body = [.. definition.Body.Instructions.Where(i => i.OpCode.Code != Code.Nop)];
        return body.Count == 2 && body[1].OpCode.Code == Code.Ret ? Constant(body[0]) : null;
    }

    private static int? Constant(Instruction instruction) => instruction.OpCode.Code switch
    {
        Code.Ldc_I4 => (int)instruction.Operand,
        Code.Ldc_I4_S => (sbyte)instruction.Operand,
        Code.Ldc_I4_M1 => -1,
        >= Code.Ldc_I4_0 and <= Code.Ldc_I4_8 => instruction.OpCode.Code - Code.Ldc_I4_0,
        _ => null,
    };
}
