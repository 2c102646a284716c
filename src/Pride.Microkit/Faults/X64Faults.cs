// Faults on x86-64: the error code of a page fault, or the vector of another exception, tells what happened.

using System;
using Pride.Abi;
using Pride.Runtime;

namespace Pride.Microkit.Faults;

/// <summary>x86-64.</summary>
internal readonly struct X64Faults : IFaultDialect
{
    public static int ContextLength => X64UserContext.Length;

    public static int PcWord => X64UserContext.Rip;

    public static int FrameWord => X64UserContext.Rbp;

    public static int CallNumberWord => X64UnknownSyscallMessage.Number;

    public static int ExceptionNumberWord => X64UserExceptionMessage.Number;

    public static bool IsWrite(ulong status) => (status & X64PageFault.Write) != 0;

    public static ReadOnlySpan<byte> StatusName(ulong status) =>
        (status & X64PageFault.Reserved) != 0 ? "other fault"u8
        : (status & X64PageFault.Present) != 0 ? "not permitted there"u8
        : "nothing is mapped there"u8;

    public static ReadOnlySpan<byte> ExceptionName(ulong number) => number switch
    {
        X64Exceptions.DivideError => "division by zero, or its result is too large"u8,
        X64Exceptions.Debug => "debug exception"u8,
        X64Exceptions.Breakpoint => "breakpoint instruction"u8,
        X64Exceptions.InvalidOpcode => "undefined instruction"u8,
        X64Exceptions.DeviceNotAvailable => "floating point, which it may not use"u8,
        X64Exceptions.StackFault => "stack address that is not canonical"u8,
        X64Exceptions.GeneralProtection => "privileged instruction, or address that is not canonical"u8,
        X64Exceptions.FloatingPoint or X64Exceptions.SimdFloatingPoint => "floating-point exception"u8,
        X64Exceptions.Alignment => "misaligned access"u8,
        _ => "exception"u8,
    };

    public static void PrintRegisters(ReadOnlySpan<ulong> context)
    {
        FaultReport.PrintRegister("   rip "u8, context[X64UserContext.Rip]);
        FaultReport.PrintRegister(" rsp "u8, context[X64UserContext.Rsp]);
        FaultReport.PrintRegister(" rbp "u8, context[X64UserContext.Rbp]);
        FaultReport.PrintRegister(" flags "u8, context[X64UserContext.Flags]);
        FaultReport.PrintRegister("\n   rax "u8, context[X64UserContext.Rax]);
        FaultReport.PrintRegister(" rbx "u8, context[X64UserContext.Rbx]);
        FaultReport.PrintRegister(" rcx "u8, context[X64UserContext.Rcx]);
        FaultReport.PrintRegister(" rdx "u8, context[X64UserContext.Rdx]);
        FaultReport.PrintRegister("\n   rsi "u8, context[X64UserContext.Rsi]);
        FaultReport.PrintRegister(" rdi "u8, context[X64UserContext.Rdi]);
        FaultReport.PrintRegister(" r8 "u8, context[X64UserContext.R8]);
        FaultReport.PrintRegister(" r9 "u8, context[X64UserContext.R9]);
        FaultReport.PrintRegister("\n   r10 "u8, context[X64UserContext.R10]);
        FaultReport.PrintRegister(" r11 "u8, context[X64UserContext.R11]);
        FaultReport.PrintRegister(" r12 "u8, context[X64UserContext.R12]);
        FaultReport.PrintRegister(" r13 "u8, context[X64UserContext.R13]);
        FaultReport.PrintRegister("\n   r14 "u8, context[X64UserContext.R14]);
        FaultReport.PrintRegister(" r15 "u8, context[X64UserContext.R15]);
        DebugConsole.WriteLine(""u8);
    }
}
