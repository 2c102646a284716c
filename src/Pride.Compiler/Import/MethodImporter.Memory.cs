// Indirect loads and stores, fields, block operations and stack allocation.

using System.Linq;
using Mono.Cecil.Cil;
using Pride.Compiler.Metadata;
using Pride.Compiler.Reachability;

namespace Pride.Compiler.Import;

internal sealed partial class MethodImporter
{
    private bool ImportMemory(Instruction instruction)
    {
        if (IndirectType(instruction) is { } indirect)
        {
            if (instruction.OpCode.Name.StartsWith("ld", System.StringComparison.Ordinal))
            {
                Push(Load(Pointer(Pop()), indirect, _unaligned, _isVolatile));
            }
            else
            {
                StackValue value = Pop();
                Store(Pointer(Pop()), indirect, value, _unaligned, _isVolatile);
            }

            return true;
        }

        switch (instruction.OpCode.Code)
        {
            case Code.Ldfld:
                Push(LoadField(Pop(), FieldOperand(instruction)));
                return true;
            case Code.Ldflda:
                LoadFieldAddress(FieldOperand(instruction));
                return true;
            case Code.Stfld:
                StackValue stored = Pop();
                StoreField(Pop(), FieldOperand(instruction), stored);
                return true;
            case Code.Ldsfld:
                LoadStatic(FieldOperand(instruction));
                return true;
            case Code.Ldsflda:
                FieldDesc field = FieldOperand(instruction);
                Push(Address(Types.ByRefOf(field.Type), StaticAddress(field)));
                return true;
            case Code.Stsfld:
                FieldDesc target = FieldOperand(instruction);
                Store(StaticAddress(target), target.Type, Pop(), 0, _isVolatile);
                return true;
            case Code.Initobj:
                ClearMemory(Pointer(Pop()), TypeOperand(instruction));
                return true;
            case Code.Cpobj:
                StackValue source = Pop();
                Store(Pointer(Pop()), TypeOperand(instruction), Load(Pointer(source), TypeOperand(instruction)));
                return true;
            case Code.Cpblk or Code.Initblk:
                BlockOperation(instruction.OpCode.Code == Code.Cpblk);
                return true;
            case Code.Localloc:
                StackAllocate();
                return true;
            default:
                return false;
        }
    }

    private TypeDesc? IndirectType(Instruction instruction) => instruction.OpCode.Code switch
    {
        // What the reference's type says is more than what the instruction says.
        Code.Ldind_Ref when _stack[^1].Type is { Kind: TypeKind.ByRef, Element: { IsReference: true } element } => element,
        Code.Ldobj or Code.Stobj => TypeOperand(instruction),
        Code code => Types.AccessedBy(code),
    };

    private int FieldAlignment(FieldDesc field)
    {
        if (_unaligned != 0)
        {
            return _unaligned;
        }

        int alignment = System.Math.Min(field.Type.VariableAlignment, field.Owner.Layout.Alignment);
        while (field.Offset % alignment != 0)
        {
            alignment /= 2;
        }

        return alignment;
    }

    private StackValue LoadField(StackValue from, FieldDesc field)
    {
        if (field.IsStatic)
        {
            return Load(StaticAddress(field), field.Type);
        }

        string address;
        if (from.Type.IsStruct)
        {
            address = Spill(from);
        }
        else
        {
            CheckNull(from, field.Offset);
            address = Pointer(from);
        }

        return Load(Offset(address, field.Offset), field.Type, FieldAlignment(field), _isVolatile);
    }

    private void LoadFieldAddress(FieldDesc field)
    {
        StackValue from = Pop();
        if (field.IsStatic)
        {
            Push(Address(Types.ByRefOf(field.Type), StaticAddress(field)));
            return;
        }

        CheckNull(from, field.Offset);
        Push(Address(Types.ByRefOf(field.Type), Offset(Pointer(from), field.Offset)));
    }

    private void StoreField(StackValue to, FieldDesc field, StackValue value)
    {
        if (field.IsStatic)
        {
            Store(StaticAddress(field), field.Type, value, 0, _isVolatile);
            return;
        }

        CheckNull(to, field.Offset);
        Store(Offset(Pointer(to), field.Offset), field.Type, value, FieldAlignment(field), _isVolatile);
    }

    private void LoadStatic(FieldDesc field)
    {
        if (field.Owner == Types.String && field.Name == "Empty")
        {
            // The one static field of CoreLib that CoreCLR itself fills.
            Push(new StackValue(Types.String, "ptr", _world.Data.StringLiteral("", _function)) { IsNotNull = true, IsExact = true });
            return;
        }

        TriggerStaticConstructor(field.Owner, isMethod: false);
        if (_world.Statics.KnownConstant(field, _function) is { } known)
        {
            Push(field.Type.VariableSize == 8 ? new StackValue(field.Type, "i64", Text(known)) { Constant = known } : Int32(known));
            return;
        }

        Push(Load(StaticAddress(field), field.Type, 0, _isVolatile));
    }

    /// <summary>The address of a static field; its static constructor has run (or runs now).</summary>
    public string StaticAddress(FieldDesc field)
    {
        TriggerStaticConstructor(field.Owner, isMethod: false);
        return _world.Data.StaticField(field, _function);
    }

    private void BlockOperation(bool isCopy)
    {
        string size = UnsignedCoerce(Pop(), "i64");
        StackValue second = Pop();
        string to = Pointer(Pop());
        _out.Do(isCopy
            ? $"call void @llvm.memmove.p0.p0.i64(ptr {to}, ptr {Pointer(second)}, i64 {size}, i1 false)"
            : $"call void @llvm.memset.p0.i64(ptr {to}, i8 {Coerce(second, "i8")}, i64 {size}, i1 false)");
    }

    // A constant size is an ordinary local; a variable one moves the stack pointer.
    private void StackAllocate()
    {
        StackValue size = Pop();
        string address;
        string count;
        if (size.Integer is { } known)
        {
            count = Text(known);
            address = _out.Alloca($"[{known} x i8]", 16);
        }
        else
        {
            count = UnsignedCoerce(size, "i64");
            address = _out.Let($"alloca i8, i64 {count}, align 16");
        }

        if (_body.InitLocals)
        {
            _out.Do($"call void @llvm.memset.p0.i64(ptr align 16 {address}, i8 0, i64 {count}, i1 false)");
        }

        Push(Address(Types.PointerTo(Types.Byte), address));
    }

    /// <summary>Runs (or has run at compile time) the static constructor that an access to a static member of <paramref name="type"/> needs.</summary>
    public void TriggerStaticConstructor(TypeDesc type, bool isMethod)
    {
        if (_world.Statics.TriggerFor(type, isMethod, _function) is not { } trigger || (trigger.Type == _method.Owner && _method.Name == ".cctor"))
        {
            return;
        }

        if (_world.Request.OptimizesForSize || _out.IsTerminated)
        {
            CallFunction(trigger, []);
            return;
        }

        // Nearly always it has run: one byte tells, and neither a call nor a test for its exception is on that way.
        string first = _out.NewName("s");
        string next = _out.NewName("s");
        _out.Terminate($"br i1 {_world.Statics.HasRunFlag(trigger, _out)}, label %{next}, label %{first}, !prof !0");
        _out.Begin(first);
        CallFunction(trigger, []);
        _out.Branch(next);
        _out.Begin(next);
    }

    public bool IsInside(params string[] typeNames) => typeNames.Any(_method.Owner.HasName);
}
