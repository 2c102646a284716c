// An interrupt goes to the core of the PD that handles it, and is handled there while the boot core is busy with somebody more urgent. The device is the UART,
// whose line asks for something to send as soon as it may.

using System.Runtime.InteropServices;
using System.Threading;
using Pride.Machine;
using Pride.Microkit;
using Pride.Runtime;

namespace Cores.Domains;

/// <summary>What the two share.</summary>
[StructLayout(LayoutKind.Explicit)]
public struct Appointment
{
    /// <summary>1: the boot core is busy from now on.</summary>
    [FieldOffset(0)]
    public ulong IsBusy;

    /// <summary>1: the interrupt has come; on a cache line of its own.</summary>
    [FieldOffset(64)]
    public ulong HasCome;
}

/// <summary>Keeps the boot core busy until the interrupt has come elsewhere, or far too much time has passed.</summary>
[Profile(Profile.Driver)]
public sealed class Occupier : ProtectionDomain
{
    private const ulong Seconds = 5;

    [Wired] public Channel Raiser;
    [Wired] public Region Shared;

    public override void Notified(Channel channel)
    {
        ref Appointment appointment = ref Shared.At<Appointment>();
        ulong start = CpuCounter.Count();
        Volatile.Write(ref appointment.IsBusy, 1);
        while (Volatile.Read(ref appointment.HasCome) == 0 && CpuCounter.Count() - start < Seconds * CpuCounter.Frequency())
        {
        }

        DebugConsole.WriteLine(Volatile.Read(ref appointment.HasCome) != 0 ? "occupier: the interrupt went to its own core"u8 : "occupier: the interrupt did not go to its own core"u8);
    }
}

/// <summary>Has the UART raise its interrupt once the boot core is busy.</summary>
public abstract class Raiser : ProtectionDomain
{
    [Wired] public Channel Occupier;
    [Wired] public Irq Interrupt;
    [Wired] public Region Shared;

    public override void Init()
    {
        Occupier.Notify();
        while (Volatile.Read(ref Shared.At<Appointment>().IsBusy) == 0)
        {
        }

        Raise();
    }

    public override void Notified(Channel channel)
    {
        if (Interrupt.Is(channel))
        {
            Silence();
            Volatile.Write(ref Shared.At<Appointment>().HasCome, 1);
            Interrupt.Acknowledge();
        }
    }

    protected abstract void Raise();

    protected abstract void Silence();
}

/// <summary>With registers in memory.</summary>
public abstract class RegisterRaiser : Raiser
{
    [Wired] public Region Registers;
}

/// <summary>With a PL011 (Arm DDI 0183, chapter 3): the interrupt of the transmitter comes when a byte has been sent.</summary>
[Profile(Profile.Driver)]
public sealed class Pl011Raiser : RegisterRaiser
{
    private const nuint Data = 0x000;
    private const nuint InterruptMask = 0x038;
    private const nuint InterruptClear = 0x044;
    private const uint Transmit = 1 << 5;

    protected override void Raise()
    {
        Mmio.Access.Store32(Registers.Address + InterruptMask, Transmit);
        Mmio.Access.Store32(Registers.Address + Data, '\n');
    }

    protected override void Silence()
    {
        Mmio.Access.Store32(Registers.Address + InterruptMask, 0);
        Mmio.Access.Store32(Registers.Address + InterruptClear, Transmit);
    }
}

/// <summary>With a 16550 in memory: the interrupt comes when the transmitter is empty, so at once.</summary>
[Profile(Profile.Driver)]
public sealed class Ns16550Raiser : RegisterRaiser
{
    /// <summary>The interrupt enable register, and its bit for the transmitter (National Semiconductor PC16550D, 8.6.7).</summary>
    public const int InterruptEnable = 1;
    public const byte Transmit = 1 << 1;

    protected override void Raise() => Mmio.Access.Store8(Registers.Address + InterruptEnable, Transmit);

    protected override void Silence() => Mmio.Access.Store8(Registers.Address + InterruptEnable, 0);
}

/// <summary>With a PC's serial port.</summary>
[Profile(Profile.Driver)]
public sealed class PortRaiser : Raiser
{
    [Wired] public IoPorts Ports;

    protected override void Raise() => Ports.Write8(Ns16550Raiser.InterruptEnable, Ns16550Raiser.Transmit);

    protected override void Silence() => Ports.Write8(Ns16550Raiser.InterruptEnable, 0);
}

/// <summary>With a UART whose registers are words, and whose interrupt comes at once when it has nothing to send.</summary>
[Profile(Profile.Driver)]
public sealed class WordRaiser : RegisterRaiser
{
    [Wired] public ulong SwitchRegister;
    [Wired] public ulong SwitchValue;
    [Wired] public ulong RaiseRegister;
    [Wired] public ulong RaiseValue;
    [Wired] public ulong SilenceRegister;
    [Wired] public ulong SilenceValue;

    protected override void Raise()
    {
        Write(SwitchRegister, SwitchValue);
        Write(RaiseRegister, RaiseValue);
    }

    protected override void Silence() => Write(SilenceRegister, SilenceValue);

    private void Write(ulong register, ulong value) => Mmio.Access.Store32(Registers.Address + (nuint)register, (uint)value);
}
