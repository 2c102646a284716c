// What the compile-time interpreter has on its evaluation stack.

using System;
using Pride.Compiler.Emit;
using Pride.Compiler.Metadata;

namespace Pride.Compiler.StaticConstructors;

internal enum ValueKind : byte
{
    Int32,

    /// <summary>64-bit and native integers; zero is also the null reference.</summary>
    Int64,

    /// <summary>Single and double; a single has been rounded.</summary>
    Float,

    /// <summary>A reference or address that is not null.</summary>
    Pointer,

    /// <summary>A copy of a struct.</summary>
    Struct,

    /// <summary>A type handle, or the Type object of a type.</summary>
    Type,

    /// <summary>A field handle (array initialisers).</summary>
    Field,
}

/// <summary>One value.</summary>
internal readonly record struct InterpretedValue(ValueKind Kind, long Integer, double Float, DataPointer Pointer, Blob? Struct, object? Token)
{
    public static readonly InterpretedValue Null = FromInt64(0);

    public bool IsNull => Kind is ValueKind.Int64 or ValueKind.Int32 && Integer == 0;

    public bool IsInteger => Kind is ValueKind.Int32 or ValueKind.Int64;

    public static InterpretedValue FromInt32(int value) => new(ValueKind.Int32, value, 0, default, null, null);

    public static InterpretedValue FromBoolean(bool value) => FromInt32(value ? 1 : 0);

    public static InterpretedValue FromInt64(long value) => new(ValueKind.Int64, value, 0, default, null, null);

    public static InterpretedValue FromFloat(double value) => new(ValueKind.Float, 0, value, default, null, null);

    public static InterpretedValue To(DataPointer pointer) => new(ValueKind.Pointer, 0, 0, pointer, null, null);

    public static InterpretedValue To(Blob blob, int offset = 0) => To(new DataPointer(null, blob, offset));

    public static InterpretedValue OfStruct(Blob copy) => new(ValueKind.Struct, 0, 0, default, copy, null);

    public static InterpretedValue OfType(TypeDesc type) => new(ValueKind.Type, 0, 0, default, null, type);

    public static InterpretedValue OfField(FieldDesc field) => new(ValueKind.Field, 0, 0, default, null, field);
}

/// <summary>The constructor does something that only the running image can do; the message says what.</summary>
internal sealed class NotPureException(string reason) : Exception(reason);
