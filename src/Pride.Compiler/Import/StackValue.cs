// One value on IL's evaluation stack while a method is translated.

using Pride.Compiler.Metadata;

namespace Pride.Compiler.Import;

/// <summary>
/// A value: its C# type, its LLVM type and its operand. A value that only the compiler knows (a type token, a method
/// pointer, a box that may never be needed) has no operand until <see cref="MethodImporter"/> is asked for one.
/// </summary>
internal sealed class StackValue(TypeDesc type, string llvm, string? operand)
{
    public TypeDesc Type { get; } = type;

    /// <summary>LLVM type; for <see cref="InMemory"/> values that of the memory behind the operand.</summary>
    public string Llvm { get; } = llvm;

    public string? Operand { get; set; } = operand;

    /// <summary>Known at compile time: long (integers), TypeDesc (type or its handle), FieldDesc, MethodDesc, string (a literal), <see cref="NullConstant"/>.</summary>
    public object? Constant { get; init; }

    /// <summary>The operand is the address of a private copy.</summary>
    public bool InMemory { get; init; }

    /// <summary>The object's exact type is <see cref="Type"/>, and it is not null.</summary>
    public bool IsExact { get; init; }

    /// <summary>Not null, whatever its type.</summary>
    public bool IsNotNull { get; init; }

    /// <summary>A box of this value, not yet made.</summary>
    public StackValue? Boxed { get; init; }

    /// <summary>For ldvirtftn: the object whose method it is.</summary>
    public StackValue? Receiver { get; init; }

    public bool IsNull => Constant is NullConstant;

    public long? Integer => Constant as long?;
}

/// <summary>The null reference as a compile-time constant.</summary>
internal sealed class NullConstant
{
    public static readonly NullConstant Value = new();
}
