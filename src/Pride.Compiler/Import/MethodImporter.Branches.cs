// Branches. A condition that is known at compile time becomes a jump, and the other side is never looked at.

using System.Linq;
using System.Text;
using Mono.Cecil.Cil;

namespace Pride.Compiler.Import;

internal sealed partial class MethodImporter
{
    private bool ImportBranch(Instruction instruction)
    {
        switch (instruction.OpCode.Code)
        {
            case Code.Br or Code.Br_S:
                Goto(_blocks.At((Instruction)instruction.Operand));
                return true;
            case Code.Brtrue or Code.Brtrue_S:
                BranchIf(Truth(Pop()), instruction, negate: false);
                return true;
            case Code.Brfalse or Code.Brfalse_S:
                BranchIf(Truth(Pop()), instruction, negate: true);
                return true;
            case Code.Switch:
                Switch((Instruction[])instruction.Operand);
                return true;
            default:
                return ImportCompareBranch(instruction);
        }
    }

    private bool ImportCompareBranch(Instruction instruction)
    {
        (Code Code, bool Negate)? comparison = instruction.OpCode.Code switch
        {
            Code.Beq or Code.Beq_S => (Code.Ceq, false),
            Code.Bne_Un or Code.Bne_Un_S => (Code.Ceq, true),
            Code.Bgt or Code.Bgt_S => (Code.Cgt, false),
            Code.Bgt_Un or Code.Bgt_Un_S => (Code.Cgt_Un, false),
            Code.Blt or Code.Blt_S => (Code.Clt, false),
            Code.Blt_Un or Code.Blt_Un_S => (Code.Clt_Un, false),

            // a <= b is not (a > b); with floats the unordered comparison has to be negated.
            Code.Ble or Code.Ble_S => (Code.Cgt, true),
            Code.Ble_Un or Code.Ble_Un_S => (Code.Cgt_Un, true),
            Code.Bge or Code.Bge_S => (Code.Clt, true),
            Code.Bge_Un or Code.Bge_Un_S => (Code.Clt_Un, true),
            _ => null,
        };
        if (comparison is not { } c)
        {
            return false;
        }

        StackValue right = Pop();
        StackValue left = Pop();
        Code code = c.Code;
        if (c.Negate && code != Code.Ceq && (left.Llvm is "float" or "double"))
        {
            code = code switch
            {
                Code.Cgt => Code.Cgt_Un,
                Code.Cgt_Un => Code.Cgt,
                Code.Clt => Code.Clt_Un,
                _ => Code.Clt,
            };
        }

        (bool? Known, string? Bit) truth = FoldComparison(code, left, right) is { } folded ? (folded, null) : (null, Compare(code, left, right));
        BranchIf(truth, instruction, c.Negate);
        return true;
    }

    private (bool? Known, string? Bit) Truth(StackValue value)
    {
        if (value.Integer is { } known)
        {
            return (known != 0, null);
        }

        if (value.IsNull)
        {
            return (false, null);
        }

        if (value.Boxed is { Type.IsNullable: true } nullable)
        {
            return (null, NullableHasValue(nullable));
        }

        if (value.Llvm == "ptr" && (value.Type.IsReference || value.Boxed != null) && IsKnownNotNull(value))
        {
            return (true, null);
        }

        string zero = value.Llvm == "ptr" ? "null" : "0";
        return (null, _out.Let($"icmp ne {value.Llvm} {Use(value)}, {zero}"));
    }

    private void BranchIf((bool? Known, string? Bit) truth, Instruction instruction, bool negate)
    {
        BasicBlock taken = _blocks.At((Instruction)instruction.Operand);
        BasicBlock next = _blocks.At(_index + 1);
        if (truth.Known is { } known)
        {
            Goto(known != negate ? taken : next);
            return;
        }

        Reach(taken);
        Reach(next);
        (BasicBlock then, BasicBlock otherwise) = negate ? (next, taken) : (taken, next);
        _out.Branch(truth.Bit!, then.Label, otherwise.Label);
    }

    private void Switch(Instruction[] targets)
    {
        StackValue value = Pop();
        BasicBlock next = _blocks.At(_index + 1);
        if (value.Integer is { } known)
        {
            Goto((uint)known < (uint)targets.Length ? _blocks.At(targets[known]) : next);
            return;
        }

        foreach (BasicBlock target in targets.Select(_blocks.At))
        {
            Reach(target);
        }

        Reach(next);
        StringBuilder text = new($"switch i32 {Coerce(value, "i32")}, label %{next.Label} [");
        for (int i = 0; i < targets.Length; i++)
        {
            text.Append(" i32 ").Append(Text(i)).Append(", label %").Append(_blocks.At(targets[i]).Label);
        }

        _out.Terminate(text.Append(" ]").ToString());
    }
}
