// The registers of a virtual CPU, in the order in which VCPU_ReadRegs and VCPU_WriteRegs number them (libsel4, aarch64/sel4/sel4_arch/constants.h, seL4_VCPUReg).

namespace Pride.Abi;

/// <summary>Registers of a virtual CPU that are not in its thread's user context.</summary>
public static class VcpuRegisters
{
    public const int SctlrEl1 = 0;
    public const int CpacrEl1 = 1;
    public const int Ttbr0El1 = 2;
    public const int Ttbr1El1 = 3;
    public const int TcrEl1 = 4;
    public const int MairEl1 = 5;
    public const int AmairEl1 = 6;
    public const int ContextidrEl1 = 7;
    public const int ActlrEl1 = 8;
    public const int Afsr0El1 = 9;
    public const int Afsr1El1 = 10;
    public const int EsrEl1 = 11;
    public const int FarEl1 = 12;
    public const int ParEl1 = 13;
    public const int VbarEl1 = 14;
    public const int TpidrEl1 = 15;

    /// <summary>What the guest reads in MPIDR_EL1.</summary>
    public const int VmpidrEl2 = 16;
    public const int SpEl1 = 17;
    public const int ElrEl1 = 18;
    public const int SpsrEl1 = 19;

    /// <summary>The virtual timer, which is the guest's.</summary>
    public const int CntvCtlEl0 = 20;
    public const int CntvCvalEl0 = 21;

    /// <summary>Ticks by which the guest's virtual counter is behind the counter.</summary>
    public const int CntvoffEl2 = 22;
    public const int CntkctlEl1 = 23;

    /// <summary>How many there are.</summary>
    public const int Count = 24;
}

/// <summary>The calls of a virtual CPU: their labels follow <see cref="InvocationLabels.VcpuSetTcb"/> in this order.</summary>
public static class VcpuOperations
{
    public const ulong SetTcb = 0;
    public const ulong InjectIrq = 1;
    public const ulong ReadRegister = 2;
    public const ulong WriteRegister = 3;
    public const ulong AckVppi = 4;

    public const ulong Count = 5;
}
