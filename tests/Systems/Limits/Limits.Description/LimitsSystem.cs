// A PD of the highest priority with a tenth of the time, one that measures it, and a parent that tries every way to be refused.

using Limits.Domains;
using Pride.Description;
using Pride.Machine;

namespace Limits.Description;

/// <summary>Describes the system.</summary>
public sealed class LimitsSystem : ISystemDescription
{
    public void Describe(SystemBuilder system, Board board)
    {
        // Calling the firmware on a PD's behalf is Arm's.
        bool hasFirmwareCalls = board.Architecture == Architecture.AArch64;

        // The hog is the first PD: the watcher knows its entry in the statistics by that.
        system.Add<Hog>("hog", priority: 254, budgetMicroseconds: 1000, periodMicroseconds: 10_000);
        Pd<Watcher> watcher = system.Add<Watcher>("watcher", priority: 50);
        Pd<Supervisor> supervisor = system.Add<Supervisor>("supervisor", priority: 220, maySmc: hasFirmwareCalls);
        Pd<Spender> spender = system.Add<Spender>("spender", priority: 100, budgetMicroseconds: 500, periodMicroseconds: 5000, timeoutFaults: true);
        Pd<Lost> lost = system.Add<Lost>("lost", priority: 90);
        supervisor.Set(p => p.HasFirmwareCalls, hasFirmwareCalls);
        watcher.GrantStatistics(p => p.Statistics);
        supervisor.Child(p => p.Spender, spender);
        supervisor.Child(p => p.Lost, lost);

        // As in Microkit: 0x100 and the PD's place in the description.
        supervisor.Set(p => p.SpenderBadge, 0x100UL + 3);
        supervisor.Set(p => p.SpenderContext, supervisor.Share(SharedCapKind.SchedulingContext, spender));
    }
}
