// Where Microkit puts a PD's capabilities (microkit.h of Microkit 2.3): a PD names a cap by its slot.

namespace Pride.Abi;

/// <summary>Cap slots of a PD's CSpace under Microkit 2.3.</summary>
public static class CapSlots
{
    /// <summary>The notification or endpoint that the PD receives on.</summary>
    public const ulong Input = 1;

    /// <summary>The PD's reply object.</summary>
    public const ulong Reply = 4;

    /// <summary>The monitor's endpoint: a passive PD signals it once its Init is done.</summary>
    public const ulong MonitorEndpoint = 5;

    /// <summary>SMC capability, for PDs that may make SMC calls.</summary>
    public const ulong Smc = 7;

    public const ulong BaseNotification = 10;
    public const ulong BaseEndpoint = 74;
    public const ulong BaseIrq = 138;
    public const ulong BaseTcb = 202;
    public const ulong BaseVmTcb = 266;
    public const ulong BaseVcpu = 330;
    public const ulong BaseIoPort = 394;
    public const ulong BaseUserCaps = 458;

    /// <summary>Channel ids are 0..61: bits 62 and 63 of a badge mean fault and PPC.</summary>
    public const int MaximumChannels = 62;
}
