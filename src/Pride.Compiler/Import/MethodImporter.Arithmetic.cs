// Arithmetic, comparisons and conversions (ECMA-335 III.1.5). LLVM leaves shifts by the width, division by zero and
// INT_MIN / -1 undefined; here they are masked or checked.

using System;
using System.Numerics;
using Mono.Cecil.Cil;
using Pride.Compiler.Metadata;
using Pride.Compiler.Reachability;

namespace Pride.Compiler.Import;

internal sealed partial class MethodImporter
{
    private bool ImportArithmetic(Instruction instruction)
    {
        Code code = instruction.OpCode.Code;
        switch (code)
        {
            case Code.Add or Code.Sub:
                AddOrSubtract(code == Code.Add);
                return true;
            case Code.Mul or Code.And or Code.Or or Code.Xor:
                Binary(code);
                return true;
            case Code.Div or Code.Rem or Code.Div_Un or Code.Rem_Un:
                Divide(code);
                return true;
            case Code.Shl or Code.Shr or Code.Shr_Un:
                Shift(code);
                return true;
            case Code.Add_Ovf or Code.Add_Ovf_Un or Code.Sub_Ovf or Code.Sub_Ovf_Un or Code.Mul_Ovf or Code.Mul_Ovf_Un:
                CheckedBinary(code);
                return true;
            case Code.Neg:
                Negate();
                return true;
            case Code.Not:
                StackValue operand = Pop();
                Push(operand.Integer is { } known ? Constant(operand, ~known)
                    : Like(IntegerLike(operand), _out.Let($"xor {IntegerLike(operand).Llvm} {Coerce(operand, IntegerLike(operand).Llvm)}, -1")));
                return true;
            case Code.Ceq or Code.Cgt or Code.Cgt_Un or Code.Clt or Code.Clt_Un:
                StackValue right = Pop();
                StackValue left = Pop();
                Push(CompareValue(code, left, right));
                return true;
            case Code.Ckfinite:
                return true;
            default:
                return false;
        }
    }

    private static StackValue Like(StackValue model, string operand) => new(model.Type, model.Llvm, operand);

    private StackValue Constant(StackValue model, long value) => model.Llvm == "i32" ? Int32(value) : new StackValue(model.Type, "i64", Text(value)) { Constant = value };

    private StackValue IntegerLike(StackValue value) =>
        value.Llvm == "ptr" ? new StackValue(Types.IntPtr, "i64", null) : value;

    /// <summary>The common type of two operands: the wider integer, or the wider float.</summary>
    private (string Llvm, StackValue Model) Common(StackValue left, StackValue right)
    {
        if (left.Llvm is "float" or "double" || right.Llvm is "float" or "double")
        {
            bool isDouble = left.Llvm == "double" || right.Llvm == "double";
            StackValue model = isDouble == (left.Llvm == "double") ? left : right;
            return (isDouble ? "double" : "float", model);
        }

        left = IntegerLike(left);
        right = IntegerLike(right);
        return left.Llvm == "i64" ? ("i64", left) : right.Llvm == "i64" ? ("i64", right) : ("i32", new StackValue(Types.Int32, "i32", null));
    }

    private void AddOrSubtract(bool isAdd)
    {
        StackValue right = Pop();
        StackValue left = Pop();
        if (isAdd && left.Llvm != "ptr" && right.Llvm == "ptr")
        {
            (left, right) = (right, left);
        }

        if (left.Llvm == "ptr" && right.Llvm != "ptr")
        {
            string offset = right.Integer is { } known ? Text(isAdd ? known : -known) : Coerce(right, "i64");
            if (!isAdd && right.Integer == null)
            {
                offset = _out.Let($"sub i64 0, {offset}");
            }

            TypeDesc type = left.Type.IsPointerLike ? left.Type : Types.IntPtr;
            Push(new StackValue(type, "ptr", _out.Let($"getelementptr i8, ptr {Pointer(left)}, i64 {offset}")));
            return;
        }

        _stack.Add(left);
        _stack.Add(right);
        Binary(isAdd ? Code.Add : Code.Sub);
    }

    private void Binary(Code code)
    {
        StackValue right = Pop();
        StackValue left = Pop();
        (string llvm, StackValue model) = Common(left, right);
        if (left.Integer is { } a && right.Integer is { } b)
        {
            Push(Constant(model, FoldBinary(code, a, b)));
            return;
        }

        bool isFloat = llvm is "float" or "double";
        string operation = code switch
        {
            Code.Add => isFloat ? "fadd" : "add",
            Code.Sub => isFloat ? "fsub" : "sub",
            Code.Mul => isFloat ? "fmul" : "mul",
            Code.And => "and",
            Code.Or => "or",
            _ => "xor",
        };
        Push(Like(model, _out.Let($"{operation} {llvm} {Coerce(left, llvm)}, {Coerce(right, llvm)}")));
    }

    private static long FoldBinary(Code code, long a, long b) => code switch
    {
        Code.Add => a + b,
        Code.Sub => a - b,
        Code.Mul => a * b,
        Code.And => a & b,
        Code.Or => a | b,
        _ => a ^ b,
    };

    // No target has an instruction for it. A float's remainder is exact in double and fits a float again.
    private StackValue FloatRemainder(StackValue left, StackValue right, string llvm, StackValue model)
    {
        Function remainder = _world.RequireRuntime("Numerics.FloatRemainder", "Of", 2, _function);
        StackValue exact = CallFunction(remainder, [Double(left), Double(right)])!;
        return llvm == "double" ? exact : Like(model, Coerce(exact, "float"));
    }

    private StackValue Double(StackValue value) => new(Types.Known("System.Double"), "double", Coerce(value, "double"));

    private void Divide(Code code)
    {
        StackValue right = Pop();
        StackValue left = Pop();
        (string llvm, StackValue model) = Common(left, right);
        bool isDivision = code is Code.Div or Code.Div_Un;
        if (llvm is "float" or "double")
        {
            Push(isDivision ? Like(model, _out.Let($"fdiv {llvm} {Coerce(left, llvm)}, {Coerce(right, llvm)}")) : FloatRemainder(left, right, llvm, model));
            return;
        }

        bool isUnsigned = code is Code.Div_Un or Code.Rem_Un;
        string dividend = Coerce(left, llvm);
        string divisor = Coerce(right, llvm);
        if (right.Integer is null or 0)
        {
            FailIf(_out.Let($"icmp eq {llvm} {divisor}, 0"), FailureReason.DivideByZero);
        }

        if (!isUnsigned && right.Integer is null or -1)
        {
            string minimum = llvm == "i32" ? Text(int.MinValue) : Text(long.MinValue);
            string isMinimum = _out.Let($"icmp eq {llvm} {dividend}, {minimum}");
            string isMinusOne = _out.Let($"icmp eq {llvm} {divisor}, -1");
            FailIf(_out.Let($"and i1 {isMinimum}, {isMinusOne}"), FailureReason.Overflow);
        }

        string operation = (isUnsigned ? "u" : "s") + (isDivision ? "div" : "rem");
        Push(Like(model, _out.Let($"{operation} {llvm} {dividend}, {divisor}")));
    }

    private void Shift(Code code)
    {
        StackValue amount = Pop();
        StackValue value = IntegerOperand(Pop());
        string llvm = value.Llvm;
        int mask = llvm == "i32" ? 31 : 63;
        if (value.Integer is { } known && amount.Integer is { } by)
        {
            Push(Constant(value, FoldShift(code, known, (int)by & mask, llvm == "i32")));
            return;
        }

        string masked = amount.Integer is { } constant
            ? Text(constant & mask)
            : _out.Let($"and {llvm} {ShiftAmount(amount, llvm)}, {mask}");
        string operation = code == Code.Shl ? "shl" : code == Code.Shr ? "ashr" : "lshr";
        Push(Like(value, _out.Let($"{operation} {llvm} {Coerce(value, llvm)}, {masked}")));
    }

    private string ShiftAmount(StackValue amount, string llvm) =>
        amount.Llvm == "i32" && llvm == "i64" ? _out.Let($"zext i32 {Use(amount)} to i64") : Coerce(amount, llvm);

    private StackValue IntegerOperand(StackValue value) =>
        value.Llvm == "ptr" ? new StackValue(Types.IntPtr, "i64", Coerce(value, "i64")) : value;

    private static long FoldShift(Code code, long value, int by, bool is32) => code switch
    {
        Code.Shl => value << by,
        Code.Shr => value >> by,
        _ => is32 ? (uint)value >> by : (long)((ulong)value >> by),
    };

    private void CheckedBinary(Code code)
    {
        StackValue right = Pop();
        StackValue left = Pop();
        (string llvm, StackValue model) = Common(left, right);
        string operation = code switch
        {
            Code.Add_Ovf => "sadd",
            Code.Add_Ovf_Un => "uadd",
            Code.Sub_Ovf => "ssub",
            Code.Sub_Ovf_Un => "usub",
            Code.Mul_Ovf => "smul",
            _ => "umul",
        };
        bool isUnsigned = code is Code.Add_Ovf_Un or Code.Sub_Ovf_Un or Code.Mul_Ovf_Un;
        string a = isUnsigned ? UnsignedCoerce(left, llvm) : Coerce(left, llvm);
        string b = isUnsigned ? UnsignedCoerce(right, llvm) : Coerce(right, llvm);
        string pair = _out.Let($"call {{ {llvm}, i1 }} @llvm.{operation}.with.overflow.{llvm}({llvm} {a}, {llvm} {b})");
        FailIf(_out.Let($"extractvalue {{ {llvm}, i1 }} {pair}, 1"), FailureReason.Overflow);
        Push(Like(model, _out.Let($"extractvalue {{ {llvm}, i1 }} {pair}, 0")));
    }

    private string UnsignedCoerce(StackValue value, string llvm) =>
        value.Llvm == "i32" && llvm == "i64" && value.Integer == null ? _out.Let($"zext i32 {Use(value)} to i64") : Coerce(value, llvm);

    private void Negate()
    {
        StackValue value = IntegerOperand(Pop());
        if (value.Integer is { } known)
        {
            Push(Constant(value, -known));
        }
        else if (value.Llvm is "float" or "double")
        {
            Push(Like(value, _out.Let($"fneg {value.Llvm} {Use(value)}")));
        }
        else
        {
            Push(Like(value, _out.Let($"sub {value.Llvm} 0, {Use(value)}")));
        }
    }

    private StackValue CompareValue(Code code, StackValue left, StackValue right) =>
        FoldComparison(code, left, right) is { } folded ? Boolean(folded) : FromBit(Compare(code, left, right));

    private static bool? FoldComparison(Code code, StackValue left, StackValue right)
    {
        if (left.Integer is { } a && right.Integer is { } b)
        {
            bool is32 = left.Llvm == "i32" && right.Llvm == "i32";
            ulong ua = is32 ? (uint)a : (ulong)a;
            ulong ub = is32 ? (uint)b : (ulong)b;
            return code switch
            {
                Code.Ceq => a == b,
                Code.Cgt => a > b,
                Code.Cgt_Un => ua > ub,
                Code.Clt => a < b,
                _ => ua < ub,
            };
        }

        if (left.Constant is TypeDesc leftType && right.Constant is TypeDesc rightType && code == Code.Ceq)
        {
            return leftType == rightType;
        }

        // `box T` of a non-nullable value is never null; neither is a new object.
        if (code is Code.Ceq or Code.Cgt_Un && (left.IsNull || right.IsNull))
        {
            StackValue other = left.IsNull ? right : left;
            if (other.IsNull || IsKnownNotNull(other))
            {
                return other.IsNull == (code == Code.Ceq);
            }
        }

        return null;
    }

    private static bool IsKnownNotNull(StackValue value) =>
        value.IsNotNull || value.IsExact || value.Constant is TypeDesc || (value.Boxed is { } boxed && !boxed.Type.IsNullable);

    /// <summary>An i1.</summary>
    private string Compare(Code code, StackValue left, StackValue right)
    {
        if ((left.Boxed is { Type.IsNullable: true } || right.Boxed is { Type.IsNullable: true }) && (left.IsNull || right.IsNull))
        {
            string hasValue = NullableHasValue((left.Boxed ?? right.Boxed)!);
            return code == Code.Ceq ? _out.Let($"xor i1 {hasValue}, true") : hasValue;
        }

        if (left.Llvm == "ptr" && right.Llvm == "ptr" && code is Code.Ceq or Code.Cgt_Un or Code.Clt_Un)
        {
            string relation = code == Code.Ceq ? "eq" : left.IsNull || right.IsNull ? "ne" : code == Code.Cgt_Un ? "ugt" : "ult";
            return _out.Let($"icmp {relation} ptr {Use(left)}, {Use(right)}");
        }

        (string llvm, _) = Common(left, right);
        string a = code is Code.Cgt_Un or Code.Clt_Un ? UnsignedCoerce(left, llvm) : Coerce(left, llvm);
        string b = code is Code.Cgt_Un or Code.Clt_Un ? UnsignedCoerce(right, llvm) : Coerce(right, llvm);
        string comparison = llvm is "float" or "double"
            ? "fcmp " + (code switch { Code.Ceq => "oeq", Code.Cgt => "ogt", Code.Cgt_Un => "ugt", Code.Clt => "olt", _ => "ult" })
            : "icmp " + (code switch { Code.Ceq => "eq", Code.Cgt => "sgt", Code.Cgt_Un => "ugt", Code.Clt => "slt", _ => "ult" });
        return _out.Let($"{comparison} {llvm} {a}, {b}");
    }

    private string NullableHasValue(StackValue nullable)
    {
        string address = Spill(nullable);
        StackValue flag = Load(address, nullable.Type.InstanceFields[0].Type);
        return _out.Let($"icmp ne i32 {Use(flag)}, 0");
    }

    private bool ImportConversion(Instruction instruction)
    {
        (string Llvm, bool Signed, int Bits)? target = instruction.OpCode.Code switch
        {
            Code.Conv_I1 or Code.Conv_Ovf_I1 or Code.Conv_Ovf_I1_Un => ("i32", true, 8),
            Code.Conv_U1 or Code.Conv_Ovf_U1 or Code.Conv_Ovf_U1_Un => ("i32", false, 8),
            Code.Conv_I2 or Code.Conv_Ovf_I2 or Code.Conv_Ovf_I2_Un => ("i32", true, 16),
            Code.Conv_U2 or Code.Conv_Ovf_U2 or Code.Conv_Ovf_U2_Un => ("i32", false, 16),
            Code.Conv_I4 or Code.Conv_Ovf_I4 or Code.Conv_Ovf_I4_Un => ("i32", true, 32),
            Code.Conv_U4 or Code.Conv_Ovf_U4 or Code.Conv_Ovf_U4_Un => ("i32", false, 32),
            Code.Conv_I8 or Code.Conv_Ovf_I8 or Code.Conv_Ovf_I8_Un => ("i64", true, 64),
            Code.Conv_U8 or Code.Conv_Ovf_U8 or Code.Conv_Ovf_U8_Un => ("i64", false, 64),
            Code.Conv_I or Code.Conv_Ovf_I or Code.Conv_Ovf_I_Un => ("i64", true, 64),
            Code.Conv_U or Code.Conv_Ovf_U or Code.Conv_Ovf_U_Un => ("i64", false, 64),
            _ => null,
        };
        if (target is { } t)
        {
            string name = instruction.OpCode.Name;
            bool isNative = instruction.OpCode.Code is Code.Conv_I or Code.Conv_U or Code.Conv_Ovf_I or Code.Conv_Ovf_U
                or Code.Conv_Ovf_I_Un or Code.Conv_Ovf_U_Un;
            Push(name.Contains("ovf", StringComparison.Ordinal)
                ? CheckedConvert(Pop(), t.Signed, t.Bits, name.EndsWith("un", StringComparison.Ordinal))
                : Convert(Pop(), t.Signed, t.Bits, isNative));
            return true;
        }

        switch (instruction.OpCode.Code)
        {
            case Code.Conv_R4:
                Push(ToFloat(Pop(), "float", false));
                return true;
            case Code.Conv_R8:
                Push(ToFloat(Pop(), "double", false));
                return true;
            case Code.Conv_R_Un:
                Push(ToFloat(Pop(), "double", true));
                return true;
            default:
                return false;
        }
    }

    private StackValue Integer(int bits, string operand) => bits == 64 ? new(Types.Int64, "i64", operand) : new(Types.Int32, "i32", operand);

    private StackValue Convert(StackValue value, bool signed, int bits, bool isNative)
    {
        if (value.Integer is { } known)
        {
            long source = value.Llvm == "i32" && !signed && bits == 64 ? (uint)known : known;
            return bits == 64 ? Int64(source) : Int32(Truncate(source, signed, bits));
        }

        if (value.Llvm == "ptr" && bits == 64)
        {
            return isNative ? new StackValue(value.Type.IsPointerLike ? value.Type : Types.IntPtr, "ptr", Use(value)) : Integer(64, Coerce(value, "i64"));
        }

        string llvm = bits == 64 ? "i64" : "i32";
        if (value.Llvm is "float" or "double")
        {
            int width = Math.Max(bits, 32);
            bool asSigned = signed || bits < 32;
            string whole = _out.Let(
                $"call i{width} @llvm.{(asSigned ? "fptosi" : "fptoui")}.sat.i{width}.{(value.Llvm == "float" ? "f32" : "f64")}({value.Llvm} {Use(value)})");
            return bits < 32 ? Integer(32, Shorten(whole, signed, bits)) : Integer(bits, whole);
        }

        string operand = value.Llvm == llvm ? Use(value)
            : bits == 64 ? _out.Let($"{(signed ? "sext" : "zext")} i32 {Use(value)} to i64")
            : Coerce(value, "i32");
        return Integer(bits, bits < 32 ? Shorten(operand, signed, bits) : operand);
    }

    private string Shorten(string operand, bool signed, int bits)
    {
        string narrow = _out.Let($"trunc i32 {operand} to i{bits}");
        return _out.Let($"{(signed ? "sext" : "zext")} i{bits} {narrow} to i32");
    }

    private static long Truncate(long value, bool signed, int bits) => (signed, bits) switch
    {
        (true, 8) => (sbyte)value,
        (false, 8) => (byte)value,
        (true, 16) => (short)value,
        (false, 16) => (ushort)value,
        _ => (int)value,
    };

    private StackValue CheckedConvert(StackValue value, bool signed, int bits, bool fromUnsigned)
    {
        if (value.Llvm is "float" or "double")
        {
            return CheckedFromFloat(value, signed, bits);
        }

        // Everything is compared as a 65-bit integer, which holds both signed and unsigned 64-bit values.
        StackValue source = IntegerOperand(value);
        string wide = source.Integer is { } known
            ? (fromUnsigned ? (BigInteger)(source.Llvm == "i32" ? (uint)known : (ulong)known) : known).ToString(System.Globalization.CultureInfo.InvariantCulture)
            : _out.Let($"{(fromUnsigned ? "zext" : "sext")} {source.Llvm} {Use(source)} to i65");
        BigInteger minimum = signed ? -(BigInteger.One << (bits - 1)) : 0;
        BigInteger maximum = (BigInteger.One << (signed ? bits - 1 : bits)) - 1;
        string below = _out.Let($"icmp slt i65 {wide}, {minimum}");
        string above = _out.Let($"icmp sgt i65 {wide}, {maximum}");
        FailIf(_out.Let($"or i1 {below}, {above}"), FailureReason.Overflow);
        return Integer(bits, _out.Let($"trunc i65 {wide} to i{Math.Max(bits, 32)}"));
    }

    private StackValue CheckedFromFloat(StackValue value, bool signed, int bits)
    {
        string number = Coerce(value, "double");
        double limit = Math.Pow(2, signed ? bits - 1 : bits);
        double low = signed ? -limit - (bits == 64 ? 0 : 1) : -1;
        string above = _out.Let($"fcmp {(signed && bits == 64 ? "oge" : "ogt")} double {number}, {FloatText(low)}");
        string below = _out.Let($"fcmp olt double {number}, {FloatText(limit)}");
        string inside = _out.Let($"and i1 {above}, {below}");
        FailIf(_out.Let($"xor i1 {inside}, true"), FailureReason.Overflow);
        int width = Math.Max(bits, 32);
        return Integer(bits, _out.Let($"{(signed || bits < 32 ? "fptosi" : "fptoui")} double {number} to i{width}"));
    }

    private StackValue ToFloat(StackValue value, string llvm, bool fromUnsigned)
    {
        TypeDesc type = llvm == "float" ? Types.Single : Types.Double;
        if (value.Llvm is "float" or "double")
        {
            return new StackValue(type, llvm, Coerce(value, llvm));
        }

        StackValue source = IntegerOperand(value);
        return new StackValue(type, llvm, _out.Let($"{(fromUnsigned ? "uitofp" : "sitofp")} {source.Llvm} {Use(source)} to {llvm}"));
    }
}
