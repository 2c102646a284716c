// Index of each RISC-V user register in Tcb.Registers. The trap code (Trap.S) stores by these offsets times 8.

namespace Pride.Kernel.Objects;

/// <summary>Word indices in <see cref="Tcb.Registers"/>: x1 to x31 are 1 to 31; x0, which needs no place, gives its own to the program counter.</summary>
public static class RiscV64Registers
{
    /// <summary>sepc: where the thread goes on.</summary>
    public const int Pc = 0;

    public const int Ra = 1;
    public const int Sp = 2;
    public const int Gp = 3;
    public const int Tp = 4;
    public const int T0 = 5;
    public const int T1 = 6;
    public const int T2 = 7;
    public const int S0 = 8;
    public const int S1 = 9;
    public const int A0 = 10;
    public const int A1 = 11;
    public const int A2 = 12;
    public const int A3 = 13;
    public const int A4 = 14;
    public const int A5 = 15;
    public const int A6 = 16;
    public const int A7 = 17;
    public const int S2 = 18;
    public const int S11 = 27;
    public const int T3 = 28;
    public const int T6 = 31;
}
