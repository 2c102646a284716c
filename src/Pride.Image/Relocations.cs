// What boot changes in an image that is loaded elsewhere than it was built for: the whole of it, with the zeroed memory above it, is moved by one difference.
//
// The kernel's pointers do not change, since the kernel's windows stay where they are; only the tables say where in memory it is. So what changes are the words that
// hold a physical address of main memory: entries of translation tables, their roots, the boot information, addresses for devices in the programs' data.
// Nobody notes them while the image is laid out. It is laid out twice, for two places, and what differs is the list: nothing can be forgotten, and a difference
// that is no address moved by the distance, or a pointer of the kernel, is the builder's mistake and stops it. Devices' registers are at one place in both, and so stay out by themselves.
//
// One thing is left to the entry code: its identity mapping, which goes by the place's own address, so that entries stand elsewhere in the tables.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using Pride.Description;
using Pride.Image.Memory;
using Pride.Kernel.Objects;

namespace Pride.Image;

/// <summary>A run of words, all of which hold addresses in one way.</summary>
/// <param name="First">The first word, counted from the image's start.</param>
/// <param name="Count">How many.</param>
/// <param name="Shift">How far to the right of its place in a word an address stands: 0 in itself, 2 in an entry of Sv39, 12 as a page's number.</param>
public readonly record struct Relocation(uint First, uint Count, int Shift)
{
    /// <summary>As the entry code reads it (BootInfo.cs).</summary>
    public ulong Word => First | ((ulong)Count << BootInfo.RelocationCountShift) | ((ulong)Shift << BootInfo.RelocationKindShift);
}

/// <summary>Finds what depends on an image's place.</summary>
public static class Relocations
{
    /// <summary>The distance between the two places. An image is moved by multiples of it: large pages stay aligned, and entry code tells its place by it.</summary>
    public const ulong Probe = Limits.LargePageSize;

    // In which bits of a word an address may stand.
    private static readonly int[] s_shifts = [0, 2, 12];

    /// <summary>True: <paramref name="system"/>'s image can be moved. Memory that its description has put at a place of its own stays there, so such an image stays too.</summary>
    public static bool IsMovable(SystemBuilder system, SystemBuilder elsewhere) => system.Regions.Zip(elsewhere.Regions)
        .All(pair => pair.First.Kind != RegionKind.Dma || pair.First.PhysicalAddress + Probe == pair.Second.PhysicalAddress);

    /// <summary>The words that differ between an image and the same at a place that lies <see cref="Probe"/> higher, in order.</summary>
    /// <exception cref="InvalidOperationException">Something differs in another way.</exception>
    public static IReadOnlyList<Relocation> Between(PhysicalPlan image, PhysicalPlan moved)
    {
        ReadOnlySpan<ulong> here = Words(image);
        ReadOnlySpan<ulong> there = Words(moved);
        if (here.Length != there.Length)
        {
            throw new InvalidOperationException($"an image has {here.Length} words at one place and {there.Length} at another");
        }

        List<Relocation> runs = [];
        for (int i = 0; i < here.Length; i++)
        {
            if (here[i] == there[i])
            {
                continue;
            }

            if (here[i] >= KernelLayout.PhysicalWindow)
            {
                throw new InvalidOperationException($"word {i} of the image, 0x{here[i]:x}, is a pointer of the kernel, and depends on the image's place");
            }

            int shift = ShiftOf(i, there[i] - here[i]);
            if (runs.Count > 0 && runs[^1] is var last && last.First + last.Count == i && last.Shift == shift && last.Count < BootInfo.LongestRelocation)
            {
                runs[^1] = last with { Count = last.Count + 1 };
            }
            else
            {
                runs.Add(new Relocation((uint)i, 1, shift));
            }
        }

        return runs;
    }

    private static int ShiftOf(int word, ulong difference)
    {
        foreach (int shift in s_shifts)
        {
            if (difference == Probe >> shift)
            {
                return shift;
            }
        }

        throw new InvalidOperationException($"word {word} of the image differs by 0x{difference:x} when the image is moved by 0x{Probe:x}");
    }

    private static ReadOnlySpan<ulong> Words(PhysicalPlan plan) =>
        MemoryMarshal.Cast<byte, ulong>(plan.Bytes(plan.LoadAddress, Sizes.RoundDown(plan.LoadedEnd - plan.LoadAddress, sizeof(ulong))));
}
