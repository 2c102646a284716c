// What kind of type a method table describes: written by Pride.Compiler, read by heap, casts and boxing.
//
// Rules: this file is compiled into both, so that they cannot differ; it knows nothing of either.

using System;

namespace Pride.Runtime.ObjectModel;

/// <summary>What kind of type a method table describes.</summary>
[Flags]
public enum MethodTableFlags : uint
{
    None = 0,
    ValueType = 1 << 0,
    Interface = 1 << 1,
    Array = 1 << 2,
    ArrayOfReferences = 1 << 3,
    String = 1 << 4,
    Enum = 1 << 5,
    Nullable = 1 << 6,
    Delegate = 1 << 7,

    /// <summary>The type overrides Object.Finalize.</summary>
    Finalizer = 1 << 8,

    /// <summary>A value type without padding, references and floating point: equal means the same bytes.</summary>
    BitwiseEquatable = 1 << 9,

    /// <summary>[Flags] stands on the enum.</summary>
    EnumFlags = 1 << 10,

    /// <summary>No class can derive from it: sealed classes, static classes, value types, arrays.</summary>
    Sealed = 1 << 11,

    /// <summary>Abstract and static classes, interfaces.</summary>
    Abstract = 1 << 12,

    /// <summary>Has type parameters or arguments.</summary>
    Generic = 1 << 13,

    /// <summary>A generic definition without arguments (typeof(List&lt;&gt;)).</summary>
    Open = 1 << 14,
}
