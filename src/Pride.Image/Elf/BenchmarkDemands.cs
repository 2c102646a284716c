// What a program built with Microkit's benchmark configuration asks of the kernel that Pride's kernel does not give: the performance counters, and the
// calls by which seL4 accounts CPU time. Such a program is built in like any other and faults where it asks, so a person should know beforehand.
//
// Instructions of executable segments are looked at, as encoded in the Arm ARM (C6.2, MRS and MSR; performance monitors: op0 3, op1 3, CRn 9, CRm 12 to 14,
// and CRn 14 for the event counters) and passed in registers by libsel4 (the system call's number in x7). AArch64 alone: sDDF's benchmark measures there only.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;

namespace Pride.Image.Elf;

/// <summary>Finds such instructions.</summary>
public static class BenchmarkDemands
{
    // MRS and MSR (register) differ in bit 21; the target register is bits 0 to 4.
    private const uint AccessMask = 0xffd0_0000;
    private const uint Access = 0xd510_0000;

    // MOVN x7, #n: the number is -1 - n. FlushCaches, of libsel4 as of 2.0, is the first call; ResetAllThreadsUtilisation, as of 2.3, the last one.
    private const uint MoveNumber = 0x9280_0007;
    private const uint MoveNumberMask = 0xffe0_001f;
    private const int FirstCall = -20;
    private const int LastCall = -29;

    /// <summary>Instructions between a number's move and the system call: libsel4's other registers, as compilers mix them.</summary>
    private const int MostBetween = 8;

    /// <summary>What <paramref name="elf"/> asks for, each with its first address; empty: nothing.</summary>
    public static IReadOnlyList<string> Of(ElfFile elf)
    {
        ulong? counters = null;
        ulong? calls = null;
        foreach (ElfSegment segment in elf.Machine == ElfMachine.AArch64 ? elf.Segments.Where(s => (s.Flags & ElfSegmentFlags.Execute) != 0) : [])
        {
            ReadOnlySpan<byte> bytes = elf.BytesOf(segment);
            ReadOnlySpan<uint> code = MemoryMarshal.Cast<byte, uint>(bytes[..(bytes.Length & ~3)]);
            for (int i = 0; i < code.Length; i++)
            {
                ulong address = segment.Address + ((ulong)i * sizeof(uint));
                counters ??= IsCounterAccess(code[i]) ? address : null;
                calls ??= IsAccountingCall(code[i..]) ? address : null;
            }
        }

        List<string> found = [];
        if (counters is { } first)
        {
            found.Add($"performance counters (0x{first:x})");
        }

        if (calls is { } call)
        {
            found.Add($"seL4's calls for benchmarks (0x{call:x})");
        }

        return found;
    }

    private static bool IsCounterAccess(uint instruction)
    {
        const int Op0And1 = 0b1_011;
        uint n = (instruction >> 12) & 0xf;
        uint m = (instruction >> 8) & 0xf;
        return (instruction & AccessMask) == Access && ((instruction >> 16) & 0xf) == Op0And1
            && ((n == 9 && m is >= 12 and <= 14) || (n == 14 && m >= 8));
    }

    private static bool IsAccountingCall(ReadOnlySpan<uint> code)
    {
        if ((code[0] & MoveNumberMask) != MoveNumber || -1 - (int)((code[0] >> 5) & 0xffff) is not (<= FirstCall and >= LastCall))
        {
            return false;
        }

        return code[1..Math.Min(code.Length, MostBetween + 2)].Contains(LibmicrokitAbi.Svc);
    }
}
