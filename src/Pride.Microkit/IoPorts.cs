// I/O ports of a PC as a PD reaches them: through the kernel, which checks each access against the PD's cap. On the host the simulated bus of
// register windows (Mmio) answers, at the ports' own numbers.

using Pride.Abi;
using Pride.Machine;
using Pride.Runtime.ObjectModel;

namespace Pride.Microkit;

/// <summary>A run of I/O ports that this PD may use. Layout: two 64-bit words. Each access overwrites the message registers.</summary>
/// <param name="id">Its id in this PD, 0..61.</param>
/// <param name="first">Its first port.</param>
public readonly struct IoPorts(ulong id, ulong first)
{
    // Behind the label of reading a byte stand those of reading two and four, then of writing one, two and four.
    private const ulong Out8 = 3;

    public ulong Id { get; } = id;

    public ulong First { get; } = first;

    /// <summary>A byte from the port <paramref name="offset"/> behind the first; all ones where the cap does not allow it, as from a port without a device.</summary>
    public byte Read8(ulong offset)
    {
        if (!CompilerFacts.IsGuest)
        {
            return (byte)Mmio.Access.Load8((nuint)(First + offset));
        }

        MessageRegisters.Set(0, First + offset);
        MessageInfo reply = Kernel.Call(CapSlots.BaseIoPort + Id, new MessageInfo(Kernel.Labels.IoPortIn8, 1));
        return reply.Label == 0 ? (byte)MessageRegisters.Get(0) : byte.MaxValue;
    }

    /// <summary>A byte to the port <paramref name="offset"/> behind the first.</summary>
    public void Write8(ulong offset, byte value)
    {
        if (!CompilerFacts.IsGuest)
        {
            Mmio.Access.Store8((nuint)(First + offset), value);
            return;
        }

        MessageRegisters.Set(0, First + offset);
        MessageRegisters.Set(1, value);
        Kernel.Call(CapSlots.BaseIoPort + Id, new MessageInfo(Kernel.Labels.IoPortIn8 + Out8, 2));
    }
}
