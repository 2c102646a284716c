// The invocation labels of each ABI version that PDs are linked for.
//
// A label is the position of a method in libsel4's interface descriptions (object-api.xml, then the architecture's two files)
// under the kernel's configuration, so it moves between releases and configurations. These were counted for
// MCS, one core, release, no hardware debug API, AArch64.

namespace Pride.Abi;

/// <summary>Tables of <see cref="InvocationLabels"/>.</summary>
public static class AbiVersions
{
    /// <summary>Beyond all of seL4's labels: Pride's own invocations start here.</summary>
    public const ulong FirstPrideLabel = 0x10_0000;

    /// <summary>Microkit 2.3 with seL4 16, AArch64, release: what Pride's own PDs use.</summary>
    public static InvocationLabels Microkit23 => new()
    {
        TcbReadRegisters = 2,
        TcbWriteRegisters = 3,
        TcbSetPriority = 6,
        TcbSuspend = 12,
        TcbResume = 13,
        TcbBindNotification = 14,
        TcbUnbindNotification = 15,
        IrqAck = 27,
        SchedContextBind = 34,
        SchedContextUnbind = 35,
        SchedContextUnbindObject = 36,
        SchedContextConsumed = 37,
        SmcCall = 43,
        PrideTcbReadMemory = FirstPrideLabel,
    };
}
