// The order of registers in seL4_UserContext on RISC-V: TCB_ReadRegisters and WriteRegisters (libsel4, riscv/sel4/arch/types.h).

using System;

namespace Pride.Abi;

/// <summary>RISC-V's user context: 32 words.</summary>
public static class RiscV64UserContext
{
    public const int Length = 32;

    public const int Pc = 0;
    public const int Ra = 1;
    public const int Sp = 2;
    public const int S0 = 4;

    /// <summary>
    /// By index in the context: 0 for the program counter, else n for xn (where the kernel keeps them as well).
    /// Context order: pc, ra, sp, gp, s0-s11, a0-a7, t0-t6, tp.
    /// </summary>
    public static ReadOnlySpan<byte> Registers =>
    [
        0, 1, 2, 3, 8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27,
        10, 11, 12, 13, 14, 15, 16, 17, 5, 6, 7, 28, 29, 30, 31, 4,
    ];
}
