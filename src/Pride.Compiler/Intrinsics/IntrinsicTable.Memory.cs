// Unsafe, MemoryMarshal, RuntimeHelpers over fields, Buffer and SpanHelpers: what touches memory directly.

using System.Linq;
using Mono.Cecil;
using Pride.Compiler.Import;
using Pride.Compiler.Metadata;

namespace Pride.Compiler.Intrinsics;

internal sealed partial class IntrinsicTable
{
    private const string UnsafeType = "System.Runtime.CompilerServices.Unsafe";

    private void AddUnsafe()
    {
        Add(UnsafeType, "Add", static c => AddElements(c, 1));
        Add(UnsafeType, "Subtract", static c => AddElements(c, -1));
        Add(UnsafeType, "AddByteOffset", static c => AddBytes(c, 1));
        Add(UnsafeType, "SubtractByteOffset", static c => AddBytes(c, -1));
        Add(UnsafeType, "As", static c => Same(c, c.Method.ReturnType));
        Add(UnsafeType, "AsRef", static c => Same(c, c.Method.ReturnType));
        Add(UnsafeType, "AsPointer", static c => Same(c, c.Method.ReturnType));
        Add(UnsafeType, "SizeOf", static c => Done(c, c.Importer.Int32(c.T.VariableSize)));
        Add(UnsafeType, "AreSame", static c => ComparePointers(c, "eq"));
        Add(UnsafeType, "IsAddressLessThan", static c => ComparePointers(c, "ult"));
        Add(UnsafeType, "IsAddressGreaterThan", static c => ComparePointers(c, "ugt"));
        Add(UnsafeType, "IsAddressLessThanOrEqualTo", static c => ComparePointers(c, "ule"));
        Add(UnsafeType, "IsAddressGreaterThanOrEqualTo", static c => ComparePointers(c, "uge"));
        Add(UnsafeType, "IsNullRef", static c => Done(c, c.Importer.FromBit(c.Out.Let($"icmp eq ptr {c.Pointer(0)}, null"))));
        Add(UnsafeType, "NullRef", static c => Done(c, new StackValue(c.Method.ReturnType, "ptr", "null")));
        Add(UnsafeType, "SkipInit", static c => true);
        Add(UnsafeType, "Read", static c => Done(c, c.Importer.Load(c.Pointer(0), c.T)));
        Add(UnsafeType, "ReadUnaligned", static c => Done(c, c.Importer.Load(c.Pointer(0), c.T, 1)));
        Add(UnsafeType, "Write", static c => StoreTo(c, 0));
        Add(UnsafeType, "WriteUnaligned", static c => StoreTo(c, 1));
        Add(UnsafeType, "Copy", static c => Copy(c));
        Add(UnsafeType, "BitCast", static c => BitCast(c));
        Add(UnsafeType, "Unbox", static c => Done(c, MethodImporter.Address(c.Method.ReturnType, c.Importer.Offset(c.Pointer(0), Target.PointerSize))));
        Add(UnsafeType, "CopyBlock", static c => CopyBlock(c));
        Add(UnsafeType, "CopyBlockUnaligned", static c => CopyBlock(c));
        Add(UnsafeType, "InitBlock", static c => InitBlock(c));
        Add(UnsafeType, "InitBlockUnaligned", static c => InitBlock(c));
        Add(UnsafeType, "ByteOffset", static c => Done(
            c, new StackValue(c.Method.ReturnType, "i64", c.Out.Let($"sub i64 {c.Coerce(1, "i64")}, {c.Coerce(0, "i64")}"))));
    }

    private void AddMemory()
    {
        const string helpers = "System.Runtime.CompilerServices.RuntimeHelpers";
        Add(helpers, "InitializeArray", static c => InitialiseArray(c));
        Add(helpers, "CreateSpan", static c => CreateSpan(c));
        Add("System.Runtime.InteropServices.MemoryMarshal", "GetArrayDataReference", static c => ArrayData(c));
        Add("System.Buffer", "Memmove", static c => MoveElements(c));
        Add("System.Buffer", "BulkMoveWithWriteBarrier", static c => MoveBytes(c));
        Add("System.Buffer", "MemmoveInternal", static c => MoveBytes(c));
        Add("System.SpanHelpers", "Memmove", static c => MoveBytes(c));
        Add("System.SpanHelpers", "ClearWithoutReferences", static c => Clear(c, "1"));
        Add("System.SpanHelpers", "ClearWithReferences", static c => Clear(c, "8"));
        Add("System.GC", "KeepAlive", static c => KeepAlive(c));
        Add("Pride.Runtime.MemoryOperations", "Clear", static c => Clear(c, "1"));
        Add("Pride.Runtime.MemoryOperations", "Fill", static c => InitBlock(c));
        Add("Pride.Runtime.MemoryOperations", "Move", static c => MoveBytes(c));
    }

    // CoreLib's body is empty, so LLVM would drop the reference: a use that it cannot look into keeps it on the stack until here.
    private static bool KeepAlive(IntrinsicCall call)
    {
        call.Out.Do($"call void asm sideeffect \"\", \"r,~{{memory}}\"(ptr {call.Pointer(0)})");
        return true;
    }

    private static bool Done(IntrinsicCall call, StackValue? result)
    {
        call.Result = result;
        return true;
    }

    private static bool Same(IntrinsicCall call, TypeDesc type)
    {
        StackValue value = call.Arguments[0];
        if (type.IsValueType)
        {
            return false;
        }

        return Done(call, new StackValue(type, "ptr", call.Pointer(0)) { IsNotNull = value.IsNotNull });
    }

    private static bool AddElements(IntrinsicCall call, int sign)
    {
        TypeDesc returned = call.Method.ReturnType;
        int size = call.T.VariableSize * sign;
        string offset = call.Arguments[1].Integer is { } known
            ? MethodImporter.Text(known * size)
            : call.Out.Let($"mul nsw i64 {ElementOffset(call)}, {size}");
        return Done(call, MethodImporter.Address(returned, call.Out.Let($"getelementptr i8, ptr {call.Pointer(0)}, i64 {offset}")));
    }

    private static string ElementOffset(IntrinsicCall call)
    {
        bool isUnsigned = call.Method.Parameters[1].Kind == TypeKind.UInt32;
        return call.Arguments[1].Llvm == "i32" && isUnsigned ? call.Out.Let($"zext i32 {call.Coerce(1, "i32")} to i64") : call.Coerce(1, "i64");
    }

    private static bool AddBytes(IntrinsicCall call, int sign)
    {
        string offset = call.Coerce(1, "i64");
        if (sign < 0)
        {
            offset = call.Out.Let($"sub i64 0, {offset}");
        }

        return Done(call, MethodImporter.Address(call.Method.ReturnType, call.Out.Let($"getelementptr i8, ptr {call.Pointer(0)}, i64 {offset}")));
    }

    private static bool ComparePointers(IntrinsicCall call, string relation) =>
        Done(call, call.Importer.FromBit(call.Out.Let($"icmp {relation} ptr {call.Pointer(0)}, {call.Pointer(1)}")));

    private static bool StoreTo(IntrinsicCall call, int alignment)
    {
        call.Importer.Store(call.Pointer(0), call.T, call.Arguments[1], alignment);
        return true;
    }

    private static bool Copy(IntrinsicCall call)
    {
        call.Importer.Store(call.Pointer(0), call.T, call.Importer.Load(call.Pointer(1), call.T));
        return true;
    }

    private static bool BitCast(IntrinsicCall call)
    {
        TypeDesc from = call.Method.Arguments[0];
        TypeDesc to = call.Method.Arguments[1];
        if (from.VariableSize != to.VariableSize)
        {
            return false;
        }

        string memory = call.Out.Alloca($"[{from.VariableSize} x i8]", int.Max(from.VariableAlignment, to.VariableAlignment));
        call.Importer.Store(memory, from, call.Arguments[0]);
        return Done(call, call.Importer.Load(memory, to));
    }

    private static bool CopyBlock(IntrinsicCall call)
    {
        call.Out.Do($"call void @llvm.memmove.p0.p0.i64(ptr {call.Pointer(0)}, ptr {call.Pointer(1)}, i64 {Unsigned(call, 2)}, i1 false)");
        return true;
    }

    private static bool InitBlock(IntrinsicCall call)
    {
        call.Out.Do($"call void @llvm.memset.p0.i64(ptr {call.Pointer(0)}, i8 {call.Coerce(1, "i8")}, i64 {Unsigned(call, 2)}, i1 false)");
        return true;
    }

    private static string Unsigned(IntrinsicCall call, int index) =>
        call.Arguments[index] is { Llvm: "i32", Integer: null } ? call.Out.Let($"zext i32 {call.Coerce(index, "i32")} to i64") : call.Coerce(index, "i64");

    private static bool MoveElements(IntrinsicCall call)
    {
        if (call.Method.Arguments.Length == 0)
        {
            return MoveBytes(call);
        }

        string size = call.Out.Let($"mul i64 {call.Coerce(2, "i64")}, {call.T.VariableSize}");
        call.Out.Do($"call void @llvm.memmove.p0.p0.i64(ptr {call.Pointer(0)}, ptr {call.Pointer(1)}, i64 {size}, i1 false)");
        return true;
    }

    private static bool MoveBytes(IntrinsicCall call)
    {
        call.Out.Do($"call void @llvm.memmove.p0.p0.i64(ptr {call.Pointer(0)}, ptr {call.Pointer(1)}, i64 {call.Coerce(2, "i64")}, i1 false)");
        return true;
    }

    private static bool Clear(IntrinsicCall call, string unit)
    {
        string size = call.Out.Let($"mul i64 {call.Coerce(1, "i64")}, {unit}");
        call.Out.Do($"call void @llvm.memset.p0.i64(ptr {call.Pointer(0)}, i8 0, i64 {size}, i1 false)");
        return true;
    }

    private static bool InitialiseArray(IntrinsicCall call)
    {
        FieldDesc field = FieldConstant(call, 1);
        string array = call.Pointer(0);
        string data = call.Arguments[0].Type.Kind == TypeKind.MdArray
            ? call.Importer.Offset(array, 16 + (8 * call.Arguments[0].Type.Rank))
            : call.Importer.Offset(array, 16);
        call.Importer.CopyMemory(data, call.World.Data.RvaData(field), field.Definition.InitialValue.Length, 1);
        return true;
    }

    private static bool CreateSpan(IntrinsicCall call)
    {
        FieldDesc field = FieldConstant(call, 0);
        TypeDesc span = call.Method.ReturnType;
        string memory = call.Importer.TemporaryFor(span);
        string data = call.World.Data.RvaData(field);
        int length = field.Definition.InitialValue.Length / call.T.VariableSize;
        FieldDesc reference = span.InstanceFields.First(f => f.Type.Kind == TypeKind.ByRef);
        FieldDesc count = span.InstanceFields.First(f => f.Type.Kind == TypeKind.Int32);
        call.Out.Do($"store ptr {data}, ptr {call.Importer.Offset(memory, reference.Offset)}");
        call.Out.Do($"store i32 {length}, ptr {call.Importer.Offset(memory, count.Offset)}");
        return Done(call, call.Importer.Load(memory, span));
    }

    private static FieldDesc FieldConstant(IntrinsicCall call, int index) =>
        call.Arguments[index].Constant as FieldDesc ?? throw new CompilationException(
            CompilationError.Unsupported, $"{call.Method.Display} with a field token that is not constant\n{call.World.ChainTo(call.Importer.Function)}");

    private static bool ArrayData(IntrinsicCall call)
    {
        if (call.Method.Arguments.Length == 0)
        {
            // Of a System.Array: behind the bounds, which the method table knows.
            string table = call.Out.Let($"load ptr, ptr {call.Pointer(0)}");
            string size = call.Out.Let($"load i32, ptr {table}");
            string offset = call.Out.Let($"zext i32 {size} to i64");
            return Done(call, MethodImporter.Address(call.Method.ReturnType, call.Out.Let($"getelementptr i8, ptr {call.Pointer(0)}, i64 {offset}")));
        }

        call.Importer.CheckNull(call.Arguments[0], 0);
        return Done(call, MethodImporter.Address(call.Method.ReturnType, call.Importer.Offset(call.Pointer(0), 16)));
    }
}
