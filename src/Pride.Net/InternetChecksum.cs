// The Internet checksum (RFC 1071): the one's complement sum of 16-bit words, of IPv4 headers, ICMP, UDP and TCP.
//
// The sum does not depend on byte order (RFC 1071 section 2 (B)), so words are added as the machine loads them and the result
// is stored as it is. Partial sums are unfolded 64-bit numbers: 32-bit words added to 64 bits cannot overflow below 16 GiB of data,
// so no carry needs to be looked at, and the compiler turns the loops into vector additions where vectors are allowed. Where they are not, words of 64 bits are
// added in groups and their carries counted: half as many loads, and a loop's own instructions once for a group.

using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Pride.Net;

/// <summary>Partial sums, sums made while copying, and the final fold.</summary>
public static class InternetChecksum
{
    /// <summary>A sum of this value, folded, belongs to data that contains its own correct checksum.</summary>
    public const ushort Correct = 0xFFFF;

    /// <summary>Words of 64 bits that are added together where there are no vectors.</summary>
    private const int GroupWords = 8;

    /// <summary>Adds <paramref name="data"/>, which begins at an even offset of what is summed, to <paramref name="sum"/>.</summary>
    public static ulong Add(ReadOnlySpan<byte> data, ulong sum)
    {
        if (!Vector128.IsHardwareAccelerated && data.Length >= GroupWords * sizeof(ulong))
        {
            int grouped = data.Length & -(GroupWords * sizeof(ulong));
            sum = AddGroups(data[..grouped], sum);
            data = data[grouped..];
        }

        ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(data);
        foreach (uint word in words)
        {
            sum += word;
        }

        return AddTail(data[(words.Length * sizeof(uint))..], sum);
    }

    /// <summary>Copies <paramref name="source"/> to the start of <paramref name="destination"/> and adds it to <paramref name="sum"/>.</summary>
    public static ulong AddCopying(ReadOnlySpan<byte> source, Span<byte> destination, ulong sum)
    {
        destination = destination[..source.Length];
        if (!Vector128.IsHardwareAccelerated && source.Length >= GroupWords * sizeof(ulong))
        {
            int grouped = source.Length & -(GroupWords * sizeof(ulong));
            sum = AddCopyingGroups(source[..grouped], destination[..grouped], sum);
            source = source[grouped..];
            destination = destination[grouped..];
        }

        ReadOnlySpan<uint> from = MemoryMarshal.Cast<byte, uint>(source);
        Span<uint> to = MemoryMarshal.Cast<byte, uint>(destination)[..from.Length];
        for (int i = 0; i < from.Length; i++)
        {
            uint word = from[i];
            to[i] = word;
            sum += word;
        }

        int done = from.Length * sizeof(uint);
        for (int i = done; i < source.Length; i++)
        {
            destination[i] = source[i];
        }

        return AddTail(source[done..], sum);
    }

    /// <summary>Turns a sum of data taken from an even offset into the sum the same data has at an odd offset.</summary>
    public static ulong AtOddOffset(ulong sum)
    {
        ushort folded = Fold(sum);
        return (ushort)((folded << 8) | (folded >> 8));
    }

    /// <summary>The one's complement sum in 16 bits.</summary>
    public static ushort Fold(ulong sum)
    {
        sum = (sum & 0xFFFF_FFFF) + (sum >> 32);
        sum = (sum & 0xFFFF_FFFF) + (sum >> 32);
        uint half = (uint)(sum & 0xFFFF) + (uint)(sum >> 16);
        half = (half & 0xFFFF) + (half >> 16);
        return (ushort)((half & 0xFFFF) + (half >> 16));
    }

    /// <summary>What goes into the checksum field, as raw bytes.</summary>
    public static BigEndian16 Finish(ulong sum) => BigEndian16.FromRaw((ushort)~Fold(sum));

    /// <summary>The pseudo header of UDP and TCP (RFC 9293 section 3.1): addresses, zero, protocol, length in bytes.</summary>
    public static ulong PseudoHeader(Ipv4Address source, Ipv4Address destination, IpProtocol protocol, int length)
    {
        BigEndian32 from = source.Value;
        BigEndian32 to = destination.Value;
        BigEndian16 size = (ushort)length;
        return (ulong)from.Raw + to.Raw + size.Raw + ((ulong)protocol << 8);
    }

    // Whole groups. The carries out of 64 bits count as 1 each (2^64 is 1 modulo 65535), and so do the upper 32 bits: what is returned has room for further sums.
    internal static ulong AddGroups(ReadOnlySpan<byte> data, ulong sum)
    {
        ulong total = sum;
        ulong carries = 0;
        for (ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(data); words.Length >= GroupWords; words = words[GroupWords..])
        {
            carries += AddWord(ref total, words[0]);
            carries += AddWord(ref total, words[1]);
            carries += AddWord(ref total, words[2]);
            carries += AddWord(ref total, words[3]);
            carries += AddWord(ref total, words[4]);
            carries += AddWord(ref total, words[5]);
            carries += AddWord(ref total, words[6]);
            carries += AddWord(ref total, words[7]);
        }

        return (total & uint.MaxValue) + (total >> 32) + carries;
    }

    internal static ulong AddCopyingGroups(ReadOnlySpan<byte> source, Span<byte> destination, ulong sum)
    {
        ulong total = sum;
        ulong carries = 0;
        Span<ulong> to = MemoryMarshal.Cast<byte, ulong>(destination);
        for (ReadOnlySpan<ulong> from = MemoryMarshal.Cast<byte, ulong>(source); from.Length >= GroupWords && to.Length >= GroupWords; from = from[GroupWords..], to = to[GroupWords..])
        {
            carries += AddWord(ref total, to[0] = from[0]);
            carries += AddWord(ref total, to[1] = from[1]);
            carries += AddWord(ref total, to[2] = from[2]);
            carries += AddWord(ref total, to[3] = from[3]);
            carries += AddWord(ref total, to[4] = from[4]);
            carries += AddWord(ref total, to[5] = from[5]);
            carries += AddWord(ref total, to[6] = from[6]);
            carries += AddWord(ref total, to[7] = from[7]);
        }

        return (total & uint.MaxValue) + (total >> 32) + carries;
    }

    /// <summary>Adds a word; returns the carry.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong AddWord(ref ulong total, ulong word)
    {
        total += word;
        return total < word ? 1UL : 0;
    }

    private static ulong AddTail(ReadOnlySpan<byte> tail, ulong sum)
    {
        if (tail.Length >= sizeof(ushort))
        {
            sum += (uint)(tail[0] | (tail[1] << 8));
            tail = tail[sizeof(ushort)..];
        }

        // A last odd byte counts as if a zero byte followed it.
        return tail.Length == 0 ? sum : sum + tail[0];
    }
}
