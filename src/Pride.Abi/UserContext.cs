// The order of registers in seL4_UserContext: TCB_ReadRegisters and WriteRegisters (libsel4, aarch64/sel4/sel4_arch/types.h).

using System;

namespace Pride.Abi;

/// <summary>AArch64's user context: 36 words.</summary>
public static class UserContext
{
    public const int Length = 36;

    public const int Pc = 0;
    public const int Sp = 1;
    public const int Spsr = 2;
    public const int X0 = 3;
    public const int X29 = 15;
    public const int X30 = 16;

    /// <summary>TPIDR_EL0.</summary>
    public const int ThreadPointer = 34;
    public const int ThreadPointerReadOnly = 35;

    /// <summary>
    /// By index in the context: 0-30 for x0-x30, 31 SP, 32 PC, 33 SPSR, 34 TPIDR_EL0, 35 TPIDRRO_EL0.
    /// Context order: pc, sp, spsr, x0-x8, x16, x17, x18, x29, x30, x9-x15, x19-x28, tpidr_el0, tpidrro_el0.
    /// </summary>
    public static ReadOnlySpan<byte> Registers =>
    [
        32, 31, 33, 0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 17, 18, 29, 30,
        9, 10, 11, 12, 13, 14, 15, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 34, 35,
    ];
}
