// Faults on RISC-V: scause tells what happened, not whether something is mapped at the address.

using System;
using Pride.Abi;

namespace Pride.Microkit.Faults;

/// <summary>RISC-V 64.</summary>
internal readonly struct RiscV64Faults : IFaultDialect
{
    private const int FirstPrinted = 3;
    private const int LastRegister = 31;

    public static int ContextLength => RiscV64UserContext.Length;

    public static int PcWord => RiscV64UserContext.Pc;

    public static int FrameWord => RiscV64UserContext.S0;

    public static int CallNumberWord => RiscV64UnknownSyscallMessage.Number;

    public static int ExceptionNumberWord => RiscV64UserExceptionMessage.Number;

    public static bool IsWrite(ulong status) => status == RiscV64Causes.StoreAccessFault;

    public static ReadOnlySpan<byte> StatusName(ulong status) => status switch
    {
        RiscV64Causes.InstructionAccessFault or RiscV64Causes.LoadAccessFault or RiscV64Causes.StoreAccessFault =>
            "nothing is mapped there, or this is not permitted there"u8,
        _ => "other fault"u8,
    };

    public static ReadOnlySpan<byte> ExceptionName(ulong number) => number switch
    {
        RiscV64Causes.InstructionMisaligned => "misaligned program counter"u8,
        RiscV64Causes.IllegalInstruction => "illegal instruction, or floating point, which it may not use"u8,
        RiscV64Causes.Breakpoint => "breakpoint instruction"u8,
        RiscV64Causes.LoadMisaligned or RiscV64Causes.StoreMisaligned => "misaligned access"u8,
        _ => "exception"u8,
    };

    public static void PrintRegisters(ReadOnlySpan<ulong> context)
    {
        FaultReport.PrintRegister("   pc "u8, context[RiscV64UserContext.Pc]);
        FaultReport.PrintRegister(" ra "u8, context[RiscV64UserContext.Ra]);
        FaultReport.PrintRegister(" sp "u8, context[RiscV64UserContext.Sp]);
        FaultReport.PrintNumbered(context, RiscV64UserContext.Registers, FirstPrinted, LastRegister);
    }
}
