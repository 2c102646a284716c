// A PD of the highest priority that never stops: how far does its budget let it?

using Pride.Machine;
using Pride.Microkit;
using Pride.Runtime;

namespace Limits.Domains;

/// <summary>Spins, and notes how long it ran each time before it was stopped.</summary>
[Profile(Profile.Driver)]
public sealed class Hog : ProtectionDomain
{
    private const ulong Bursts = 105;
    private const ulong NanosecondsPerSecond = 1_000_000_000;
    private const ulong MicrosecondsPerSecond = 1_000_000;

    /// <summary>Microseconds after which it was somebody else's turn: an interrupt takes less.</summary>
    private const ulong Gap = 1000;

    public override void Init()
    {
        ulong gap = CpuCounter.Frequency() * Gap / MicrosecondsPerSecond;
        ulong longest = 0;
        ulong start = CpuCounter.Count();
        ulong last = start;
        for (ulong bursts = 0; true;)
        {
            ulong now = CpuCounter.Count();
            if (now - last > gap)
            {
                // The first burst counts above all: what it overran, the next ones would be shorter by.
                longest = last - start > longest ? last - start : longest;
                start = now;
                if (++bursts == Bursts)
                {
                    Say.Number("hog: longest burst "u8, longest * (NanosecondsPerSecond / CpuCounter.Frequency()), " ns"u8);
                }
            }

            last = now;
        }
    }
}
