// A PD of the highest priority with a tenth of the time, one that measures it, and a parent that tries every way to be refused.

using Limits.Domains;
using Pride.Description;

namespace Limits.Description;

/// <summary>Describes the system.</summary>
public sealed class LimitsSystem : ISystemDescription
{
    public void Describe(SystemBuilder system, Board board)
    {
        // The hog is the first PD: the watcher knows its entry in the statistics by that.
        system.Add<Hog>("hog", priority: 254, budgetMicroseconds: 1000, periodMicroseconds: 10_000);
        Pd<Watcher> watcher = system.Add<Watcher>("watcher", priority: 50);
        Pd<Supervisor> supervisor = system.Add<Supervisor>("supervisor", priority: 220, maySmc: true);
        Pd<Spender> spender = system.Add<Spender>("spender", priority: 100, budgetMicroseconds: 500, periodMicroseconds: 5000, timeoutFaults: true);
        Pd<Lost> lost = system.Add<Lost>("lost", priority: 90);
        watcher.GrantStatistics(p => p.Statistics);
        supervisor.Child(p => p.Spender, spender);
        supervisor.Child(p => p.Lost, lost);
        supervisor.Set(p => p.SpenderContext, supervisor.Share(SharedCapKind.SchedulingContext, spender));
    }
}
