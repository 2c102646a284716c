// The measuring PD and those it measures with.

using BenchKernel.Domains;
using Pride.Description;
using Pride.Machine;

namespace BenchKernel.Description;

/// <summary>Describes the benchmark.</summary>
public sealed class BenchKernelSystem : ISystemDescription
{
    // Time slices this long do not end within a measurement, as they do not in the reference.
    private const ulong SliceMicroseconds = 1_000_000;
    private const int BenchPriority = 100;

    public void Describe(SystemBuilder system, Board board)
    {
        Pd<Bench> bench = system.Add<Bench>("bench", BenchPriority, SliceMicroseconds);
        Pd<Server> passive = system.Add<Server>("passive", BenchPriority + 20, SliceMicroseconds, passive: true);
        Pd<Server> active = system.Add<Server>("active", BenchPriority + 20, SliceMicroseconds);
        Pd<Sleeper> sleeper = system.Add<Sleeper>("sleeper", BenchPriority - 20, SliceMicroseconds);
        Pd<Ponger> ponger = system.Add<Ponger>("ponger", BenchPriority + 10, SliceMicroseconds);
        Pd<Faulter> faulter = system.Add<Faulter>("faulter", BenchPriority - 10, SliceMicroseconds);
        system.Connect(bench.End(p => p.Passive, canNotify: false, canCall: true), passive.End(p => p.Caller, canNotify: false));
        system.Connect(bench.End(p => p.Active, canNotify: false, canCall: true), active.End(p => p.Caller, canNotify: false));
        system.Connect(bench.End(p => p.Sleeper), sleeper.End(p => p.Signaller));
        system.Connect(bench.End(p => p.Ponger), ponger.End(p => p.Pinger));
        system.Connect(bench.End(p => p.Faulter), faulter.End(p => p.Parent));
        bench.Child(faulter);
        BoardDevice timer = board.Device("timer");
        bench.Interrupt(p => p.Timer, timer.Interrupt, timer.Trigger);
        bench.Set(p => p.TimerPin, timer.Interrupt);
        if (timer.Size == 0)
        {
            bench.Set(p => p.TimerRegisters, default);
        }
        else
        {
            bench.Map(system.DeviceRegion(timer), p => p.TimerRegisters, Permissions.ReadWrite);
        }
    }
}
