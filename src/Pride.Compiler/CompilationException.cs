// The one way in which the compiler refuses its input.

using System;

namespace Pride.Compiler;

/// <summary>What kind of refusal it is; the value is the process's exit code.</summary>
public enum CompilationError
{
    /// <summary>The request itself is wrong: a file is missing, a type is not found.</summary>
    BadRequest = 2,

    /// <summary>A reachable method has no body, plug or intrinsic.</summary>
    MissingMethod = 3,

    /// <summary>A profile's rule, [NoAlloc] or [NoThrow] is broken.</summary>
    ProfileViolation = 4,

    /// <summary>A plug matches nothing, or two match one method.</summary>
    BadPlug = 5,

    /// <summary>IL or metadata that the compiler does not know.</summary>
    Unsupported = 6,

    /// <summary>clang or the linker failed; their message is in the text.</summary>
    BackEnd = 7,
}

/// <summary>A refusal with its reason and, where there is one, the call chain from the entry.</summary>
public sealed class CompilationException(CompilationError error, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The kind of refusal.</summary>
    public CompilationError Error { get; } = error;
}
