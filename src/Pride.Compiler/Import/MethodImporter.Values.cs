// Values: operands on demand, conversions between stack and storage types, loads and stores.

using System;
using System.Collections.Generic;
using System.Globalization;
using Pride.Compiler.Metadata;

namespace Pride.Compiler.Import;

internal sealed partial class MethodImporter
{
    public static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    public StackValue Int32(long value) => new(Types.Int32, "i32", Text((int)value)) { Constant = (long)(int)value };

    public StackValue Int64(long value) => new(Types.Int64, "i64", Text(value)) { Constant = value };

    public StackValue Boolean(bool value) => Int32(value ? 1 : 0);

    /// <summary>An i1 as IL's int32 truth value.</summary>
    public StackValue FromBit(string bit) => new(Types.Int32, "i32", _out.Let($"zext i1 {bit} to i32"));

    public StackValue Null() => new(Types.Object, "ptr", "null") { Constant = NullConstant.Value };

    public StackValue Value(TypeDesc type, string operand) => new(type, _world.Llvm.Stack(type), operand);

    public StackValue StringLiteral(string text) =>
        new(Types.String, "ptr", null) { Constant = text, IsNotNull = true, IsExact = true };

    /// <summary>A reference or pointer value.</summary>
    public static StackValue Address(TypeDesc type, string operand) => new(type, "ptr", operand) { IsNotNull = true };

    /// <summary>The operand of a value; makes what was kept back so far.</summary>
    public string Use(StackValue value)
    {
        if (value.Operand != null)
        {
            return value.Operand;
        }

        value.Operand = value switch
        {
            { Boxed: { } boxed } => MakeBox(value.Type, boxed),
            { Constant: TypeDesc type } when value.Type.HasName("System.Type") => _world.Data.RuntimeType(type, _function),
            { Constant: TypeDesc type } => $"{{ ptr {_world.Data.RuntimeType(type, _function)} }}",
            { Constant: string text } => _world.Data.StringLiteral(text, _function),
            { Constant: MethodDesc method } => MethodPointer(method, value.Receiver),
            { Constant: FieldDesc field } => throw new CompilationException(
                CompilationError.Unsupported, $"the token of field {field} is used as a value\n{_world.ChainTo(_function)}"),
            _ => throw new InvalidOperationException($"no operand for a {value.Type}"),
        };
        return value.Operand;
    }

    /// <summary>The operand of <paramref name="value"/> as LLVM type <paramref name="llvm"/>.</summary>
    public string Coerce(StackValue value, string llvm)
    {
        if (value.Integer is { } constant)
        {
            return CoerceConstant(constant, llvm);
        }

        string operand = Use(value);
        if (value.InMemory)
        {
            return llvm == "ptr" ? operand : _out.Let($"load {llvm}, ptr {operand}, align {value.Type.VariableAlignment}");
        }

        if (value.Llvm == llvm)
        {
            return operand;
        }

        return (value.Llvm, llvm) switch
        {
            ("ptr", "i64") => operand == "null" ? "0" : _out.Let($"ptrtoint ptr {operand} to i64"),
            ("ptr", "i32" or "i16" or "i8") => Narrow(operand == "null" ? "0" : _out.Let($"ptrtoint ptr {operand} to i64"), "i64", llvm),
            ("i64", "ptr") => _out.Let($"inttoptr i64 {operand} to ptr"),
            ("i32", "ptr") => _out.Let($"inttoptr i64 {_out.Let($"sext i32 {operand} to i64")} to ptr"),
            ("i32", "i64") => _out.Let($"sext i32 {operand} to i64"),
            ("i64", "i32" or "i16" or "i8") or ("i32", "i16" or "i8") => Narrow(operand, value.Llvm, llvm),
            ("double", "float") => _out.Let($"fptrunc double {operand} to float"),
            ("float", "double") => _out.Let($"fpext float {operand} to double"),
            _ => Reinterpret(value, operand, llvm),
        };
    }

    /// <summary>The value as an address.</summary>
    public string Pointer(StackValue value) => Coerce(value, "ptr");

    /// <summary>Reads a variable of <paramref name="type"/>; small integers are widened.</summary>
    public StackValue Load(string address, TypeDesc type, int alignment = 0, bool isVolatile = false)
    {
        int align = alignment == 0 ? type.VariableAlignment : Math.Min(alignment, type.VariableAlignment);
        if (_world.Llvm.IsInMemory(type))
        {
            string copy = TemporaryFor(type);
            CopyMemory(copy, address, type.VariableSize, align);
            return new StackValue(type, _world.Llvm.Memory(type), copy) { InMemory = true };
        }

        string storage = _world.Llvm.Storage(type);
        string loaded = isVolatile && !type.IsStruct
            ? _out.Let($"load atomic {storage}, ptr {address} acquire, align {type.VariableAlignment}")
            : _out.Let($"load {storage}, ptr {address}, align {align}");
        return Widen(type, loaded);
    }

    /// <summary>A storage value as a stack value.</summary>
    public StackValue Widen(TypeDesc type, string operand)
    {
        string storage = _world.Llvm.Storage(type);
        string stack = _world.Llvm.Stack(type);
        string widened = storage == stack ? operand : _out.Let($"{(type.IsSigned ? "sext" : "zext")} {storage} {operand} to {stack}");
        return new StackValue(type, stack, widened);
    }

    /// <summary>Writes a variable of <paramref name="type"/>.</summary>
    public void Store(string address, TypeDesc type, StackValue value, int alignment = 0, bool isVolatile = false)
    {
        int align = alignment == 0 ? type.VariableAlignment : Math.Min(alignment, type.VariableAlignment);
        if (_world.Llvm.IsInMemory(type))
        {
            CopyMemory(address, Use(value), type.VariableSize, align);
            return;
        }

        string storage = _world.Llvm.Storage(type);
        string operand = Coerce(value, storage);
        _out.Do(isVolatile && !type.IsStruct
            ? $"store atomic {storage} {operand}, ptr {address} release, align {type.VariableAlignment}"
            : $"store {storage} {operand}, ptr {address}, align {align}");
    }

    public void ClearMemory(string address, TypeDesc type)
    {
        if (_world.Llvm.IsInMemory(type))
        {
            _out.Do($"call void @llvm.memset.p0.i64(ptr align {type.VariableAlignment} {address}, i8 0, i64 {type.VariableSize}, i1 false)");
        }
        else
        {
            _out.Do($"store {_world.Llvm.Storage(type)} zeroinitializer, ptr {address}, align {type.VariableAlignment}");
        }
    }

    public void CopyMemory(string to, string from, int size, int alignment) =>
        _out.Do($"call void @llvm.memcpy.p0.p0.i64(ptr align {alignment} {to}, ptr align {alignment} {from}, i64 {size}, i1 false)");

    public string TemporaryFor(TypeDesc type) => _out.Alloca(_world.Llvm.Memory(type), type.VariableAlignment);

    /// <summary>The address of a copy of a struct value (for member access and for calls on it).</summary>
    public string Spill(StackValue value)
    {
        if (value.InMemory)
        {
            return Use(value);
        }

        string address = TemporaryFor(value.Type);
        _out.Do($"store {value.Llvm} {Use(value)}, ptr {address}, align {value.Type.VariableAlignment}");
        return address;
    }

    public string Offset(string address, int offset) =>
        offset == 0 ? address : _out.Let($"getelementptr inbounds i8, ptr {address}, i64 {Text(offset)}");

    /// <summary>The zero value of any type.</summary>
    public StackValue Zero(TypeDesc type)
    {
        if (_world.Llvm.IsInMemory(type))
        {
            string address = TemporaryFor(type);
            ClearMemory(address, type);
            return new StackValue(type, _world.Llvm.Memory(type), address) { InMemory = true };
        }

        string llvm = _world.Llvm.Stack(type);
        return llvm switch
        {
            "i32" or "i64" => new StackValue(type, llvm, "0") { Constant = 0L },
            "ptr" => type.IsReference ? Null() : new StackValue(type, "ptr", "null"),
            _ => new StackValue(type, llvm, llvm is "float" or "double" ? "0.0" : "zeroinitializer"),
        };
    }

    private static string CoerceConstant(long constant, string llvm) => llvm switch
    {
        "i64" => Text(constant),
        "i32" => Text((int)constant),
        "i16" => Text((short)constant),
        "i8" => Text((sbyte)constant),
        "i1" => constant == 0 ? "false" : "true",
        "ptr" => constant == 0 ? "null" : $"inttoptr (i64 {Text(constant)} to ptr)",
        _ => throw new InvalidOperationException($"integer constant as {llvm}"),
    };

    private string Narrow(string operand, string from, string to) => _out.Let($"trunc {from} {operand} to {to}");

    // A struct seen as another type of the same size goes through memory.
    private string Reinterpret(StackValue value, string operand, string llvm)
    {
        if (!value.Type.IsStruct && !llvm.StartsWith('{') && !llvm.StartsWith('['))
        {
            throw new InvalidOperationException($"a {value.Type} ({value.Llvm}) as {llvm}");
        }

        string address = _out.Alloca(value.Llvm, 16);
        _out.Do($"store {value.Llvm} {operand}, ptr {address}, align 16");
        return _out.Let($"load {llvm}, ptr {address}, align 16");
    }

    /// <summary>A constant of LLVM's floating-point syntax: the bits of the double.</summary>
    private static string FloatText(double value) => string.Create(CultureInfo.InvariantCulture, $"0x{BitConverter.DoubleToInt64Bits(value):X16}");

    private List<StackValue> Snapshot() => [.. _stack];
}
