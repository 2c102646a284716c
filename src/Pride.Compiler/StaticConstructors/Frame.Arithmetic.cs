// Arithmetic, comparison and conversion in the compile-time interpreter, with the rules of ECMA-335 III.1.5.

using System;
using System.Numerics;
using Mono.Cecil.Cil;
using Pride.Compiler.Emit;

namespace Pride.Compiler.StaticConstructors;

internal sealed partial class Frame
{
    private enum Comparison
    {
        Equal,
        NotEqual,
        Less,
        LessUnsigned,
        LessOrEqual,
        LessOrEqualUnsigned,
        Greater,
        GreaterUnsigned,
        GreaterOrEqual,
        GreaterOrEqualUnsigned,
    }

    private static Comparison? ComparisonOf(Code code) => code switch
    {
        Code.Beq or Code.Beq_S => Comparison.Equal,
        Code.Bne_Un or Code.Bne_Un_S => Comparison.NotEqual,
        Code.Blt or Code.Blt_S => Comparison.Less,
        Code.Blt_Un or Code.Blt_Un_S => Comparison.LessUnsigned,
        Code.Ble or Code.Ble_S => Comparison.LessOrEqual,
        Code.Ble_Un or Code.Ble_Un_S => Comparison.LessOrEqualUnsigned,
        Code.Bgt or Code.Bgt_S => Comparison.Greater,
        Code.Bgt_Un or Code.Bgt_Un_S => Comparison.GreaterUnsigned,
        Code.Bge or Code.Bge_S => Comparison.GreaterOrEqual,
        Code.Bge_Un or Code.Bge_Un_S => Comparison.GreaterOrEqualUnsigned,
        _ => null,
    };

    private bool TryArithmetic(Code code)
    {
        switch (code)
        {
            case Code.Ceq or Code.Clt or Code.Clt_Un or Code.Cgt or Code.Cgt_Un:
                PushComparison(code);
                return true;
            case Code.Neg:
                InterpretedValue negated = Pop();
                Push(negated.Kind == ValueKind.Float ? InterpretedValue.FromFloat(-negated.Float) : Like(negated, unchecked(-Integer(negated))));
                return true;
            case Code.Not:
                InterpretedValue inverted = Pop();
                Push(Like(inverted, ~Integer(inverted)));
                return true;
            case Code.Shl or Code.Shr or Code.Shr_Un:
                Shift(code);
                return true;
            case Code.Add or Code.Sub or Code.Mul or Code.Div or Code.Div_Un or Code.Rem or Code.Rem_Un or Code.And or Code.Or or Code.Xor
                or Code.Add_Ovf or Code.Add_Ovf_Un or Code.Sub_Ovf or Code.Sub_Ovf_Un or Code.Mul_Ovf or Code.Mul_Ovf_Un:
                InterpretedValue right = Pop();
                Push(Binary(code, Pop(), right));
                return true;
            default:
                return false;
        }
    }

    private void PushComparison(Code code)
    {
        Comparison comparison = code switch
        {
            Code.Ceq => Comparison.Equal,
            Code.Clt => Comparison.Less,
            Code.Clt_Un => Comparison.LessUnsigned,
            Code.Cgt => Comparison.Greater,
            _ => Comparison.GreaterUnsigned,
        };
        InterpretedValue right = Pop();
        Push(InterpretedValue.FromBoolean(Compare(comparison, Pop(), right)));
    }

    private static long Integer(InterpretedValue value) =>
        value.IsInteger ? value.Integer : throw new NotPureException("computes with an address");

    private static InterpretedValue Like(InterpretedValue model, long value) =>
        model.Kind == ValueKind.Int32 ? InterpretedValue.FromInt32((int)value) : InterpretedValue.FromInt64(value);

    private static bool Compare(Comparison comparison, InterpretedValue left, InterpretedValue right)
    {
        if (left.Kind == ValueKind.Float || right.Kind == ValueKind.Float)
        {
            return CompareFloats(comparison, left.Float, right.Float);
        }

        if (!left.IsInteger || !right.IsInteger)
        {
            return CompareAddresses(comparison, left, right);
        }

        long a = left.Integer;
        long b = right.Integer;
        bool narrow = left.Kind == ValueKind.Int32 && right.Kind == ValueKind.Int32;
        ulong ua = narrow ? (uint)a : (ulong)a;
        ulong ub = narrow ? (uint)b : (ulong)b;
        return comparison switch
        {
            Comparison.Equal => a == b,
            Comparison.NotEqual => a != b,
            Comparison.Less => a < b,
            Comparison.LessUnsigned => ua < ub,
            Comparison.LessOrEqual => a <= b,
            Comparison.LessOrEqualUnsigned => ua <= ub,
            Comparison.Greater => a > b,
            Comparison.GreaterUnsigned => ua > ub,
            Comparison.GreaterOrEqual => a >= b,
            _ => ua >= ub,
        };
    }

    // The unsigned forms of float comparisons are true for unordered operands.
    private static bool CompareFloats(Comparison comparison, double a, double b) => comparison switch
    {
        Comparison.Equal => a == b,
        Comparison.NotEqual => a != b,
        Comparison.Less => a < b,
        Comparison.LessUnsigned => !(a >= b),
        Comparison.LessOrEqual => a <= b,
        Comparison.LessOrEqualUnsigned => !(a > b),
        Comparison.Greater => a > b,
        Comparison.GreaterUnsigned => !(a <= b),
        Comparison.GreaterOrEqual => a >= b,
        _ => !(a < b),
    };

    private static bool CompareAddresses(Comparison comparison, InterpretedValue left, InterpretedValue right)
    {
        // `cgt.un` with null is how C# asks "is not null".
        bool same = left == right;
        if (comparison is Comparison.Equal)
        {
            return same;
        }

        if (comparison is Comparison.NotEqual || (comparison == Comparison.GreaterUnsigned && right.IsNull))
        {
            return !same;
        }

        if (left.Kind == ValueKind.Pointer && right.Kind == ValueKind.Pointer
            && left.Pointer.Target == right.Pointer.Target && left.Pointer.Symbol == right.Pointer.Symbol)
        {
            return Compare(comparison, InterpretedValue.FromInt32(left.Pointer.Offset), InterpretedValue.FromInt32(right.Pointer.Offset));
        }

        throw new NotPureException("orders addresses of different objects");
    }

    private void Shift(Code code)
    {
        int count = (int)PopInteger();
        InterpretedValue value = Pop();
        long bits = Integer(value);
        if (value.Kind == ValueKind.Int32)
        {
            Push(InterpretedValue.FromInt32(code switch
            {
                Code.Shl => (int)bits << count,
                Code.Shr => (int)bits >> count,
                _ => (int)((uint)bits >> count),
            }));
            return;
        }

        Push(InterpretedValue.FromInt64(code switch
        {
            Code.Shl => bits << count,
            Code.Shr => bits >> count,
            _ => (long)((ulong)bits >> count),
        }));
    }

    private static InterpretedValue Binary(Code code, InterpretedValue left, InterpretedValue right)
    {
        if (left.Kind == ValueKind.Float && right.Kind == ValueKind.Float)
        {
            return InterpretedValue.FromFloat(BinaryFloat(code, left.Float, right.Float));
        }

        if (left.Kind == ValueKind.Pointer || right.Kind == ValueKind.Pointer)
        {
            return AddressArithmetic(code, left, right);
        }

        try
        {
            return left.Kind == ValueKind.Int32 && right.Kind == ValueKind.Int32
                ? InterpretedValue.FromInt32(BinaryInteger<int, uint>(code, (int)Integer(left), (int)Integer(right)))
                : InterpretedValue.FromInt64(BinaryInteger<long, ulong>(code, Integer(left), Integer(right)));
        }
        catch (ArithmeticException)
        {
            throw new NotPureException("throws an arithmetic exception");
        }
    }

    private static double BinaryFloat(Code code, double a, double b) => code switch
    {
        Code.Add => a + b,
        Code.Sub => a - b,
        Code.Mul => a * b,
        Code.Div => a / b,
        Code.Rem => a % b,
        _ => throw new NotPureException($"uses {code} on floating-point numbers"),
    };

    private static InterpretedValue AddressArithmetic(Code code, InterpretedValue left, InterpretedValue right)
    {
        if (code == Code.Sub && left.Kind == ValueKind.Pointer && right.Kind == ValueKind.Pointer
            && left.Pointer.Target == right.Pointer.Target && left.Pointer.Symbol == right.Pointer.Symbol)
        {
            return InterpretedValue.FromInt64(left.Pointer.Offset - right.Pointer.Offset);
        }

        if (code is not (Code.Add or Code.Sub) || (left.Kind != ValueKind.Pointer && code == Code.Sub))
        {
            throw new NotPureException($"uses {code} on an address");
        }

        (InterpretedValue address, InterpretedValue number) = left.Kind == ValueKind.Pointer ? (left, right) : (right, left);
        long offset = Integer(number);
        DataPointer pointer = address.Pointer;
        return InterpretedValue.To(pointer with { Offset = checked((int)(pointer.Offset + (code == Code.Add ? offset : -offset))) });
    }

    // The two's complement numbers of one width: the unsigned instructions take the same bits for a number without sign.
    private static TSigned BinaryInteger<TSigned, TUnsigned>(Code code, TSigned a, TSigned b)
        where TSigned : IBinaryInteger<TSigned>
        where TUnsigned : IBinaryInteger<TUnsigned>
    {
        (TUnsigned ua, TUnsigned ub) = (TUnsigned.CreateTruncating(a), TUnsigned.CreateTruncating(b));
        return code switch
        {
            Code.Add => unchecked(a + b),
            Code.Sub => unchecked(a - b),
            Code.Mul => unchecked(a * b),
            Code.Div => a / b,
            Code.Div_Un => TSigned.CreateTruncating(ua / ub),
            Code.Rem => a % b,
            Code.Rem_Un => TSigned.CreateTruncating(ua % ub),
            Code.And => a & b,
            Code.Or => a | b,
            Code.Xor => a ^ b,
            Code.Add_Ovf => checked(a + b),
            Code.Sub_Ovf => checked(a - b),
            Code.Mul_Ovf => checked(a * b),
            Code.Add_Ovf_Un => TSigned.CreateTruncating(checked(ua + ub)),
            Code.Sub_Ovf_Un => TSigned.CreateTruncating(checked(ua - ub)),
            _ => TSigned.CreateTruncating(checked(ua * ub)),
        };
    }

    private bool TryConvert(Code code)
    {
        if (code is not (>= Code.Conv_I1 and <= Code.Conv_U8 or Code.Conv_R_Un or Code.Conv_U2 or Code.Conv_U1 or Code.Conv_I or Code.Conv_U
            or (>= Code.Conv_Ovf_I1_Un and <= Code.Conv_Ovf_U_Un) or (>= Code.Conv_Ovf_I1 and <= Code.Conv_Ovf_U8) or Code.Conv_Ovf_I or Code.Conv_Ovf_U))
        {
            return false;
        }

        InterpretedValue value = Pop();
        if (value.Kind is ValueKind.Pointer or ValueKind.Type)
        {
            Push(code is Code.Conv_I or Code.Conv_U or Code.Conv_I8 or Code.Conv_U8 ? value : throw new NotPureException("converts an address to a number"));
            return true;
        }

        try
        {
            Push(value.Kind == ValueKind.Float ? ConvertFloat(code, value.Float) : ConvertInteger(code, value));
        }
        catch (OverflowException)
        {
            throw new NotPureException("throws an overflow exception");
        }

        return true;
    }

    private static InterpretedValue ConvertFloat(Code code, double value) => code switch
    {
        Code.Conv_R4 => InterpretedValue.FromFloat((float)value),
        Code.Conv_R8 => InterpretedValue.FromFloat(value),
        Code.Conv_I1 => InterpretedValue.FromInt32((sbyte)(int)value),
        Code.Conv_U1 => InterpretedValue.FromInt32((byte)(int)value),
        Code.Conv_I2 => InterpretedValue.FromInt32((short)(int)value),
        Code.Conv_U2 => InterpretedValue.FromInt32((ushort)(int)value),
        Code.Conv_I4 => InterpretedValue.FromInt32((int)value),
        Code.Conv_U4 => InterpretedValue.FromInt32((int)(uint)value),
        Code.Conv_I8 or Code.Conv_I => InterpretedValue.FromInt64((long)value),
        Code.Conv_U8 or Code.Conv_U => InterpretedValue.FromInt64((long)(ulong)value),
        _ => throw new NotPureException($"uses {code} on a floating-point number"),
    };

    private static InterpretedValue ConvertInteger(Code code, InterpretedValue operand)
    {
        long value = operand.Integer;
        ulong unsigned = operand.Kind == ValueKind.Int32 ? (uint)value : (ulong)value;
        return code switch
        {
            Code.Conv_I1 => InterpretedValue.FromInt32((sbyte)value),
            Code.Conv_U1 => InterpretedValue.FromInt32((byte)value),
            Code.Conv_I2 => InterpretedValue.FromInt32((short)value),
            Code.Conv_U2 => InterpretedValue.FromInt32((ushort)value),
            Code.Conv_I4 or Code.Conv_U4 => InterpretedValue.FromInt32((int)value),
            Code.Conv_I8 or Code.Conv_I => InterpretedValue.FromInt64(value),
            Code.Conv_U8 or Code.Conv_U => InterpretedValue.FromInt64((long)unsigned),
            Code.Conv_R4 => InterpretedValue.FromFloat((float)value),
            Code.Conv_R8 => InterpretedValue.FromFloat(value),
            Code.Conv_R_Un => InterpretedValue.FromFloat(unsigned),
            Code.Conv_Ovf_I1 => InterpretedValue.FromInt32(checked((sbyte)value)),
            Code.Conv_Ovf_U1 => InterpretedValue.FromInt32(checked((byte)value)),
            Code.Conv_Ovf_I2 => InterpretedValue.FromInt32(checked((short)value)),
            Code.Conv_Ovf_U2 => InterpretedValue.FromInt32(checked((ushort)value)),
            Code.Conv_Ovf_I4 => InterpretedValue.FromInt32(checked((int)value)),
            Code.Conv_Ovf_U4 => InterpretedValue.FromInt32((int)checked((uint)value)),
            Code.Conv_Ovf_I8 or Code.Conv_Ovf_I => InterpretedValue.FromInt64(value),
            Code.Conv_Ovf_U8 or Code.Conv_Ovf_U => InterpretedValue.FromInt64((long)checked((ulong)value)),
            Code.Conv_Ovf_I1_Un => InterpretedValue.FromInt32(checked((sbyte)unsigned)),
            Code.Conv_Ovf_U1_Un => InterpretedValue.FromInt32(checked((byte)unsigned)),
            Code.Conv_Ovf_I2_Un => InterpretedValue.FromInt32(checked((short)unsigned)),
            Code.Conv_Ovf_U2_Un => InterpretedValue.FromInt32(checked((ushort)unsigned)),
            Code.Conv_Ovf_I4_Un => InterpretedValue.FromInt32(checked((int)unsigned)),
            Code.Conv_Ovf_U4_Un => InterpretedValue.FromInt32((int)checked((uint)unsigned)),
            Code.Conv_Ovf_I8_Un or Code.Conv_Ovf_I_Un => InterpretedValue.FromInt64(checked((long)unsigned)),
            _ => InterpretedValue.FromInt64((long)unsigned),
        };
    }
}
