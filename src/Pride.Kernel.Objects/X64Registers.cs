// Index of each x86-64 user register in Tcb.Registers. The entry code (Trap.S) stores by these offsets times 8.

using System;

namespace Pride.Kernel.Objects;

/// <summary>Word indices in <see cref="Tcb.Registers"/>. The four message registers follow each other; the first sixteen are within reach of a short displacement.</summary>
public static class X64Registers
{
    public const int Rdi = 0;
    public const int Rsi = 1;
    public const int Rdx = 2;

    /// <summary>The first message register; r8, r9 and r15 are the others.</summary>
    public const int R10 = 3;
    public const int R8 = 4;
    public const int R9 = 5;
    public const int R15 = 6;
    public const int R12 = 7;
    public const int R13 = 8;
    public const int Rax = 9;
    public const int Rcx = 10;
    public const int R11 = 11;

    /// <summary>Where the thread goes on.</summary>
    public const int Rip = 12;
    public const int Flags = 13;
    public const int Rsp = 14;
    public const int Rbx = 15;
    public const int Rbp = 16;
    public const int R14 = 17;
    public const int FsBase = 18;
    public const int GsBase = 19;

    /// <summary>The register that each word of a user context (Pride.Abi.X64UserContext) names.</summary>
    public static ReadOnlySpan<byte> InContext =>
    [
        Rip, Rsp, Flags, Rax, Rbx, Rcx, Rdx, Rsi, Rdi, Rbp,
        R8, R9, R10, R11, R12, R13, R14, R15, FsBase, GsBase,
    ];
}
