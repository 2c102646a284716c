// The same system as the hello example: one PD. It sees the statistics, for the moment at which the kernel began.

using BenchBoot.Domains;
using Pride.Description;

namespace BenchBoot.Description;

/// <summary>Describes the benchmark.</summary>
public sealed class BenchBootSystem : ISystemDescription
{
    public void Describe(SystemBuilder system, Board board) => system.Add<BootPd>("boot", priority: 100).GrantStatistics(p => p.Statistics);
}
