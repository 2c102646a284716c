// A place in a component's code where a host test may let its PD die, as a fault or its parent may at any instruction.
//
// What a component leaves behind for its next life is what it has stored by then, so there is a crash point behind each
// store to memory that outlives it. In guests a crash point is no instruction at all.

using System;

namespace Pride.Machine;

/// <summary>Places at which tests interrupt.</summary>
public static class CrashPoint
{
    [ThreadStatic]
    private static Action? s_reached;

    /// <summary>Tests only: what happens on this thread at each crash point; it may throw. Null: nothing.</summary>
    public static Action? Reached
    {
        get => s_reached;
        set => s_reached = value;
    }

    /// <summary>Everything before this has been stored, nothing after it.</summary>
    [InlineAssembly(Architecture.AArch64, "", "", HasSideEffects = false)]
    [InlineAssembly(Architecture.RiscV64, "", "", HasSideEffects = false)]
    [InlineAssembly(Architecture.X64, "", "", HasSideEffects = false)]
    public static void Pass() => s_reached?.Invoke();
}
