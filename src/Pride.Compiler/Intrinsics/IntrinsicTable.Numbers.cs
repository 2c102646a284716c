// Bit operations, mathematics, atomics.

using Pride.Compiler.Import;
using Pride.Compiler.Metadata;

namespace Pride.Compiler.Intrinsics;

internal sealed partial class IntrinsicTable
{
    private void AddNumbers()
    {
        const string bits = "System.Numerics.BitOperations";
        Add(bits, "LeadingZeroCount", static c => CountBits(c, "ctlz"));
        Add(bits, "TrailingZeroCount", static c => CountBits(c, "cttz"));
        Add(bits, "PopCount", static c => CountBits(c, "ctpop"));
        Add(bits, "Log2", static c => Log2(c));
        Add("System.Buffers.Binary.BinaryPrimitives", "ReverseEndianness", static c => SwapBytes(c));
        foreach (string type in new[] { "System.Math", "System.MathF" })
        {
            Add(type, "Sqrt", static c => FloatFunction(c, "sqrt"));
            Add(type, "Floor", static c => FloatFunction(c, "floor"));
            Add(type, "Ceiling", static c => FloatFunction(c, "ceil"));
            Add(type, "Truncate", static c => FloatFunction(c, "trunc"));
            Add(type, "CopySign", static c => FloatFunction(c, "copysign"));
        }

        Add("System.Math", "Abs", static c => c.Method.Parameters[0].IsFloat && FloatFunction(c, "fabs"));
        Add("System.MathF", "Abs", static c => FloatFunction(c, "fabs"));
        foreach (string type in new[] { "System.Double", "System.Single" })
        {
            Add(type, "ConvertToIntegerNative", static c => ToInteger(c));
            Add(type, "ConvertToInteger", static c => ToInteger(c));
        }

        Add("System.Math", "BigMul", static c => MultiplyWide(c));
    }

    private void AddAtomics()
    {
        const string interlocked = "System.Threading.Interlocked";
        Add(interlocked, "CompareExchange", static c => CompareExchange(c));
        Add(interlocked, "Exchange", static c => ReadModifyWrite(c, "xchg", false, null));
        Add(interlocked, "ExchangeAdd", static c => ReadModifyWrite(c, "add", false, null));
        Add(interlocked, "Add", static c => ReadModifyWrite(c, "add", true, null));
        Add(interlocked, "Increment", static c => ReadModifyWrite(c, "add", true, "1"));
        Add(interlocked, "Decrement", static c => ReadModifyWrite(c, "add", true, "-1"));
        Add(interlocked, "And", static c => ReadModifyWrite(c, "and", false, null));
        Add(interlocked, "Or", static c => ReadModifyWrite(c, "or", false, null));
        Add(interlocked, "MemoryBarrier", static c => Fence(c, "seq_cst"));
        Add(interlocked, "MemoryBarrierProcessWide", static c => Fence(c, "seq_cst"));
        Add("System.Threading.Volatile", "ReadBarrier", static c => Fence(c, "acquire"));
        Add("System.Threading.Volatile", "WriteBarrier", static c => Fence(c, "release"));
        Add("System.Threading.Thread", "MemoryBarrier", static c => Fence(c, "seq_cst"));
    }

    private static string IntegerType(TypeDesc type) => type.IsReference || type.IsPointerLike ? "ptr" : $"i{8 * type.VariableSize}";

    private static bool CountBits(IntrinsicCall call, string operation)
    {
        string llvm = IntegerType(call.Method.Parameters[0]);
        string zeroFlag = operation == "ctpop" ? "" : ", i1 false";
        string count = call.Out.Let($"call {llvm} @llvm.{operation}.{llvm}({llvm} {call.Coerce(0, llvm)}{zeroFlag})");
        return Done(call, new StackValue(call.World.Types.Int32, "i32", llvm == "i64" ? call.Out.Let($"trunc i64 {count} to i32") : count));
    }

    private static bool Log2(IntrinsicCall call)
    {
        string llvm = IntegerType(call.Method.Parameters[0]);
        string value = call.Out.Let($"or {llvm} {call.Coerce(0, llvm)}, 1");
        string zeros = call.Out.Let($"call {llvm} @llvm.ctlz.{llvm}({llvm} {value}, i1 true)");
        string log = call.Out.Let($"xor {llvm} {zeros}, {(llvm == "i64" ? 63 : 31)}");
        return Done(call, new StackValue(call.World.Types.Int32, "i32", llvm == "i64" ? call.Out.Let($"trunc i64 {log} to i32") : log));
    }

    private static bool SwapBytes(IntrinsicCall call)
    {
        TypeDesc type = call.Method.ReturnType;
        if (call.Method.Parameters.Length != 1 || type.IsStruct || type.VariableSize == 1)
        {
            return false;
        }

        string llvm = IntegerType(type);
        return Done(call, call.Importer.Widen(type, call.Out.Let($"call {llvm} @llvm.bswap.{llvm}({llvm} {call.Coerce(0, llvm)})")));
    }

    private static bool FloatFunction(IntrinsicCall call, string function)
    {
        if (!call.Method.Parameters[0].IsFloat)
        {
            return false;
        }

        // Rounding is one instruction on AArch64 and from SSE4.1 on; RISC-V would call libm.
        if (function is not ("sqrt" or "fabs" or "copysign") && call.World.Target.Architecture == TargetArchitecture.RiscV64)
        {
            return false;
        }

        bool isDouble = call.Method.ReturnType.Kind == TypeKind.Double;
        string llvm = isDouble ? "double" : "float";
        string arguments = $"{llvm} {call.Coerce(0, llvm)}";
        if (call.Arguments.Length == 2)
        {
            arguments += $", {llvm} {call.Coerce(1, llvm)}";
        }

        string value = call.Out.Let($"call {llvm} @llvm.{function}.{(isDouble ? "f64" : "f32")}({arguments})");
        return Done(call, new StackValue(call.Method.ReturnType, llvm, value));
    }

    private static bool ToInteger(IntrinsicCall call)
    {
        TypeDesc type = call.T;
        if (type.IsStruct || type.VariableSize < 4)
        {
            return false;
        }

        string llvm = IntegerType(type);
        bool isDouble = call.Method.Parameters[0].Kind == TypeKind.Double;
        string operation = type.IsSigned ? "fptosi" : "fptoui";
        string number = isDouble ? $"double {call.Coerce(0, "double")}" : $"float {call.Coerce(0, "float")}";
        return Done(call, new StackValue(type, llvm, call.Out.Let($"call {llvm} @llvm.{operation}.sat.{llvm}.{(isDouble ? "f64" : "f32")}({number})")));
    }

    // Math.BigMul(ulong, ulong, out ulong low) returns the high half.
    private static bool MultiplyWide(IntrinsicCall call)
    {
        if (call.Arguments.Length != 3)
        {
            return false;
        }

        string extend = call.Method.Parameters[0].IsSigned ? "sext" : "zext";
        string a = call.Out.Let($"{extend} i64 {call.Coerce(0, "i64")} to i128");
        string b = call.Out.Let($"{extend} i64 {call.Coerce(1, "i64")} to i128");
        string product = call.Out.Let($"mul i128 {a}, {b}");
        call.Out.Do($"store i64 {call.Out.Let($"trunc i128 {product} to i64")}, ptr {call.Pointer(2)}");
        string high = call.Out.Let($"trunc i128 {call.Out.Let($"lshr i128 {product}, 64")} to i64");
        return Done(call, new StackValue(call.Method.ReturnType, "i64", high));
    }

    private static TypeDesc? AtomicType(IntrinsicCall call)
    {
        TypeDesc type = call.Method.Parameters[0].Element ?? call.World.Types.IntPtr;
        return type.IsStruct || type.IsFloat ? null : type;
    }

    private static bool CompareExchange(IntrinsicCall call)
    {
        if (AtomicType(call) is not { } type)
        {
            return false;
        }

        string llvm = IntegerType(type);
        string pair = call.Out.Let(
            $"cmpxchg ptr {call.Pointer(0)}, {llvm} {call.Coerce(2, llvm)}, {llvm} {call.Coerce(1, llvm)} seq_cst seq_cst, align {type.VariableAlignment}");
        return Done(call, call.Importer.Widen(type, call.Out.Let($"extractvalue {{ {llvm}, i1 }} {pair}, 0")));
    }

    private static bool ReadModifyWrite(IntrinsicCall call, string operation, bool returnsNew, string? constant)
    {
        if (AtomicType(call) is not { } type)
        {
            return false;
        }

        string llvm = IntegerType(type);
        string operand = constant ?? call.Coerce(1, llvm);
        string old = call.Out.Let($"atomicrmw {operation} ptr {call.Pointer(0)}, {llvm} {operand} seq_cst, align {type.VariableAlignment}");
        return Done(call, call.Importer.Widen(type, returnsNew ? call.Out.Let($"{operation} {llvm} {old}, {operand}") : old));
    }

    private static bool Fence(IntrinsicCall call, string order)
    {
        call.Out.Do($"fence {order}");
        return true;
    }
}
