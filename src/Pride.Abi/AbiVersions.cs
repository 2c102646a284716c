// The invocation labels of each ABI version that PDs are linked for.
//
// A label is the position of a method in libsel4's interface descriptions (object-api.xml, then the architecture's two files)
// under the kernel's configuration, so it moves between releases and configurations. These were counted for
// MCS, no hardware debug API, AArch64 (I/O ports: x86-64; the IOMMU, off in 2.2 alone, moves them); the number of cores makes no difference to these, nor do debug and release until Microkit 2.3,
// whose debug configuration has the hardware debug API but on RISC-V: four calls for breakpoints stand behind TCB_UnbindNotification. All agree with
// the list that each release's kernel build writes (generated/invocations_all.json), in both configurations.

namespace Pride.Abi;

/// <summary>Tables of <see cref="InvocationLabels"/>.</summary>
public static class AbiVersions
{
    /// <summary>Beyond all of seL4's labels: Pride's own invocations start here.</summary>
    public const ulong FirstPrideLabel = 0x10_0000;

    /// <summary>Between SMC_Call and the first call of a virtual CPU stand two of page tables, seven of pages, two of ASIDs.</summary>
    private const ulong FromSmcToVcpu = 12;

    // What a kernel with VT-x has besides: two calls for model-specific registers before those of I/O ports and one for pages of guests; behind the ports two
    // calls for interrupts and one for a guest's tables.
    private const ulong ForGuestsBeforePorts = 3;
    private const ulong FromPortsToVcpu = 9;

    /// <summary>Microkit 2.0 (2.0.1 was tested with seL4 commit 4b97df4c), AArch64, debug and release.</summary>
    public static InvocationLabels Microkit20 => Table(irqAck: 26, schedContextBind: 31, smcCall: 40);

    /// <summary>Microkit 2.1 with seL4 14: TCB_SetFlags has come in before the interrupt calls.</summary>
    public static InvocationLabels Microkit21 => Table(irqAck: 27, schedContextBind: 32, smcCall: 41) with { IoPortIn8 = 52 };

    /// <summary>Microkit 2.2 with seL4 15: two calls for the domain schedule have come in.</summary>
    public static InvocationLabels Microkit22 => Table(irqAck: 27, schedContextBind: 34, smcCall: 43) with { IoPortIn8 = 51 };

    /// <summary>Microkit 2.3 with seL4 16: what Pride's own PDs use.</summary>
    public static InvocationLabels Microkit23 => Table(irqAck: 27, schedContextBind: 34, smcCall: 43) with { IoPortIn8 = 54 };

    /// <summary>Microkit 2.3 with seL4 16, debug configuration, AArch64 and x86-64; on RISC-V it is the release's.</summary>
    public static InvocationLabels Microkit23Debug => Table(irqAck: 31, schedContextBind: 38, smcCall: 47) with { IoPortIn8 = 58 };

    /// <summary>The labels of <paramref name="release"/>; <paramref name="debug"/> makes a difference in 2.3 alone, and none on RISC-V.</summary>
    public static InvocationLabels Of(MicrokitRelease release, bool debug) => release switch
    {
        MicrokitRelease.V20 => Microkit20,
        MicrokitRelease.V21 => Microkit21,
        MicrokitRelease.V22 => Microkit22,
        _ => debug ? Microkit23Debug : Microkit23,
    };

    /// <summary><paramref name="labels"/> of a PC as they are where its kernel uses VT-x, as on Microkit's board x86_64_generic_vtx.</summary>
    public static InvocationLabels WithGuestsOfPc(InvocationLabels labels)
    {
        labels.IoPortIn8 += ForGuestsBeforePorts;
        labels.VcpuSetTcb = labels.IoPortIn8 + FromPortsToVcpu;
        return labels;
    }

    // The calls of a TCB come first and have not moved; those of a scheduling context follow each other.
    private static InvocationLabels Table(ulong irqAck, ulong schedContextBind, ulong smcCall) => new()
    {
        TcbReadRegisters = 2,
        TcbWriteRegisters = 3,
        TcbSetPriority = 6,
        TcbSuspend = 12,
        TcbResume = 13,
        TcbBindNotification = 14,
        TcbUnbindNotification = 15,
        IrqAck = irqAck,
        SchedContextBind = schedContextBind,
        SchedContextUnbind = schedContextBind + 1,
        SchedContextUnbindObject = schedContextBind + 2,
        SchedContextConsumed = schedContextBind + 3,
        SmcCall = smcCall,
        VcpuSetTcb = smcCall + FromSmcToVcpu,
        PrideTcbReadMemory = FirstPrideLabel,
    };
}
