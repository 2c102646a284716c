// Operations on Vector128<T> and Vector256<T>. What is not here is compiled from CoreLib's own software bodies, which are
// right for every T but slow: so only speed depends on this table.

using System;
using System.Globalization;
using System.Linq;
using Pride.Compiler.Import;
using Pride.Compiler.Metadata;

namespace Pride.Compiler.Intrinsics;

internal sealed partial class IntrinsicTable
{
    private void AddVectors()
    {
        if (!_world.Llvm.HasVectors)
        {
            return;
        }

        foreach (string type in new[] { VectorShape.Static128, VectorShape.Static256 })
        {
            AddVectorArithmetic(type);
            AddVectorComparisons(type);
            AddVectorMemory(type);
            AddVectorElements(type);
        }

        foreach (string type in new[] { VectorShape.Generic128, VectorShape.Generic256 })
        {
            AddVectorOperators(type);
        }
    }

    private void AddVectorArithmetic(string type)
    {
        Add(type, "Add", static c => VectorBinary(c, "add", "fadd"));
        Add(type, "Subtract", static c => VectorBinary(c, "sub", "fsub"));
        Add(type, "Multiply", static c => VectorBinary(c, "mul", "fmul"));
        Add(type, "Divide", static c => VectorBinary(c, null, "fdiv"));
        Add(type, "BitwiseAnd", static c => VectorBits(c, "and"));
        Add(type, "BitwiseOr", static c => VectorBits(c, "or"));
        Add(type, "Xor", static c => VectorBits(c, "xor"));
        Add(type, "AndNot", static c => VectorAndNot(c));
        Add(type, "OnesComplement", static c => VectorNot(c));
        Add(type, "Negate", static c => VectorNegate(c));
        Add(type, "Min", static c => VectorMinimum(c, "min"));
        Add(type, "Max", static c => VectorMinimum(c, "max"));
        Add(type, "ShiftLeft", static c => VectorShift(c, "shl"));
        Add(type, "ShiftRightLogical", static c => VectorShift(c, "lshr"));
        Add(type, "ShiftRightArithmetic", static c => VectorShift(c, "ashr"));
        Add(type, "ConditionalSelect", static c => VectorSelect(c));
        Add(type, "Sum", static c => VectorSum(c));
    }

    private void AddVectorOperators(string type)
    {
        Add(type, "op_Addition", static c => VectorBinary(c, "add", "fadd"));
        Add(type, "op_Subtraction", static c => VectorBinary(c, "sub", "fsub"));
        Add(type, "op_Multiply", static c => VectorBinary(c, "mul", "fmul"));
        Add(type, "op_Division", static c => VectorBinary(c, null, "fdiv"));
        Add(type, "op_BitwiseAnd", static c => VectorBits(c, "and"));
        Add(type, "op_BitwiseOr", static c => VectorBits(c, "or"));
        Add(type, "op_ExclusiveOr", static c => VectorBits(c, "xor"));
        Add(type, "op_OnesComplement", static c => VectorNot(c));
        Add(type, "op_UnaryNegation", static c => VectorNegate(c));
        Add(type, "op_LeftShift", static c => VectorShift(c, "shl"));
        Add(type, "op_UnsignedRightShift", static c => VectorShift(c, "lshr"));
        Add(type, "op_Equality", static c => VectorTest(c, "eq", "oeq", all: true));
        Add(type, "get_Zero", static c => VectorConstant(c, "zeroinitializer"));
        Add(type, "get_AllBitsSet", static c => VectorConstant(c, "splat (i8 -1)"));
    }

    private void AddVectorComparisons(string type)
    {
        (string Name, string Relation, string Float)[] relations =
        [
            ("Equals", "eq", "oeq"), ("GreaterThan", "gt", "ogt"), ("GreaterThanOrEqual", "ge", "oge"), ("LessThan", "lt", "olt"), ("LessThanOrEqual", "le", "ole"),
        ];
        foreach ((string name, string relation, string onFloats) in relations)
        {
            Add(type, name, c => VectorCompare(c, relation, onFloats));
            Add(type, name + "All", c => VectorTest(c, relation, onFloats, all: true));
            Add(type, name + "Any", c => VectorTest(c, relation, onFloats, all: false));
        }

        Add(type, "ExtractMostSignificantBits", static c => VectorSigns(c));
    }

    private void AddVectorMemory(string type)
    {
        Add(type, "Load", static c => VectorLoad(c));
        Add(type, "LoadUnsafe", static c => VectorLoad(c));
        Add(type, "Store", static c => VectorStore(c));
        Add(type, "StoreUnsafe", static c => VectorStore(c));
    }

    private void AddVectorElements(string type)
    {
        foreach (string name in new[] { "As", "AsByte", "AsSByte", "AsInt16", "AsUInt16", "AsInt32", "AsUInt32", "AsInt64", "AsUInt64", "AsSingle", "AsDouble", "AsNInt", "AsNUInt" })
        {
            Add(type, name, static c => VectorReinterpret(c));
        }

        Add(type, "Create", static c => VectorCreate(c));
        Add(type, "ToScalar", static c => VectorFirst(c));
        Add(type, "GetLower", static c => VectorHalf(c, upper: false));
        Add(type, "GetUpper", static c => VectorHalf(c, upper: true));
        Add(type, "WidenLower", static c => VectorWiden(c, upper: false));
        Add(type, "WidenUpper", static c => VectorWiden(c, upper: true));
        Add(type, "Narrow", static c => VectorNarrow(c));
    }

    /// <summary>The argument as a vector of T.</summary>
    private static string Vector(IntrinsicCall call, int index, VectorShape shape, string? llvm = null)
    {
        string bytes = call.Coerce(index, shape.Storage);
        llvm ??= shape.Llvm;
        return llvm == shape.Storage ? bytes : call.Out.Let($"bitcast {shape.Storage} {bytes} to {llvm}");
    }

    private static bool DoneVector(IntrinsicCall call, VectorShape shape, string llvm, string operand)
    {
        string bytes = llvm == shape.Storage ? operand : call.Out.Let($"bitcast {llvm} {operand} to {shape.Storage}");
        return Done(call, new StackValue(call.Method.ReturnType, shape.Storage, bytes));
    }

    /// <summary>The shape of the first argument, when every argument has it.</summary>
    private static VectorShape? SameShape(IntrinsicCall call) =>
        call.Method.Parameters.Length > 0 && call.Method.Parameters.All(p => p == call.Method.Parameters[0]) ? VectorShape.Of(call.Method.Parameters[0]) : null;

    private static bool VectorBinary(IntrinsicCall call, string? onIntegers, string onFloats)
    {
        if (SameShape(call) is not { } shape || (shape.IsFloat ? onFloats : onIntegers) is not { } operation)
        {
            return false;
        }

        return DoneVector(call, shape, shape.Llvm, call.Out.Let($"{operation} {shape.Llvm} {Vector(call, 0, shape)}, {Vector(call, 1, shape)}"));
    }

    private static bool VectorBits(IntrinsicCall call, string operation) =>
        SameShape(call) is { } shape
        && DoneVector(call, shape, shape.Storage, call.Out.Let($"{operation} {shape.Storage} {call.Coerce(0, shape.Storage)}, {call.Coerce(1, shape.Storage)}"));

    private static string Complement(IntrinsicCall call, VectorShape shape, int index) =>
        call.Out.Let($"xor {shape.Storage} {call.Coerce(index, shape.Storage)}, splat (i8 -1)");

    private static bool VectorAndNot(IntrinsicCall call) =>
        SameShape(call) is { } shape
        && DoneVector(call, shape, shape.Storage, call.Out.Let($"and {shape.Storage} {call.Coerce(0, shape.Storage)}, {Complement(call, shape, 1)}"));

    private static bool VectorNot(IntrinsicCall call) => SameShape(call) is { } shape && DoneVector(call, shape, shape.Storage, Complement(call, shape, 0));

    private static bool VectorNegate(IntrinsicCall call)
    {
        if (SameShape(call) is not { } shape)
        {
            return false;
        }

        string value = Vector(call, 0, shape);
        return DoneVector(call, shape, shape.Llvm, call.Out.Let(shape.IsFloat ? $"fneg {shape.Llvm} {value}" : $"sub {shape.Llvm} zeroinitializer, {value}"));
    }

    // Floats have rules of their own about NaN and the sign of zero.
    private static bool VectorMinimum(IntrinsicCall call, string which)
    {
        if (SameShape(call) is not { IsFloat: false } shape)
        {
            return false;
        }

        string name = string.Create(CultureInfo.InvariantCulture, $"@llvm.{(shape.Element.IsSigned ? "s" : "u")}{which}.v{shape.Count}i{8 * shape.ElementBytes}");
        return DoneVector(
            call, shape, shape.Llvm, call.Out.Let($"call {shape.Llvm} {name}({shape.Llvm} {Vector(call, 0, shape)}, {shape.Llvm} {Vector(call, 1, shape)})"));
    }

    private static bool VectorShift(IntrinsicCall call, string operation)
    {
        if (VectorShape.Of(call.Method.Parameters[0]) is not { IsFloat: false } shape || call.Method.Parameters is not [_, { Kind: TypeKind.Int32 }])
        {
            return false;
        }

        string count = call.Out.Let($"and i32 {call.Coerce(1, "i32")}, {(8 * shape.ElementBytes) - 1}");
        string element = shape.ElementLlvm;
        string scalar = element == "i32" ? count : call.Out.Let($"{(shape.ElementBytes < 4 ? "trunc" : "zext")} i32 {count} to {element}");
        return DoneVector(call, shape, shape.Llvm, call.Out.Let($"{operation} {shape.Llvm} {Vector(call, 0, shape)}, {Broadcast(call, shape, scalar)}"));
    }

    private static string Broadcast(IntrinsicCall call, VectorShape shape, string scalar)
    {
        string first = call.Out.Let($"insertelement {shape.Llvm} poison, {shape.ElementLlvm} {scalar}, i64 0");
        return call.Out.Let($"shufflevector {shape.Llvm} {first}, {shape.Llvm} poison, <{shape.Count} x i32> zeroinitializer");
    }

    private static bool VectorSelect(IntrinsicCall call)
    {
        if (SameShape(call) is not { } shape)
        {
            return false;
        }

        string taken = call.Out.Let($"and {shape.Storage} {call.Coerce(1, shape.Storage)}, {call.Coerce(0, shape.Storage)}");
        string other = call.Out.Let($"and {shape.Storage} {call.Coerce(2, shape.Storage)}, {Complement(call, shape, 0)}");
        return DoneVector(call, shape, shape.Storage, call.Out.Let($"or {shape.Storage} {taken}, {other}"));
    }

    private static bool VectorSum(IntrinsicCall call)
    {
        if (SameShape(call) is not { IsFloat: false } shape)
        {
            return false;
        }

        string name = string.Create(CultureInfo.InvariantCulture, $"@llvm.vector.reduce.add.v{shape.Count}i{8 * shape.ElementBytes}");
        return Done(call, call.Importer.Widen(shape.Element, call.Out.Let($"call {shape.ElementLlvm} {name}({shape.Llvm} {Vector(call, 0, shape)})")));
    }

    private static bool VectorConstant(IntrinsicCall call, string value) =>
        VectorShape.Of(call.Method.Owner) is { } shape && Done(call, new StackValue(call.Method.ReturnType, shape.Storage, value));

    private static string Mask(IntrinsicCall call, VectorShape shape, string relation, string onFloats)
    {
        string sign = relation == "eq" ? "" : shape.Element.IsSigned ? "s" : "u";
        string comparison = shape.IsFloat ? $"fcmp {onFloats}" : $"icmp {sign}{relation}";
        return call.Out.Let($"{comparison} {shape.Llvm} {Vector(call, 0, shape)}, {Vector(call, 1, shape)}");
    }

    private static bool VectorCompare(IntrinsicCall call, string relation, string onFloats)
    {
        if (SameShape(call) is not { } shape || call.Method.Parameters.Length != 2)
        {
            return false;
        }

        string mask = Mask(call, shape, relation, onFloats);
        return DoneVector(call, shape, shape.IntegerLlvm, call.Out.Let($"sext {shape.MaskLlvm} {mask} to {shape.IntegerLlvm}"));
    }

    private static bool VectorTest(IntrinsicCall call, string relation, string onFloats, bool all)
    {
        if (SameShape(call) is not { } shape || call.Method.Parameters.Length != 2)
        {
            return false;
        }

        string bits = $"i{shape.Count}";
        string set = call.Out.Let($"bitcast {shape.MaskLlvm} {Mask(call, shape, relation, onFloats)} to {bits}");
        return Done(call, call.Importer.FromBit(call.Out.Let(all ? $"icmp eq {bits} {set}, -1" : $"icmp ne {bits} {set}, 0")));
    }

    private static bool VectorSigns(IntrinsicCall call)
    {
        if (SameShape(call) is not { } shape)
        {
            return false;
        }

        string bits = $"i{shape.Count}";
        string mask = call.Out.Let($"icmp slt {shape.IntegerLlvm} {Vector(call, 0, shape, shape.IntegerLlvm)}, zeroinitializer");
        string set = call.Out.Let($"bitcast {shape.MaskLlvm} {mask} to {bits}");
        string wide = bits == "i32" ? set : call.Out.Let($"zext {bits} {set} to i32");
        return Done(call, new StackValue(call.Method.ReturnType, "i32", wide));
    }

    private static string ElementAddress(IntrinsicCall call, VectorShape shape, int address, int offset)
    {
        if (call.Arguments.Length <= offset)
        {
            return call.Pointer(address);
        }

        string bytes = call.Out.Let($"mul i64 {call.Coerce(offset, "i64")}, {shape.ElementBytes}");
        return call.Out.Let($"getelementptr i8, ptr {call.Pointer(address)}, i64 {bytes}");
    }

    private static bool VectorLoad(IntrinsicCall call) =>
        VectorShape.Of(call.Method.ReturnType) is { } shape
        && Done(call, new StackValue(call.Method.ReturnType, shape.Storage, call.Out.Let($"load {shape.Storage}, ptr {ElementAddress(call, shape, 0, 1)}, align 1")));

    private static bool VectorStore(IntrinsicCall call)
    {
        if (VectorShape.Of(call.Method.Parameters[0]) is not { } shape)
        {
            return false;
        }

        call.Out.Do($"store {shape.Storage} {call.Coerce(0, shape.Storage)}, ptr {ElementAddress(call, shape, 1, 2)}, align 1");
        return true;
    }

    private static bool VectorReinterpret(IntrinsicCall call) =>
        VectorShape.Of(call.Method.Parameters[0]) is { } from && VectorShape.Of(call.Method.ReturnType) is { } to && from.Bytes == to.Bytes
        && DoneVector(call, to, to.Storage, call.Coerce(0, to.Storage));

    private static bool VectorCreate(IntrinsicCall call)
    {
        TypeDesc[] parameters = call.Method.Parameters;
        if (VectorShape.Of(call.Method.ReturnType) is not { } shape || !parameters.All(p => p == shape.Element))
        {
            return false;
        }

        if (parameters.Length == 1)
        {
            return DoneVector(call, shape, shape.Llvm, Broadcast(call, shape, call.Coerce(0, shape.ElementLlvm)));
        }

        if (parameters.Length != shape.Count)
        {
            return false;
        }

        string vector = "poison";
        for (int i = 0; i < shape.Count; i++)
        {
            vector = call.Out.Let($"insertelement {shape.Llvm} {vector}, {shape.ElementLlvm} {call.Coerce(i, shape.ElementLlvm)}, i64 {i}");
        }

        return DoneVector(call, shape, shape.Llvm, vector);
    }

    private static bool VectorFirst(IntrinsicCall call) =>
        VectorShape.Of(call.Method.Parameters[0]) is { } shape
        && Done(call, call.Importer.Widen(shape.Element, call.Out.Let($"extractelement {shape.Llvm} {Vector(call, 0, shape)}, i64 0")));

    private static bool VectorHalf(IntrinsicCall call, bool upper) =>
        VectorShape.Of(call.Method.Parameters[0]) is { Bytes: 32 } whole && VectorShape.Of(call.Method.ReturnType) is { } half
        && DoneVector(call, half, half.Storage, Half(call, whole.Storage, call.Coerce(0, whole.Storage), half.Bytes, upper));

    private static string Half(IntrinsicCall call, string llvm, string vector, int count, bool upper)
    {
        string elements = string.Join(", ", Enumerable.Range(upper ? count : 0, count).Select(i => $"i32 {i}"));
        return call.Out.Let($"shufflevector {llvm} {vector}, {llvm} poison, <{count} x i32> <{elements}>");
    }

    private static bool VectorWiden(IntrinsicCall call, bool upper)
    {
        if (SameShape(call) is not { IsFloat: false } shape || VectorShape.Of(call.Method.ReturnType) is not { } wide || wide.Bytes != shape.Bytes)
        {
            return false;
        }

        string half = VectorShape.Text(wide.Count, shape.ElementLlvm);
        string narrow = Half(call, shape.Llvm, Vector(call, 0, shape), wide.Count, upper);
        return DoneVector(call, wide, wide.Llvm, call.Out.Let($"{(shape.Element.IsSigned ? "sext" : "zext")} {half} {narrow} to {wide.Llvm}"));
    }

    private static bool VectorNarrow(IntrinsicCall call)
    {
        if (SameShape(call) is not { IsFloat: false } shape || call.Method.Parameters.Length != 2
            || VectorShape.Of(call.Method.ReturnType) is not { } narrow || narrow.Bytes != shape.Bytes)
        {
            return false;
        }

        string half = VectorShape.Text(shape.Count, narrow.ElementLlvm);
        string lower = call.Out.Let($"trunc {shape.Llvm} {Vector(call, 0, shape)} to {half}");
        string upper = call.Out.Let($"trunc {shape.Llvm} {Vector(call, 1, shape)} to {half}");
        string elements = string.Join(", ", Enumerable.Range(0, narrow.Count).Select(i => $"i32 {i}"));
        return DoneVector(call, narrow, narrow.Llvm, call.Out.Let($"shufflevector {half} {lower}, {half} {upper}, <{narrow.Count} x i32> <{elements}>"));
    }
}
