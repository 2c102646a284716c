// Why a check failed. The numbers are what a kernel's pride_panic gets, so they never change.

namespace Pride.Compiler.Reachability;

/// <summary>Reasons of failed checks.</summary>
internal enum FailureReason
{
    IndexOutOfRange = 1,
    NullReference = 2,
    Overflow = 3,
    DivideByZero = 4,
    InvalidCast = 5,

    /// <summary>A throw statement in a profile without exceptions.</summary>
    Exception = 6,

    /// <summary>Debug.Assert.</summary>
    Assertion = 7,

    /// <summary>A virtual call that no constructed type answers.</summary>
    NoTarget = 8,

    /// <summary>A new T() whose type has no constructor without parameters.</summary>
    MissingConstructor = 9,
}
