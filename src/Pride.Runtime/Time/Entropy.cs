// Randomness for hash seeds and System.Random. A PD that needs unpredictable numbers sets a source (virtio-rng, RDRAND, a
// seed service) before it draws; until then a counter-based generator answers, which is different for each
// PD and boot only as far as the CPU's counter is.

using System;
using System.Buffers.Binary;
using Pride.Runtime.Hosted;
using Pride.Runtime.ObjectModel;

namespace Pride.Runtime.Time;

/// <summary>A service that yields random bytes.</summary>
public interface IEntropySource
{
    /// <summary>Fills all of <paramref name="destination"/>; false when it has no randomness yet.</summary>
    bool TryFill(Span<byte> destination);
}

/// <summary>Where random seeds come from.</summary>
public static class Entropy
{
    private static ulong s_state;

    /// <summary>The PD's source, when it has one.</summary>
    public static IEntropySource? Source { get; set; }

    /// <summary>Fills <paramref name="destination"/> with random bytes.</summary>
    public static unsafe void Fill(Span<byte> destination)
    {
        if (Source is { } source && source.TryFill(destination))
        {
            return;
        }

        if (CompilerFacts.IsHosted)
        {
            fixed (byte* bytes = destination)
            {
                LinuxCalls.Random(bytes, (nuint)destination.Length);
            }

            return;
        }

        while (destination.Length >= sizeof(ulong))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(destination, NextMixed());
            destination = destination[sizeof(ulong)..];
        }

        ulong last = NextMixed();
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = (byte)(last >> (8 * i));
        }
    }

    /// <summary>One random word.</summary>
    public static ulong NextWord()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    // SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014), stirred with the time of each draw.
    private static ulong NextMixed()
    {
        s_state += 0x9E3779B97F4A7C15UL + (ulong)Clock.Nanoseconds;
        ulong mixed = s_state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9UL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
        return mixed ^ (mixed >> 31);
    }
}
