// Says how many instructions the machine has executed when the first PD speaks, without its firmware. The counter starts at 0 at reset;
// RISC-V boards and PCs have firmware, and there the kernel notes the count when it starts.

using System;
using Pride.Abi;
using Pride.Machine;
using Pride.Microkit;
using Pride.Runtime;
using Pride.Runtime.ObjectModel;

namespace BenchBoot.Domains;

/// <summary>The only PD.</summary>
[Profile(Profile.Driver)]
public sealed class BootPd : ProtectionDomain
{
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    [Wired] public Region Statistics;

    public override void Init()
    {
        ulong start = CompilerFacts.Architecture == Architecture.AArch64 ? 0 : Statistics.At<StatisticsHeader>().BootCounter;
        ulong instructions = (CpuCounter.Count() - start) * NanosecondsPerSecond / CpuCounter.Frequency();
        Span<byte> digits = stackalloc byte[20];
        int at = digits.Length;
        do
        {
            digits[--at] = (byte)('0' + (instructions % 10));
            instructions /= 10;
        }
        while (instructions != 0);
        DebugConsole.Write("bench boot-hello "u8);
        DebugConsole.Write(digits[at..]);
        DebugConsole.WriteLine(" instructions"u8);
        DebugConsole.WriteLine("bench done"u8);
    }
}
