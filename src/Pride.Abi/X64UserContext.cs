// The order of registers in seL4_UserContext on x86-64: TCB_ReadRegisters and WriteRegisters (libsel4, x86_64/sel4/sel4_arch/types.h).

namespace Pride.Abi;

/// <summary>x86-64's user context: 20 words.</summary>
public static class X64UserContext
{
    public const int Length = 20;

    public const int Rip = 0;
    public const int Rsp = 1;
    public const int Flags = 2;
    public const int Rax = 3;
    public const int Rbx = 4;
    public const int Rcx = 5;
    public const int Rdx = 6;
    public const int Rsi = 7;
    public const int Rdi = 8;
    public const int Rbp = 9;
    public const int R8 = 10;
    public const int R9 = 11;
    public const int R10 = 12;
    public const int R11 = 13;
    public const int R12 = 14;
    public const int R13 = 15;
    public const int R14 = 16;
    public const int R15 = 17;
    public const int FsBase = 18;
    public const int GsBase = 19;

    /// <summary>Words that the answer to a timeout fault may set (seL4_TimeoutReply: all but the last).</summary>
    public const int TimeoutReplyLength = 19;
}
