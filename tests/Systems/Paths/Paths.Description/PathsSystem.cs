// On every core: one that takes the kernel's longest paths, its child, a passive and an active server, one that uses its budget up. They signal each other around the cores.

using Paths.Domains;
using Pride.Description;
using Pride.Machine;

namespace Paths.Description;

/// <summary>Describes the system.</summary>
public sealed class PathsSystem : ISystemDescription
{
    public void Describe(SystemBuilder system, Board board)
    {
        Pd<Prober>[] probers = new Pd<Prober>[board.Cores];
        for (int core = 0; core < board.Cores; core++)
        {
            Pd<Prober> prober = system.Add<Prober>($"prober{core}", priority: 100, core: core, maySmc: true);
            Pd<Server> passive = system.Add<Server>($"passive{core}", priority: 120, passive: true, core: core);
            Pd<Server> active = system.Add<Server>($"active{core}", priority: 120, budgetMicroseconds: 1000, periodMicroseconds: 2000, core: core);
            Pd<Faulter> child = system.Add<Faulter>($"child{core}", priority: 90, core: core);
            system.Add<Spender>($"spender{core}", priority: 110, budgetMicroseconds: 40, periodMicroseconds: 2000, core: core);
            system.Connect(prober.End(p => p.Passive, canCall: true), passive.End(p => p.Caller));
            system.Connect(prober.End(p => p.Active, canCall: true), active.End(p => p.Caller));
            system.Connect(prober.End(p => p.Wakes), child.End(p => p.Parent));
            prober.Child(p => p.Child, child);
            prober.Set(p => p.ChildContext, prober.Share(SharedCapKind.SchedulingContext, child));
            probers[core] = prober;
        }

        for (int core = 0; core < board.Cores; core++)
        {
            system.Connect(probers[core].End(p => p.Next), probers[(core + 1) % board.Cores].End(p => p.Previous));
        }
    }
}
