// Fault messages: what a fault handler (a parent PD or the monitor) receives, and what it may answer.
// Label = kind; words as below (libsel4: arch/shared_types.bf, sel4_arch/constants.h, shared_types.h; MCS, AArch64 and, where they differ, RISC-V and x86-64).

namespace Pride.Abi;

/// <summary>The label of a fault message (seL4_FaultType under MCS).</summary>
public static class FaultKind
{
    public const ulong None = 0;
    public const ulong CapFault = 1;
    public const ulong UnknownSyscall = 2;
    public const ulong UserException = 3;
    public const ulong DebugException = 4;
    public const ulong Timeout = 5;
    public const ulong VMFault = 6;
    public const ulong VGicMaintenance = 7;
    public const ulong VCpuFault = 8;
    public const ulong VPpiEvent = 9;
}

/// <summary>Words of a cap fault's message.</summary>
public static class CapFaultMessage
{
    public const int Pc = 0;

    /// <summary>The cap pointer that was used.</summary>
    public const int Address = 1;

    /// <summary>1: while receiving; 0: while sending.</summary>
    public const int InReceivePhase = 2;

    /// <summary><see cref="LookupFailure"/>; it says how many words follow.</summary>
    public const int LookupFailureType = 3;
    public const int BitsLeft = 4;
    public const int GuardFound = 5;
    public const int GuardBitsFound = 6;
}

/// <summary>Why a cap pointer led nowhere (seL4_LookupFailureType).</summary>
public static class LookupFailure
{
    public const ulong InvalidRoot = 1;
    public const ulong MissingCapability = 2;
    public const ulong DepthMismatch = 3;
    public const ulong GuardMismatch = 4;
}

/// <summary>Words of an unknown system call's message; the same words may be set by the reply.</summary>
public static class UnknownSyscallMessage
{
    /// <summary>x0 to x7 are words 0 to 7.</summary>
    public const int X0 = 0;
    public const int FaultPc = 8;
    public const int Sp = 9;
    public const int Lr = 10;
    public const int Spsr = 11;
    public const int Number = 12;
    public const int Length = 13;
}

/// <summary>Words of a user exception's message; the first three may be set by the reply.</summary>
public static class UserExceptionMessage
{
    public const int FaultPc = 0;
    public const int Sp = 1;
    public const int Spsr = 2;

    /// <summary>The exception syndrome (ESR_EL1).</summary>
    public const int Number = 3;
    public const int Code = 4;
    public const int Length = 5;

    /// <summary>Words that a reply may set.</summary>
    public const int ReplyLength = 3;
}

/// <summary>Words of a memory fault's message.</summary>
public static class VMFaultMessage
{
    public const int Pc = 0;
    public const int Address = 1;

    /// <summary>1: the fetch of an instruction; 0: a load or store.</summary>
    public const int IsInstruction = 2;

    /// <summary>AArch64: the exception syndrome (ESR_EL1). RISC-V: the access fault of <see cref="RiscV64Causes"/>. x86-64: <see cref="X64PageFault"/>.</summary>
    public const int Status = 3;
    public const int Length = 4;
}

/// <summary>The one word of each fault that only virtual CPUs raise. Their answers set no register.</summary>
public static class VirtualCpuMessage
{
    /// <summary><see cref="FaultKind.VCpuFault"/>: the exception syndrome (ESR_EL2).</summary>
    public const int Syndrome = 0;

    /// <summary><see cref="FaultKind.VPpiEvent"/>: the interrupt of a device that every CPU has its own of (the virtual timer, 27); masked until it is acknowledged.</summary>
    public const int Interrupt = 0;

    /// <summary><see cref="FaultKind.VGicMaintenance"/>: the list register whose interrupt the guest has ended; all ones: none.</summary>
    public const int ListRegister = 0;
    public const int Length = 1;
}

/// <summary>Words of a timeout fault's message. The reply may set all registers, in the order of <see cref="UserContext"/>.</summary>
public static class TimeoutMessage
{
    /// <summary>The badge of the scheduling context that ran out.</summary>
    public const int Data = 0;

    /// <summary>Microseconds used.</summary>
    public const int Consumed = 1;
    public const int Length = 2;

    /// <summary>Registers that a reply may set (all but the thread pointers).</summary>
    public const int ReplyLength = 34;
}

/// <summary>Words of an unknown system call's message on RISC-V; all but the number may be set by the reply.</summary>
public static class RiscV64UnknownSyscallMessage
{
    public const int FaultPc = 0;
    public const int Sp = 1;
    public const int Ra = 2;

    /// <summary>a0 to a6 are words 3 to 9.</summary>
    public const int A0 = 3;
    public const int Number = 10;
    public const int Length = 11;
}

/// <summary>Words of a user exception's message on RISC-V; the first two may be set by the reply.</summary>
public static class RiscV64UserExceptionMessage
{
    public const int FaultPc = 0;
    public const int Sp = 1;

    /// <summary><see cref="RiscV64Causes"/>.</summary>
    public const int Number = 2;
    public const int Code = 3;
    public const int Length = 4;
}

/// <summary>Words of an unknown system call's message on x86-64; all but the number may be set by the reply.</summary>
public static class X64UnknownSyscallMessage
{
    /// <summary>Words 0 to 14 are rax, rbx, rcx, rdx, rsi, rdi, rbp and r8 to r15, in the order of <see cref="X64UserContext"/>.</summary>
    public const int Rax = 0;
    public const int FaultPc = 15;
    public const int Sp = 16;
    public const int Flags = 17;
    public const int Number = 18;
    public const int Length = 19;
}

/// <summary>Words of a user exception's message on x86-64; the first three (as in <see cref="X64UserContext"/>) may be set by the reply.</summary>
public static class X64UserExceptionMessage
{
    /// <summary><see cref="X64Exceptions"/>.</summary>
    public const int Number = 3;

    /// <summary>The exception's error code; 0 for those that have none.</summary>
    public const int Code = 4;
    public const int Length = 5;
}
