// Objects: creation, boxing, casts.

using Mono.Cecil.Cil;
using Pride.Compiler.Emit;
using Pride.Compiler.Metadata;
using Pride.Compiler.Reachability;

namespace Pride.Compiler.Import;

internal sealed partial class MethodImporter
{
    private bool ImportObject(Instruction instruction)
    {
        switch (instruction.OpCode.Code)
        {
            case Code.Box:
                Box(TypeOperand(instruction));
                return true;
            case Code.Unbox:
                Unbox(TypeOperand(instruction));
                return true;
            case Code.Unbox_Any:
                UnboxAny(TypeOperand(instruction));
                return true;
            case Code.Isinst:
                IsInstance(TypeOperand(instruction));
                return true;
            case Code.Castclass:
                Cast(TypeOperand(instruction));
                return true;
            default:
                return false;
        }
    }

    private void Box(TypeDesc type)
    {
        if (type.IsValueType)
        {
            StackValue value = Pop();

            // The value is captured in storage type now; the box is made when (and if) it is used.
            Push(new StackValue(type, "ptr", null) { Boxed = AsType(value, type), IsExact = !type.IsNullable });
        }
    }

    /// <summary>A stack value whose type is <paramref name="type"/> (an int32 that stands for an enum, say).</summary>
    public StackValue AsType(StackValue value, TypeDesc type)
    {
        if (value.Type == type || value.InMemory)
        {
            return value;
        }

        string llvm = _world.Llvm.Stack(type);
        return new StackValue(type, llvm, Coerce(value, llvm)) { Constant = value.Integer };
    }

    private string MakeBox(TypeDesc type, StackValue value)
    {
        if (!type.IsNullable)
        {
            string box = Allocate(type);
            Store(Offset(box, Target.PointerSize), type, value);
            return box;
        }

        // A Nullable<T> boxes to null or to a box of T.
        string result = _out.Alloca("ptr", 8);
        _out.Do($"store ptr null, ptr {result}");
        string some = _out.NewName("n");
        string end = _out.NewName("n");
        string source = Spill(value);
        _out.Branch(NullableHasValue(value), some, end);
        _out.Begin(some);
        FieldDesc inner = type.InstanceFields[1];
        string innerBox = Allocate(inner.Type);
        Store(Offset(innerBox, Target.PointerSize), inner.Type, Load(Offset(source, inner.Offset), inner.Type));
        _out.Do($"store ptr {innerBox}, ptr {result}");
        _out.Branch(end);
        _out.Begin(end);
        return _out.Let($"load ptr, ptr {result}");
    }

    /// <summary>A new zeroed instance, or box, of <paramref name="type"/>.</summary>
    public string Allocate(TypeDesc type)
    {
        _world.Construct(type, _function);
        string what = type.IsValueType ? $"box of {type.FullName}" : type.FullName;
        string maker = type.HasFinalizer && _world.UsesExceptions ? "NewFinalizable" : World.ObjectMaker;
        return _world.AllocationCall(this, what, maker, $"ptr {_world.Data.MethodTable(type, _function)}");
    }

    private void Unbox(TypeDesc type)
    {
        StackValue value = Pop();
        CheckNull(value, 0);
        CheckUnbox(value, type);
        Push(Address(Types.ByRefOf(type), Offset(Pointer(value), Target.PointerSize)));
    }

    private void CheckUnbox(StackValue value, TypeDesc type)
    {
        if (value.IsExact && Assignability.IsSameWhenUnboxed(value.Type, type))
        {
            return;
        }

        if (type.IsStruct)
        {
            CheckExactBox(value, type);
            return;
        }

        // An enum's table carries the element type of its underlying type.
        string table = _out.Let($"load ptr, ptr {Pointer(value)}");
        string code = _out.Let($"load i8, ptr {Offset(table, ImageData.ElementTypeOffset)}");
        FailIf(_out.Let($"icmp ne i8 {code}, {ImageData.ElementTypeCode(type.Reduced)}"), FailureReason.InvalidCast);
    }

    private void CheckExactBox(StackValue value, TypeDesc type)
    {
        string table = _out.Let($"load ptr, ptr {Pointer(value)}");
        string fits = CallTypeTest(table, type);
        FailIf(_out.Let($"xor i1 {fits}, true"), FailureReason.InvalidCast);
    }

    private void UnboxAny(TypeDesc type)
    {
        if (!type.IsValueType)
        {
            Cast(type);
            return;
        }

        StackValue value = Pop();
        if (value.Boxed is { } boxed && Assignability.IsSameWhenUnboxed(boxed.Type, type))
        {
            Push(boxed);
            return;
        }

        if (type.IsNullable)
        {
            Push(UnboxNullable(value, type));
            return;
        }

        CheckNull(value, 0);
        CheckUnbox(value, type);
        Push(Load(Offset(Pointer(value), Target.PointerSize), type));
    }

    private StackValue UnboxNullable(StackValue value, TypeDesc type)
    {
        string result = TemporaryFor(type);
        ClearMemory(result, type);
        string some = _out.NewName("n");
        string end = _out.NewName("n");
        FieldDesc inner = type.InstanceFields[1];
        string address = Pointer(value);
        _out.Branch(_out.Let($"icmp ne ptr {address}, null"), some, end);
        _out.Begin(some);
        CheckExactBox(value, inner.Type);
        Store(Offset(result, type.InstanceFields[0].Offset), type.InstanceFields[0].Type, Int32(1));
        Store(Offset(result, inner.Offset), inner.Type, Load(Offset(address, Target.PointerSize), inner.Type));
        _out.Branch(end);
        _out.Begin(end);
        return Load(result, type);
    }

    private void IsInstance(TypeDesc type)
    {
        StackValue value = Pop();
        type = type.IsNullable ? type.Arguments[0] : type;
        if (value.IsNull)
        {
            Push(value);
            return;
        }

        if (value is { IsExact: true } or { Boxed: not null })
        {
            TypeDesc exact = value.Type.IsNullable ? value.Type.Arguments[0] : value.Type;
            Push(IsExactInstance(exact, type) ? value : Null());
            return;
        }

        if (type == Types.Object || (value.Type.IsReference && value.Type.Kind != TypeKind.Interface && value.Type.IsSubclassOf(type)))
        {
            Push(value);
            return;
        }

        string operand = Pointer(value);
        string result = _out.Alloca("ptr", 8);
        string some = _out.NewName("i");
        string end = _out.NewName("i");
        _out.Do($"store ptr null, ptr {result}");
        _out.Branch(_out.Let($"icmp ne ptr {operand}, null"), some, end);
        _out.Begin(some);
        string table = _out.Let($"load ptr, ptr {operand}");
        string kept = _out.Let($"select i1 {CallTypeTest(table, type)}, ptr {operand}, ptr null");
        _out.Do($"store ptr {kept}, ptr {result}");
        _out.Begin(end);
        Push(new StackValue(ReferenceType(type), "ptr", _out.Let($"load ptr, ptr {result}")));
    }

    private static bool IsExactInstance(TypeDesc exact, TypeDesc type) =>
        exact.IsValueType && type.IsValueType ? exact == type : Assignability.IsAssignable(exact, type);

    // A cast to a value type yields a box, which is only known to be an object.
    private TypeDesc ReferenceType(TypeDesc type) => type.IsValueType ? Types.Object : type;

    private void Cast(TypeDesc type)
    {
        StackValue value = Pop();
        type = type.IsNullable ? type.Arguments[0] : type;
        bool known = value.IsNull || type == Types.Object
            || (value.IsExact && IsExactInstance(value.Type, type))
            || (value.Type.IsReference && value.Type.Kind != TypeKind.Interface && value.Type.IsSubclassOf(type));
        if (known)
        {
            Push(value);
            return;
        }

        string operand = Pointer(value);
        string some = _out.NewName("i");
        string end = _out.NewName("i");
        _out.Branch(_out.Let($"icmp ne ptr {operand}, null"), some, end);
        _out.Begin(some);
        string table = _out.Let($"load ptr, ptr {operand}");
        FailIf(_out.Let($"xor i1 {CallTypeTest(table, type)}, true"), FailureReason.InvalidCast);
        _out.Begin(end);
        Push(new StackValue(ReferenceType(type), "ptr", operand) { IsNotNull = value.IsNotNull });
    }

    private string CallTypeTest(string table, TypeDesc type)
    {
        Function test = _world.RequireTypeTest(type, _function);
        return _out.Let($"call i1 {_world.Symbol(test)}(ptr {table})");
    }
}
