// One activation of a method in the compile-time interpreter: variables, evaluation stack, control flow.

using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Pride.Compiler.Emit;
using Pride.Compiler.Metadata;

namespace Pride.Compiler.StaticConstructors;

/// <summary>The activation; the other parts of this class are the opcode classes.</summary>
internal sealed partial class Frame
{
    private readonly Interpreter _interpreter;
    private readonly MethodDesc _method;
    private readonly MethodBody _body;
    private readonly Stack<InterpretedValue> _stack = [];
    private readonly Variable[] _arguments;
    private readonly Variable[] _locals;
    private readonly Queue<Instruction> _finallys = [];
    private Instruction? _leaveTarget;
    private TypeDesc? _constrained;

    private readonly record struct Variable(TypeDesc Type, Blob Memory);

    public Frame(Interpreter interpreter, MethodDesc method, InterpretedValue[] arguments)
    {
        _interpreter = interpreter;
        _method = method;
        _body = method.Definition.Body;
        TypeDesc[] types = method.IsStatic ? method.Parameters : [method.ThisType, .. method.Parameters];
        _arguments = [.. types.Select(NewVariable)];
        _locals = [.. _body.Variables.Select(v => NewVariable(Types.Resolve(v.VariableType, method.Context)))];
        for (int i = 0; i < arguments.Length; i++)
        {
            Store(_arguments[i].Memory, 0, types[i], arguments[i]);
        }
    }

    private Metadata.TypeSystem Types => _interpreter.Types;

    /// <summary>Runs to the return; the result is null for void methods.</summary>
    public InterpretedValue? Run()
    {
        Instruction? instruction = _body.Instructions[0];
        while (instruction != null)
        {
            _interpreter.Step();
            if (instruction.OpCode.Code == Code.Ret)
            {
                return _method.ReturnType == Types.Void ? null : Pop();
            }

            instruction = Execute(instruction);
        }

        throw new NotPureException($"runs past the end of {_method.Display}");
    }

    /// <summary>Executes one instruction and returns the next.</summary>
    private Instruction? Execute(Instruction instruction)
    {
        if (TryBranch(instruction, out Instruction? target))
        {
            return target;
        }

        bool done = TryVariables(instruction) || TryConstant(instruction) || TryArithmetic(instruction.OpCode.Code)
            || TryConvert(instruction.OpCode.Code) || TryMemory(instruction) || TryArray(instruction) || TryObject(instruction)
            || TryCall(instruction);
        return done ? instruction.Next : throw new NotPureException($"uses {instruction.OpCode.Name}");
    }

    private Variable NewVariable(TypeDesc type) =>
        new(type, _interpreter.NewVariable(type.IsReference ? Target.PointerSize : type.VariableSize, 8));

    private void Push(InterpretedValue value) => _stack.Push(value);

    private InterpretedValue Pop() => _stack.Pop();

    private long PopInteger()
    {
        InterpretedValue value = Pop();
        return value.IsInteger ? value.Integer : throw new NotPureException("computes with an address");
    }

    private TypeDesc TypeOperand(Instruction instruction) => Types.Resolve((TypeReference)instruction.Operand, _method.Context);

    private FieldDesc FieldOperand(Instruction instruction) => Types.Resolve((FieldReference)instruction.Operand, _method.Context);

    private void Store(Blob blob, int offset, TypeDesc type, InterpretedValue value) =>
        InterpretedMemory.Store(blob, offset, type, value, t => _interpreter.World.Data.RuntimeType(t, _interpreter.Cause));

    private bool TryVariables(Instruction instruction)
    {
        Code code = instruction.OpCode.Code;
        switch (code)
        {
            case Code.Ldarg_0 or Code.Ldarg_1 or Code.Ldarg_2 or Code.Ldarg_3:
                Load(_arguments[code - Code.Ldarg_0]);
                return true;
            case Code.Ldarg or Code.Ldarg_S:
                Load(_arguments[ArgumentIndex(instruction)]);
                return true;
            case Code.Ldarga or Code.Ldarga_S:
                Push(InterpretedValue.To(_arguments[ArgumentIndex(instruction)].Memory));
                return true;
            case Code.Starg or Code.Starg_S:
                Variable argument = _arguments[ArgumentIndex(instruction)];
                Store(argument.Memory, 0, argument.Type, Pop());
                return true;
            case Code.Ldloc_0 or Code.Ldloc_1 or Code.Ldloc_2 or Code.Ldloc_3:
                Load(_locals[code - Code.Ldloc_0]);
                return true;
            case Code.Ldloc or Code.Ldloc_S:
                Load(_locals[((VariableDefinition)instruction.Operand).Index]);
                return true;
            case Code.Ldloca or Code.Ldloca_S:
                Push(InterpretedValue.To(_locals[((VariableDefinition)instruction.Operand).Index].Memory));
                return true;
            case Code.Stloc_0 or Code.Stloc_1 or Code.Stloc_2 or Code.Stloc_3:
                Variable numbered = _locals[code - Code.Stloc_0];
                Store(numbered.Memory, 0, numbered.Type, Pop());
                return true;
            case Code.Stloc or Code.Stloc_S:
                Variable local = _locals[((VariableDefinition)instruction.Operand).Index];
                Store(local.Memory, 0, local.Type, Pop());
                return true;
            default:
                return false;
        }
    }

    private void Load(Variable variable) => Push(InterpretedMemory.Load(variable.Memory, 0, variable.Type));

    private int ArgumentIndex(Instruction instruction) =>
        ((ParameterDefinition)instruction.Operand).Index + (_method.IsStatic ? 0 : 1);

    private bool TryConstant(Instruction instruction)
    {
        Code code = instruction.OpCode.Code;
        switch (code)
        {
            case >= Code.Ldc_I4_M1 and <= Code.Ldc_I4_8:
                Push(InterpretedValue.FromInt32(code - Code.Ldc_I4_0));
                return true;
            case Code.Ldc_I4_S:
                Push(InterpretedValue.FromInt32((sbyte)instruction.Operand));
                return true;
            case Code.Ldc_I4:
                Push(InterpretedValue.FromInt32((int)instruction.Operand));
                return true;
            case Code.Ldc_I8:
                Push(InterpretedValue.FromInt64((long)instruction.Operand));
                return true;
            case Code.Ldc_R4:
                Push(InterpretedValue.FromFloat((float)instruction.Operand));
                return true;
            case Code.Ldc_R8:
                Push(InterpretedValue.FromFloat((double)instruction.Operand));
                return true;
            case Code.Ldnull:
                Push(InterpretedValue.Null);
                return true;
            case Code.Ldstr:
                Push(_interpreter.StringLiteral((string)instruction.Operand));
                return true;
            case Code.Ldtoken:
                Push(Token(instruction));
                return true;
            case Code.Dup:
                Push(_stack.Peek());
                return true;
            case Code.Pop:
                Pop();
                return true;
            case Code.Nop or Code.Readonly or Code.Volatile or Code.Unaligned or Code.Tail:
                return true;
            default:
                return false;
        }
    }

    private InterpretedValue Token(Instruction instruction) => instruction.Operand switch
    {
        TypeReference => InterpretedValue.OfType(TypeOperand(instruction)),
        FieldReference => InterpretedValue.OfField(FieldOperand(instruction)),
        _ => throw new NotPureException("uses a method handle"),
    };

    private bool TryBranch(Instruction instruction, out Instruction? target)
    {
        target = instruction.Next;
        switch (instruction.OpCode.Code)
        {
            case Code.Br or Code.Br_S:
                target = (Instruction)instruction.Operand;
                return true;
            case Code.Leave or Code.Leave_S:
                target = Leave(instruction);
                return true;
            case Code.Endfinally:
                target = _finallys.TryDequeue(out Instruction? next) ? next : _leaveTarget;
                return true;
            case Code.Switch:
                ulong index = (uint)PopInteger();
                Instruction[] targets = (Instruction[])instruction.Operand;
                target = index < (ulong)targets.Length ? targets[index] : instruction.Next;
                return true;
            case Code.Brtrue or Code.Brtrue_S:
                target = IsTrue(Pop()) ? (Instruction)instruction.Operand : instruction.Next;
                return true;
            case Code.Brfalse or Code.Brfalse_S:
                target = IsTrue(Pop()) ? instruction.Next : (Instruction)instruction.Operand;
                return true;
            default:
                if (ComparisonOf(instruction.OpCode.Code) is not { } comparison)
                {
                    return false;
                }

                InterpretedValue right = Pop();
                target = Compare(comparison, Pop(), right) ? (Instruction)instruction.Operand : instruction.Next;
                return true;
        }
    }

    private static bool IsTrue(InterpretedValue value) => value.Kind switch
    {
        ValueKind.Float => value.Float != 0,
        ValueKind.Int32 or ValueKind.Int64 => value.Integer != 0,
        _ => true,
    };

    // Nothing is thrown here, so a handler that matters is a finally that the jump leaves.
    private Instruction? Leave(Instruction instruction)
    {
        _stack.Clear();
        _leaveTarget = (Instruction)instruction.Operand;
        foreach (ExceptionHandler handler in _body.ExceptionHandlers)
        {
            if (handler.HandlerType == ExceptionHandlerType.Finally && IsInTry(handler, instruction) && !IsInTry(handler, _leaveTarget))
            {
                _finallys.Enqueue(handler.HandlerStart);
            }
        }

        return _finallys.TryDequeue(out Instruction? first) ? first : _leaveTarget;
    }

    private static bool IsInTry(ExceptionHandler handler, Instruction instruction) =>
        instruction.Offset >= handler.TryStart.Offset && instruction.Offset < handler.TryEnd.Offset;
}
