// Five senders and a receiver: one sender less and one more urgent than the receiver on its own core, one on each other core. And on several cores: a device
// whose interrupt goes to the last one.

using Cores.Domains;
using Pride.Description;
using Pride.Machine;

namespace Cores.Description;

/// <summary>Describes the system.</summary>
public sealed class CoresSystem : ISystemDescription
{
    public void Describe(SystemBuilder system, Board board)
    {
        Pd<Receiver> receiver = system.Add<Receiver>("receiver", priority: 150);
        Pd<Sender>[] senders =
        [
            system.Add<Sender>("less_urgent", priority: 100),
            system.Add<Sender>("more_urgent", priority: 200),
            system.Add<Sender>("core1", priority: 150, core: 1 % board.Cores),
            system.Add<Sender>("core2", priority: 150, core: 2 % board.Cores),
            system.Add<Sender>("core3", priority: 150, core: 3 % board.Cores),
        ];
        MemoryRegion[] regions = new MemoryRegion[senders.Length];
        for (int i = 0; i < senders.Length; i++)
        {
            regions[i] = system.Region($"flow{i}", 4096);
            senders[i].Set(p => p.Receiving, i switch { 0 => Urgency.More, 1 => Urgency.Less, _ => Urgency.Unrelated });
            senders[i].Map(regions[i], p => p.Shared, Permissions.Read | Permissions.Write);
        }

        const Permissions both = Permissions.Read | Permissions.Write;
        receiver.Map(regions[0], p => p.Shared0, both);
        receiver.Map(regions[1], p => p.Shared1, both);
        receiver.Map(regions[2], p => p.Shared2, both);
        receiver.Map(regions[3], p => p.Shared3, both);
        receiver.Map(regions[4], p => p.Shared4, both);
        system.Connect(receiver.End(p => p.Sender0), senders[0].End(p => p.Receiver));
        system.Connect(receiver.End(p => p.Sender1), senders[1].End(p => p.Receiver));
        system.Connect(receiver.End(p => p.Sender2), senders[2].End(p => p.Receiver));
        system.Connect(receiver.End(p => p.Sender3), senders[3].End(p => p.Receiver));
        system.Connect(receiver.End(p => p.Sender4), senders[4].End(p => p.Receiver));
        if (board.Cores > 1)
        {
            RaiseInterrupt(system, board.Device("uart0"), board.Cores - 1);
        }
    }

    // The occupier is the most urgent of its core.
    private static void RaiseInterrupt(SystemBuilder system, BoardDevice device, int core)
    {
        Pd<Occupier> occupier = system.Add<Occupier>("occupier", priority: 250);
        switch (device.Compatible)
        {
            case "arm,pl011":
                AddRaiser<Pl011Raiser>(system, occupier, device, core).Map(system.DeviceRegion(device), p => p.Registers, Permissions.Read | Permissions.Write);
                break;
            case "ns16550a":
                AddRaiser<Ns16550Raiser>(system, occupier, device, core).Map(system.DeviceRegion(device), p => p.Registers, Permissions.Read | Permissions.Write);
                break;
            case "sifive,uart0":
                AddWordRaiser(system, occupier, device, core, new Steps((0x08, (1 << 16) | 1), (0x10, 1), (0x10, 0)));
                break;
            case "cdns,uart-r1p12":
                AddWordRaiser(system, occupier, device, core, new Steps((0x00, (1 << 4) | (1 << 2)), (0x08, 1 << 3), (0x0c, 0x3fff)));
                break;
            case "brcm,bcm2835-aux-uart":
                AddWordRaiser(system, occupier, device, core, new Steps((0x04, 1), (0x44, 1 << 1), (0x44, 0)));
                break;
            default:
                AddRaiser<PortRaiser>(system, occupier, device, core).Ports(p => p.Ports, device);
                break;
        }
    }

    // Registers and values: Serial/SifiveUart.cs, CadenceUart.cs and Bcm2835MiniUart.cs name them.
    private static void AddWordRaiser(SystemBuilder system, Pd<Occupier> occupier, BoardDevice device, int core, Steps steps)
    {
        Pd<WordRaiser> raiser = AddRaiser<WordRaiser>(system, occupier, device, core);
        raiser.Map(system.DeviceRegion(device), p => p.Registers, Permissions.Read | Permissions.Write);
        raiser.Set(p => p.SwitchRegister, steps.SwitchOn.Register);
        raiser.Set(p => p.SwitchValue, steps.SwitchOn.Value);
        raiser.Set(p => p.RaiseRegister, steps.Raise.Register);
        raiser.Set(p => p.RaiseValue, steps.Raise.Value);
        raiser.Set(p => p.SilenceRegister, steps.Silence.Register);
        raiser.Set(p => p.SilenceValue, steps.Silence.Value);
    }

    private static Pd<T> AddRaiser<T>(SystemBuilder system, Pd<Occupier> occupier, BoardDevice device, int core)
        where T : Raiser, new()
    {
        Pd<T> raiser = system.Add<T>("raiser", priority: 150, core: core);
        MemoryRegion shared = system.Region("appointment", 4096);
        raiser.Map(shared, p => p.Shared, Permissions.Read | Permissions.Write);
        occupier.Map(shared, p => p.Shared, Permissions.Read | Permissions.Write);
        raiser.Interrupt(p => p.Interrupt, device.Interrupt, device.Trigger);
        system.Connect(raiser.End(p => p.Occupier), occupier.End(p => p.Raiser));
        return raiser;
    }

    /// <summary>What a UART is written to: so that it sends, so that it interrupts because it has nothing to send, and so that it does not.</summary>
    private sealed record Steps((ulong Register, ulong Value) SwitchOn, (ulong Register, ulong Value) Raise, (ulong Register, ulong Value) Silence);
}
