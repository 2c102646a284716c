// Two domains: two thirds of the time belong to one, one third to the other, whatever their PDs' priorities.

using Domains.Domains;
using Pride.Description;

namespace Domains.Description;

/// <summary>Describes the system.</summary>
public sealed class DomainsSystem : ISystemDescription
{
    public void Describe(SystemBuilder system, Board board)
    {
        // The spinner is the first PD: the meter knows its entry in the statistics by that.
        system.Add<Spinner>("spinner", priority: 200, domain: 1);
        Pd<Meter> meter = system.Add<Meter>("meter", priority: 100);
        meter.GrantStatistics(p => p.Statistics);
        system.DomainSchedule(new DomainTurn(0, 2000), new DomainTurn(1, 1000));
    }
}
