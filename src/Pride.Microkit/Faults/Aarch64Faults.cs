// Faults on AArch64: ESR_EL1 tells what happened (Arm ARM DDI 0487, D17.2.37).

using System;
using Pride.Abi;
using Pride.Runtime;

namespace Pride.Microkit.Faults;

/// <summary>AArch64.</summary>
internal readonly struct Aarch64Faults : IFaultDialect
{
    // Exception class, write-not-read, and the fault status of an abort.
    private const int ClassShift = 26;
    private const ulong WriteBit = 1 << 6;
    private const ulong StatusMask = 0x3f;

    public static int ContextLength => UserContext.Length;

    public static int PcWord => UserContext.Pc;

    public static int FrameWord => UserContext.X29;

    public static int CallNumberWord => UnknownSyscallMessage.Number;

    public static int ExceptionNumberWord => UserExceptionMessage.Number;

    public static bool IsWrite(ulong status) => (status & WriteBit) != 0;

    public static ReadOnlySpan<byte> StatusName(ulong status) => (status & StatusMask & ~3UL) switch
    {
        0x00 => "address too large"u8,
        0x04 => "nothing is mapped there"u8,
        0x08 => "access flag not set"u8,
        0x0c => "not permitted there"u8,
        0x10 => "external abort"u8,
        0x20 => "misaligned"u8,
        _ => "other fault"u8,
    };

    public static ReadOnlySpan<byte> ExceptionName(ulong number) => (number >> ClassShift) switch
    {
        0x00 => "undefined instruction"u8,
        0x01 => "WFI or WFE"u8,
        0x07 => "floating point, which it may not use"u8,
        0x18 => "privileged instruction or register"u8,
        0x22 => "misaligned program counter"u8,
        0x26 => "misaligned stack pointer"u8,
        0x2c => "floating-point exception"u8,
        0x3c => "breakpoint instruction"u8,
        _ => "exception"u8,
    };

    public static void PrintRegisters(ReadOnlySpan<ulong> context)
    {
        FaultReport.PrintRegister("   pc "u8, context[UserContext.Pc]);
        FaultReport.PrintRegister(" lr "u8, context[UserContext.X30]);
        FaultReport.PrintRegister(" sp "u8, context[UserContext.Sp]);
        FaultReport.PrintRegister(" spsr "u8, context[UserContext.Spsr]);
        FaultReport.PrintNumbered(context, UserContext.Registers, 0, 29);
    }
}
