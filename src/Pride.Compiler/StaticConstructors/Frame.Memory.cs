// Fields, indirect accesses, arrays and objects in the compile-time interpreter.

using Mono.Cecil.Cil;
using Pride.Compiler.Emit;
using Pride.Compiler.Metadata;

namespace Pride.Compiler.StaticConstructors;

internal sealed partial class Frame
{
    private bool TryMemory(Instruction instruction)
    {
        if (IndirectType(instruction) is { } type)
        {
            bool isLoad = instruction.OpCode.Name.StartsWith("ld", System.StringComparison.Ordinal);
            if (isLoad)
            {
                (Blob source, int from) = _interpreter.Readable(Pop());
                Push(InterpretedMemory.Load(source, from, type));
            }
            else
            {
                InterpretedValue value = Pop();
                (Blob target, int to) = _interpreter.Writable(Pop());
                Store(target, to, type, value);
            }

            return true;
        }

        switch (instruction.OpCode.Code)
        {
            case Code.Ldfld:
                LoadField(FieldOperand(instruction));
                return true;
            case Code.Ldflda:
                FieldDesc addressed = FieldOperand(instruction);
                Push(AddOffset(Pop(), addressed.Offset));
                return true;
            case Code.Stfld:
                FieldDesc field = FieldOperand(instruction);
                InterpretedValue stored = Pop();
                (Blob blob, int offset) = _interpreter.Writable(Pop());
                Store(blob, offset + field.Offset, field.Type, stored);
                return true;
            case Code.Ldsfld:
                FieldDesc loaded = FieldOperand(instruction);
                if (loaded.Owner.HasName("System.String") && loaded.Name == "Empty")
                {
                    // CoreCLR fills it, not CoreLib.
                    Push(_interpreter.StringLiteral(""));
                    return true;
                }

                Push(loaded.Definition.RVA != 0
                    ? throw new NotPureException("reads embedded data as a whole")
                    : InterpretedMemory.Load(_interpreter.StaticField(loaded), 0, loaded.Type));
                return true;
            case Code.Ldsflda:
                FieldDesc embedded = FieldOperand(instruction);
                Push(embedded.Definition.RVA != 0 ? _interpreter.RvaData(embedded) : InterpretedValue.To(_interpreter.StaticField(embedded)));
                return true;
            case Code.Stsfld:
                FieldDesc target2 = FieldOperand(instruction);
                StoreStatic(target2, Pop());
                return true;
            case Code.Initobj:
                TypeDesc cleared = TypeOperand(instruction);
                (Blob memory, int start) = _interpreter.Writable(Pop());
                InterpretedMemory.Fill(memory, start, cleared.VariableSize, 0);
                return true;
            case Code.Localloc:
                Push(InterpretedValue.To(_interpreter.NewVariable((int)PopInteger(), 16)));
                return true;
            default:
                return false;
        }
    }

    private void StoreStatic(FieldDesc field, InterpretedValue value)
    {
        if (field.Owner != _interpreter.Owner)
        {
            throw new NotPureException($"writes {field}");
        }

        Store(_interpreter.StaticField(field), 0, field.Type, value);
    }

    private TypeDesc? IndirectType(Instruction instruction) =>
        instruction.OpCode.Code is Code.Ldobj or Code.Stobj ? TypeOperand(instruction) : Types.AccessedBy(instruction.OpCode.Code);

    private void LoadField(FieldDesc field)
    {
        InterpretedValue from = Pop();
        if (from.Kind == ValueKind.Struct)
        {
            Push(InterpretedMemory.Load(from.Struct!, field.Offset, field.Type));
            return;
        }

        (Blob blob, int offset) = _interpreter.Readable(from, field.Definition.IsInitOnly);
        Push(InterpretedMemory.Load(blob, offset + field.Offset, field.Type));
    }

    private static InterpretedValue AddOffset(InterpretedValue address, int offset)
    {
        if (address.Kind != ValueKind.Pointer)
        {
            throw new NotPureException("dereferences null");
        }

        return InterpretedValue.To(address.Pointer with { Offset = address.Pointer.Offset + offset });
    }

    private bool TryArray(Instruction instruction)
    {
        switch (instruction.OpCode.Code)
        {
            case Code.Newarr:
                Push(_interpreter.NewArray(Types.ArrayOf(TypeOperand(instruction)), PopInteger()));
                return true;
            case Code.Ldlen:
                Push(InterpretedValue.FromInt64(ArrayLength(Pop())));
                return true;
            case Code.Ldelema:
                Push(ElementAddress());
                return true;
            default:
                break;
        }

        string name = instruction.OpCode.Name;
        if (!name.StartsWith("ldelem", System.StringComparison.Ordinal) && !name.StartsWith("stelem", System.StringComparison.Ordinal))
        {
            return false;
        }

        bool isLoad = name[0] == 'l';
        InterpretedValue value = isLoad ? default : Pop();
        TypeDesc element = _interpreter.TypeOf(ArrayOnStack()).Element!;
        InterpretedValue address = ElementAddress();
        if (isLoad)
        {
            (Blob source, int from) = _interpreter.Readable(address);
            Push(InterpretedMemory.Load(source, from, element));
        }
        else
        {
            (Blob target, int to) = _interpreter.Writable(address);
            Store(target, to, element, value);
        }

        return true;
    }

    // The array lies below the index.
    private InterpretedValue ArrayOnStack()
    {
        InterpretedValue index = Pop();
        InterpretedValue array = _stack.Peek();
        Push(index);
        return array;
    }

    private long ArrayLength(InterpretedValue array)
    {
        // The length of an array never changes, whoever made it.
        (Blob blob, int offset) = _interpreter.Readable(array, isInitOnly: true);
        return InterpretedMemory.Load(blob, offset + Target.PointerSize, Types.Int32).Integer;
    }

    private InterpretedValue ElementAddress()
    {
        long index = PopInteger();
        InterpretedValue array = Pop();
        if (index < 0 || index >= ArrayLength(array))
        {
            throw new NotPureException("throws an index-out-of-range exception");
        }

        TypeDesc type = _interpreter.TypeOf(array);
        return AddOffset(array, type.Layout.Size + ((int)index * type.Element!.VariableSize));
    }

    private bool TryObject(Instruction instruction)
    {
        switch (instruction.OpCode.Code)
        {
            case Code.Box:
                Box(TypeOperand(instruction));
                return true;
            case Code.Unbox or Code.Unbox_Any:
                Unbox(TypeOperand(instruction), instruction.OpCode.Code == Code.Unbox_Any);
                return true;
            case Code.Isinst:
                InterpretedValue tested = Pop();
                Push(IsInstance(tested, TypeOperand(instruction)) ? tested : InterpretedValue.Null);
                return true;
            case Code.Castclass:
                if (!_stack.Peek().IsNull && !IsInstance(_stack.Peek(), TypeOperand(instruction)))
                {
                    throw new NotPureException("throws an invalid-cast exception");
                }

                return true;
            case Code.Sizeof:
                TypeDesc sized = TypeOperand(instruction);
                Push(InterpretedValue.FromInt32(sized.IsReference ? Target.PointerSize : sized.VariableSize));
                return true;
            default:
                return false;
        }
    }

    private bool IsInstance(InterpretedValue value, TypeDesc type) =>
        !value.IsNull && Assignability.IsAssignable(_interpreter.TypeOf(value), type);

    private void Box(TypeDesc type)
    {
        if (!type.IsValueType)
        {
            return;
        }

        if (type.IsNullable)
        {
            throw new NotPureException("boxes a nullable value");
        }

        InterpretedValue value = Pop();
        InterpretedValue box = _interpreter.NewObject(type);
        Store(box.Pointer.Target!, Target.PointerSize, type, value);
        Push(box);
    }

    private void Unbox(TypeDesc type, bool load)
    {
        if (!type.IsValueType)
        {
            return;
        }

        InterpretedValue box = Pop();
        if (box.IsNull || !Assignability.IsSameWhenUnboxed(_interpreter.TypeOf(box), type))
        {
            throw new NotPureException("unboxes another type");
        }

        InterpretedValue address = AddOffset(box, Target.PointerSize);
        if (!load)
        {
            Push(address);
            return;
        }

        (Blob blob, int offset) = _interpreter.Readable(address);
        Push(InterpretedMemory.Load(blob, offset, type));
    }
}
