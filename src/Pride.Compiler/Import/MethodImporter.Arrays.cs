// Arrays: an object with a 32-bit length at offset 8 and elements at offset 16 (CoreLib's RawArrayData).

using Mono.Cecil;
using Mono.Cecil.Cil;
using Pride.Compiler.Metadata;
using Pride.Compiler.Reachability;

namespace Pride.Compiler.Import;

internal sealed partial class MethodImporter
{
    private const int ArrayLengthOffset = 8;
    private const int ArrayDataOffset = 16;

    private bool ImportArray(Instruction instruction)
    {
        switch (instruction.OpCode.Code)
        {
            case Code.Newarr:
                Push(NewArray(TypeOperand(instruction), Pop()));
                return true;
            case Code.Ldlen:
                StackValue length = ArrayLength(Pop());
                Push(new StackValue(Types.Known("System.UIntPtr"), "i64", _out.Let($"zext i32 {Use(length)} to i64")));
                return true;
            case Code.Ldelema:
                ElementAddress(TypeOperand(instruction));
                return true;
        }

        if (ElementType(instruction) is not { } element)
        {
            return false;
        }

        if (instruction.OpCode.Name.StartsWith("ld", System.StringComparison.Ordinal))
        {
            StackValue index = Pop();
            StackValue array = Pop();
            TypeDesc type = instruction.OpCode.Code == Code.Ldelem_Ref && array.Type.Kind == TypeKind.SzArray ? array.Type.Element! : element;
            Push(Load(ElementAddress(array, index, type), type));
        }
        else
        {
            StoreElement(instruction, element);
        }

        return true;
    }

    private TypeDesc? ElementType(Instruction instruction) => instruction.OpCode.Code switch
    {
        Code.Ldelem_I1 or Code.Stelem_I1 => Types.Known("System.SByte"),
        Code.Ldelem_U1 => Types.Byte,
        Code.Ldelem_I2 or Code.Stelem_I2 => Types.Known("System.Int16"),
        Code.Ldelem_U2 => Types.Known("System.UInt16"),
        Code.Ldelem_I4 or Code.Ldelem_U4 or Code.Stelem_I4 => Types.Int32,
        Code.Ldelem_I8 or Code.Stelem_I8 => Types.Int64,
        Code.Ldelem_I or Code.Stelem_I => Types.IntPtr,
        Code.Ldelem_R4 or Code.Stelem_R4 => Types.Single,
        Code.Ldelem_R8 or Code.Stelem_R8 => Types.Double,
        Code.Ldelem_Ref or Code.Stelem_Ref => Types.Object,
        Code.Ldelem_Any or Code.Stelem_Any => TypeOperand(instruction),
        _ => null,
    };

    public StackValue NewArray(TypeDesc element, StackValue length)
    {
        TypeDesc array = Types.ArrayOf(element);
        _world.Construct(array, _function);
        string table = _world.Data.MethodTable(array, _function);
        string made = _world.AllocationCall(this, array.FullName, "NewArray", $"ptr {table}", $"i64 {Coerce(length, "i64")}");
        return new StackValue(array, "ptr", made) { IsNotNull = true, IsExact = true };
    }

    // An array's length never changes, so LLVM need not read it again after a store. That holds as long as the code that makes arrays is not
    // inlined (Pride.Runtime.Allocator): nothing that reads the length then sees it written.
    public StackValue ArrayLength(StackValue array)
    {
        CheckNull(array, 0);
        return new StackValue(Types.Int32, "i32", _out.Let($"load i32, ptr {Offset(Pointer(array), ArrayLengthOffset)}, align 4, !invariant.load !2"));
    }

    private string ElementAddress(StackValue array, StackValue index, TypeDesc element)
    {
        string length = Use(ArrayLength(array));
        string position;
        if (index.Llvm == "i32")
        {
            string narrow = Use(index);
            FailIf(_out.Let($"icmp uge i32 {narrow}, {length}"), FailureReason.IndexOutOfRange);
            position = index.Integer is { } known ? Text(known) : _out.Let($"zext i32 {narrow} to i64");
        }
        else
        {
            position = Coerce(index, "i64");
            FailIf(_out.Let($"icmp uge i64 {position}, {_out.Let($"zext i32 {length} to i64")}"), FailureReason.IndexOutOfRange);
        }

        string data = Offset(Pointer(array), ArrayDataOffset);
        return _out.Let($"getelementptr inbounds [{element.VariableSize} x i8], ptr {data}, i64 {position}");
    }

    private void ElementAddress(TypeDesc element)
    {
        StackValue index = Pop();
        StackValue array = Pop();
        Push(Address(Types.ByRefOf(element), ElementAddress(array, index, element)));
    }

    private void StoreElement(Instruction instruction, TypeDesc element)
    {
        StackValue value = Pop();
        StackValue index = Pop();
        StackValue array = Pop();
        TypeDesc type = instruction.OpCode.Code == Code.Stelem_Ref && array.Type.Kind == TypeKind.SzArray ? array.Type.Element! : element;
        string address = ElementAddress(array, index, type);
        if (type.IsReference && !value.IsNull && !array.IsExact && !type.IsSealed && _world.UsesExceptions)
        {
            CallFunction(_world.RequireRuntime("Casting", "CheckArrayStore", 2, _function), [array, value]);
        }

        Store(address, type, value);
    }

    // Get, Set, Address and the constructors of multi-dimensional arrays have no IL.
    private void CallArrayMethod(MethodReference reference, TypeDesc array)
    {
        int rank = array.Rank;
        switch (reference.Name)
        {
            case ".ctor":
                Push(NewMultiArray(array, PopMany(reference.Parameters.Count)));
                break;
            case "Set":
                StackValue value = Pop();
                StackValue[] to = PopMany(rank);
                Store(MultiElement(array, Pop(), to), array.Element!, value);
                break;
            default:
                StackValue[] from = PopMany(rank);
                string address = MultiElement(array, Pop(), from);
                Push(reference.Name == "Get" ? Load(address, array.Element!) : Address(Types.ByRefOf(array.Element!), address));
                break;
        }
    }

    private StackValue NewMultiArray(TypeDesc array, StackValue[] lengths)
    {
        if (lengths.Length != array.Rank)
        {
            throw new CompilationException(CompilationError.Unsupported, $"arrays with lower bounds\n{_world.ChainTo(_function)}");
        }

        _world.Construct(array, _function);
        string list = _out.Alloca($"[{array.Rank} x i32]", 4);
        for (int i = 0; i < lengths.Length; i++)
        {
            _out.Do($"store i32 {Coerce(lengths[i], "i32")}, ptr {Offset(list, 4 * i)}");
        }

        string table = _world.Data.MethodTable(array, _function);
        string made = _world.AllocationCall(this, array.FullName, "NewMultiArray", $"ptr {table}", $"ptr {list}", $"i32 {array.Rank}");
        return new StackValue(array, "ptr", made) { IsNotNull = true, IsExact = true };
    }

    private string MultiElement(TypeDesc array, StackValue target, StackValue[] indices)
    {
        CheckNull(target, 0);
        string address = Pointer(target);
        string position = "0";
        for (int i = 0; i < indices.Length; i++)
        {
            string index = Coerce(indices[i], "i32");
            string length = _out.Let($"load i32, ptr {Offset(address, ArrayDataOffset + (4 * i))}");
            FailIf(_out.Let($"icmp uge i32 {index}, {length}"), FailureReason.IndexOutOfRange);
            string wide = _out.Let($"zext i32 {index} to i64");
            string scaled = _out.Let($"mul i64 {position}, {_out.Let($"zext i32 {length} to i64")}");
            position = _out.Let($"add i64 {scaled}, {wide}");
        }

        string data = Offset(address, ArrayDataOffset + (8 * array.Rank));
        return _out.Let($"getelementptr inbounds [{array.Element!.VariableSize} x i8], ptr {data}, i64 {position}");
    }
}
