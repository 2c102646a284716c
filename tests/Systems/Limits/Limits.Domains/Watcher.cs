// Reads the kernel's statistics of the hog while the hog runs.

using System.Threading;
using Pride.Abi;
using Pride.Machine;
using Pride.Microkit;

namespace Limits.Domains;

/// <summary>Measures the share of the first PD over a hundred periods.</summary>
[Profile(Profile.Driver)]
public sealed class Watcher : ProtectionDomain
{
    private const ulong Periods = 100;
    private const ulong PeriodsPerSecond = 100;
    private const ulong PartsPerMillion = 1_000_000;

    [Wired] public Region Statistics;

    public override void Init()
    {
        ulong ticks = Periods * CpuCounter.Frequency() / PeriodsPerSecond;
        ulong start = CpuCounter.Count();
        ulong before = HogTicks();
        while (CpuCounter.Count() - start < ticks)
        {
        }

        ulong used = HogTicks() - before;
        Say.Number("watcher: the hog's share is "u8, used * PartsPerMillion / (CpuCounter.Count() - start), " ppm"u8);
    }

    private ulong HogTicks() => Volatile.Read(ref Statistics.At<PdStatistics>(StatisticsHeader.Size).CpuTicks);
}
