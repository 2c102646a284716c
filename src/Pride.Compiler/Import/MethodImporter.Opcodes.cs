// One case for each IL instruction, by class; the work is done in the other parts.

using Mono.Cecil;
using Mono.Cecil.Cil;
using Pride.Compiler.Metadata;

namespace Pride.Compiler.Import;

internal sealed partial class MethodImporter
{
    private void ImportInstruction(Instruction instruction)
    {
        bool done = ImportVariable(instruction) || ImportConstant(instruction) || ImportArithmetic(instruction)
            || ImportConversion(instruction) || ImportBranch(instruction) || ImportMemory(instruction)
            || ImportObject(instruction) || ImportArray(instruction) || ImportCallClass(instruction) || ImportException(instruction);
        if (!done)
        {
            ImportOther(instruction);
        }

        if (instruction.OpCode.OpCodeType != OpCodeType.Prefix)
        {
            _constrained = null;
            _isVolatile = false;
            _unaligned = 0;
        }
    }

    private TypeDesc TypeOperand(Instruction instruction) => Types.Resolve((TypeReference)instruction.Operand, _method.Context);

    private FieldDesc FieldOperand(Instruction instruction) => Types.Resolve((FieldReference)instruction.Operand, _method.Context);

    private void ImportOther(Instruction instruction)
    {
        switch (instruction.OpCode.Code)
        {
            case Code.Nop or Code.Break or Code.Readonly or Code.Tail or Code.No:
                break;
            case Code.Pop:
                Pop();
                break;
            case Code.Dup:
                Duplicate();
                break;
            case Code.Constrained:
                _constrained = TypeOperand(instruction);
                break;
            case Code.Volatile:
                _isVolatile = true;
                break;
            case Code.Unaligned:
                _unaligned = (byte)instruction.Operand;
                break;
            default:
                throw new CompilationException(
                    CompilationError.Unsupported, $"IL instruction {instruction.OpCode.Name}\n{_world.ChainTo(_function)}");
        }
    }

    private void Duplicate()
    {
        StackValue top = Peek();
        if (top.InMemory)
        {
            string copy = TemporaryFor(top.Type);
            CopyMemory(copy, Use(top), top.Type.VariableSize, top.Type.VariableAlignment);
            Push(new StackValue(top.Type, top.Llvm, copy) { InMemory = true });
        }
        else
        {
            Push(top);
        }
    }

    private bool ImportVariable(Instruction instruction)
    {
        switch (instruction.OpCode.Code)
        {
            case Code.Ldarg_0 or Code.Ldarg_1 or Code.Ldarg_2 or Code.Ldarg_3:
                LoadVariable(_arguments[instruction.OpCode.Code - Code.Ldarg_0]);
                return true;
            case Code.Ldarg or Code.Ldarg_S:
                LoadVariable(_arguments[ArgumentIndex((ParameterDefinition)instruction.Operand)]);
                return true;
            case Code.Ldarga or Code.Ldarga_S:
                LoadVariableAddress(_arguments[ArgumentIndex((ParameterDefinition)instruction.Operand)]);
                return true;
            case Code.Starg or Code.Starg_S:
                StoreVariable(_arguments[ArgumentIndex((ParameterDefinition)instruction.Operand)]);
                return true;
            case Code.Ldloc_0 or Code.Ldloc_1 or Code.Ldloc_2 or Code.Ldloc_3:
                LoadVariable(_locals[instruction.OpCode.Code - Code.Ldloc_0]);
                return true;
            case Code.Ldloc or Code.Ldloc_S:
                LoadVariable(_locals[((VariableDefinition)instruction.Operand).Index]);
                return true;
            case Code.Ldloca or Code.Ldloca_S:
                LoadVariableAddress(_locals[((VariableDefinition)instruction.Operand).Index]);
                return true;
            case Code.Stloc_0 or Code.Stloc_1 or Code.Stloc_2 or Code.Stloc_3:
                StoreVariable(_locals[instruction.OpCode.Code - Code.Stloc_0]);
                return true;
            case Code.Stloc or Code.Stloc_S:
                StoreVariable(_locals[((VariableDefinition)instruction.Operand).Index]);
                return true;
            default:
                return false;
        }
    }

    private void LoadVariable(Variable variable) => Push(variable.Value ?? Load(variable.Address, variable.Type));

    private void LoadVariableAddress(Variable variable) => Push(Address(Types.ByRefOf(variable.Type), variable.Address));

    private void StoreVariable(Variable variable) => Store(variable.Address, variable.Type, Pop());

    private bool ImportConstant(Instruction instruction)
    {
        switch (instruction.OpCode.Code)
        {
            case Code.Ldc_I4_M1 or Code.Ldc_I4_0 or Code.Ldc_I4_1 or Code.Ldc_I4_2 or Code.Ldc_I4_3 or Code.Ldc_I4_4
                or Code.Ldc_I4_5 or Code.Ldc_I4_6 or Code.Ldc_I4_7 or Code.Ldc_I4_8:
                Push(Int32(instruction.OpCode.Code - Code.Ldc_I4_0));
                return true;
            case Code.Ldc_I4:
                Push(Int32((int)instruction.Operand));
                return true;
            case Code.Ldc_I4_S:
                Push(Int32((sbyte)instruction.Operand));
                return true;
            case Code.Ldc_I8:
                Push(Int64((long)instruction.Operand));
                return true;
            case Code.Ldc_R4:
                Push(new StackValue(Types.Single, "float", FloatText((float)instruction.Operand)));
                return true;
            case Code.Ldc_R8:
                Push(new StackValue(Types.Double, "double", FloatText((double)instruction.Operand)));
                return true;
            case Code.Ldnull:
                Push(Null());
                return true;
            case Code.Ldstr:
                Push(StringLiteral((string)instruction.Operand));
                return true;
            case Code.Ldtoken:
                LoadToken(instruction);
                return true;
            case Code.Sizeof:
                Push(Int32(TypeOperand(instruction).VariableSize));
                return true;
            default:
                return false;
        }
    }

    private void LoadToken(Instruction instruction)
    {
        switch (instruction.Operand)
        {
            case FieldReference:
                FieldDesc field = FieldOperand(instruction);
                Push(new StackValue(Types.Known("System.RuntimeFieldHandle"), "{ ptr }", null) { Constant = field });
                break;
            case TypeReference:
                Push(new StackValue(Types.Known("System.RuntimeTypeHandle"), "{ ptr }", null) { Constant = TypeOperand(instruction) });
                break;
            default:
                throw new CompilationException(CompilationError.Unsupported, $"token of {instruction.Operand}\n{_world.ChainTo(_function)}");
        }
    }
}
