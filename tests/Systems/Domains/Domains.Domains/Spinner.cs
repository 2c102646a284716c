// PDs that never stop, in two domains; one of them measures how time is divided.

using System.Threading;
using Pride.Abi;
using Pride.Machine;
using Pride.Microkit;
using Pride.Runtime;

namespace Domains.Domains;

/// <summary>Never stops. It is more urgent than the other, but of another domain.</summary>
[Profile(Profile.Driver)]
public sealed class Spinner : ProtectionDomain
{
    public override void Init()
    {
        while (true)
        {
        }
    }
}

/// <summary>Never stops either until it has seen how much time the first PD got.</summary>
[Profile(Profile.Driver)]
public sealed class Meter : ProtectionDomain
{
    private const ulong TicksDivisor = 10;
    private const ulong Thousand = 1000;

    // A third, and what the measurement may be wrong by: it may begin and end anywhere in a turn of 1 ms, and takes 100 ms.
    private const ulong Least = 323;
    private const ulong Greatest = 344;

    [Wired] public Region Statistics;

    public override void Init()
    {
        ulong start = CpuCounter.Count();
        ulong before = Ticks();
        while (CpuCounter.Count() - start < CpuCounter.Frequency() / TicksDivisor)
        {
        }

        ulong share = (Ticks() - before) * Thousand / (CpuCounter.Count() - start);
        DebugConsole.WriteLine(share is >= Least and <= Greatest ? "meter: the other domain has its third"u8 : "meter: the other domain has something else than its third"u8);
    }

    private ulong Ticks() => Volatile.Read(ref Statistics.At<PdStatistics>(StatisticsHeader.Size).CpuTicks);
}
