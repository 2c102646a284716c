// Index of each AArch64 user register in Tcb.Registers. The vectors (Vectors.S) store by these offsets times 8.

namespace Pride.Kernel.Objects;

/// <summary>Word indices in <see cref="Tcb.Registers"/>. x0 to x30 are 0 to 30.</summary>
public static class Aarch64Registers
{
    public const int X0 = 0;
    public const int X1 = 1;
    public const int X2 = 2;
    public const int X6 = 6;
    public const int X7 = 7;
    public const int X8 = 8;
    public const int X29 = 29;
    public const int X30 = 30;

    /// <summary>SP_EL0.</summary>
    public const int Sp = 31;

    /// <summary>ELR_EL1: where the thread goes on.</summary>
    public const int Pc = 32;

    /// <summary>SPSR_EL1.</summary>
    public const int Spsr = 33;

    /// <summary>TPIDR_EL0.</summary>
    public const int ThreadPointer = 34;
}
