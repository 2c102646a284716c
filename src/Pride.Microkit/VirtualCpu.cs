// A virtual CPU, as the PD that manages it sees it (libmicrokit's microkit_vcpu functions). Its faults come to the PD's Fault entry point like those of a child with its id.

using System;
using Pride.Abi;

namespace Pride.Microkit;

/// <summary>A virtual CPU by its id in this PD (0..61). Layout: one 64-bit word.</summary>
public readonly struct VirtualCpu(ulong id)
{
    public ulong Id { get; } = id;

    private ulong Thread => CapSlots.BaseVmTcb + Id;

    private ulong Registers => CapSlots.BaseVcpu + Id;

    /// <summary>Lets it run from <paramref name="entryPoint"/> on, a guest address; its other registers are as they were.</summary>
    /// <exception cref="KernelException">The kernel refused (this PD does not manage the virtual CPU).</exception>
    public void Restart(ulong entryPoint) => ThreadControl.WriteRegisters(Thread, [entryPoint], resume: true);

    /// <summary>Stops it until it is resumed or restarted.</summary>
    public void Stop() => Invoke(Thread, Kernel.Labels.TcbSuspend, 0);

    /// <summary>Lets a stopped one go on where it was.</summary>
    public void Resume() => Invoke(Thread, Kernel.Labels.TcbResume, 0);

    /// <summary>Reads its general registers, in the order of <see cref="UserContext"/>. False: the kernel refused.</summary>
    public bool TryReadContext(Span<ulong> context) => ThreadControl.TryReadRegisters(Thread, context);

    /// <summary>Sets the first of its general registers, in the order of <see cref="UserContext"/>.</summary>
    public void WriteContext(ReadOnlySpan<ulong> context) => ThreadControl.WriteRegisters(Thread, context, resume: false);

    /// <summary>Makes an interrupt pending for the guest. When the guest has ended it, that is a fault of kind <see cref="FaultKind.VGicMaintenance"/>.</summary>
    /// <param name="irq">0..1023, as the guest numbers them.</param>
    /// <param name="priority">0..31, 0 being the most urgent.</param>
    /// <param name="group">GICv2: 0; GICv3: 1 for what the guest shall get as IRQ.</param>
    /// <param name="listRegister">The kernel has four at most, one for each interrupt that is pending or served.</param>
    /// <exception cref="KernelException">DeleteFirst: the guest serves the interrupt in that list register; RangeError: a number is too large.</exception>
    public void InjectIrq(uint irq, uint priority, uint group, uint listRegister)
    {
        MessageRegisters.Set(0, irq | ((ulong)priority << 16) | ((ulong)group << 24) | ((ulong)listRegister << 32));
        InvokeVcpu(VcpuOperations.InjectIrq, 1);
    }

    /// <summary>The interrupt that a <see cref="FaultKind.VPpiEvent"/> told of may come again.</summary>
    public void AckVppi(ulong irq)
    {
        MessageRegisters.Set(0, irq);
        InvokeVcpu(VcpuOperations.AckVppi, 1);
    }

    /// <summary>Reads one of <see cref="VcpuRegisters"/>.</summary>
    public ulong ReadRegister(int register)
    {
        MessageRegisters.Set(0, (ulong)register);
        InvokeVcpu(VcpuOperations.ReadRegister, 1);
        return MessageRegisters.Get(0);
    }

    /// <summary>Writes one of <see cref="VcpuRegisters"/>.</summary>
    public void WriteRegister(int register, ulong value)
    {
        MessageRegisters.Set(0, (ulong)register);
        MessageRegisters.Set(1, value);
        InvokeVcpu(VcpuOperations.WriteRegister, 2);
    }

    private void InvokeVcpu(ulong operation, int length) => Invoke(Registers, Kernel.Labels.VcpuSetTcb + operation, length);

    private static void Invoke(ulong cap, ulong label, int length)
    {
        MessageInfo reply = Kernel.Call(cap, new MessageInfo(label, length));
        if (reply.Label != 0)
        {
            throw new KernelException(reply.Label);
        }
    }
}
