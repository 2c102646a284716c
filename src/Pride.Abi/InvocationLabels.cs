// Invocation labels differ between seL4 releases and between debug and release kernels, so they are data:
// one table for each ABI version, written into a PD when it is linked or loaded.

using System.Runtime.InteropServices;

namespace Pride.Abi;

/// <summary>The labels that libmicrokit's calls use, in the ABI version a PD was linked for. Layout: 16 words of 64 bits.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct InvocationLabels
{
    public ulong TcbReadRegisters;
    public ulong TcbWriteRegisters;
    public ulong TcbSuspend;
    public ulong TcbResume;
    public ulong TcbSetPriority;
    public ulong TcbBindNotification;
    public ulong TcbUnbindNotification;
    public ulong SchedContextBind;
    public ulong SchedContextUnbind;
    public ulong SchedContextUnbindObject;
    public ulong SchedContextConsumed;
    public ulong IrqAck;
    public ulong SmcCall;

    /// <summary>Pride's own: read words of another PD's memory (never sent to a real seL4; 0 there means "not available").</summary>
    public ulong PrideTcbReadMemory;

    /// <summary>x86-64: read a byte from an I/O port; behind it two and four bytes, then writing one, two and four. 0: not known for this version.</summary>
    public ulong IoPortIn8;

    /// <summary>AArch64 with a hypervisor: gives a virtual CPU its thread; behind it injecting an interrupt, reading a register, writing one, acknowledging a private interrupt (<see cref="VcpuOperations"/>). x86-64 with VT-x: the same call; behind it the other ones of the real seL4.</summary>
    public ulong VcpuSetTcb;
}
