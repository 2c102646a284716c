// Says how many instructions the machine has executed when the first PD speaks. The counter starts at 0 at reset.

using System;
using Pride.Machine;
using Pride.Microkit;
using Pride.Runtime;

namespace BenchBoot.Domains;

/// <summary>The only PD.</summary>
[Profile(Profile.Driver)]
public sealed class BootPd : ProtectionDomain
{
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    public override void Init()
    {
        ulong instructions = GenericTimer.Count() * (NanosecondsPerSecond / GenericTimer.Frequency());
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
