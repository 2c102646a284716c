// What made a RISC-V hart trap: the values of scause, which fault messages carry.

namespace Pride.Abi;

/// <summary>Exception codes (RISC-V privileged architecture, "Supervisor Cause Register").</summary>
public static class RiscV64Causes
{
    public const ulong InstructionMisaligned = 0;
    public const ulong InstructionAccessFault = 1;
    public const ulong IllegalInstruction = 2;
    public const ulong Breakpoint = 3;
    public const ulong LoadMisaligned = 4;
    public const ulong LoadAccessFault = 5;
    public const ulong StoreMisaligned = 6;
    public const ulong StoreAccessFault = 7;
    public const ulong InstructionPageFault = 12;
    public const ulong LoadPageFault = 13;
    public const ulong StorePageFault = 15;
}
