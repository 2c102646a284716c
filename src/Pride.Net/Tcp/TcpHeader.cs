// The TCP header and its options (RFC 9293 section 3.1 and 3.2; window scale: RFC 7323 section 2), and arithmetic on sequence numbers.

using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Pride.Net;

/// <summary>The control bits.</summary>
[Flags]
internal enum TcpFlags : byte
{
    None = 0,
    Fin = 1,
    Syn = 2,
    Rst = 4,
    Psh = 8,
    Ack = 16,
    Urg = 32,
}

/// <summary>A TCP header without options.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct TcpHeader
{
    public const int Size = 20;

    public BigEndian16 SourcePort;
    public BigEndian16 DestinationPort;
    public BigEndian32 Sequence;
    public BigEndian32 Acknowledgment;

    /// <summary>Header length in 32-bit words, in the upper four bits.</summary>
    public byte DataOffset;
    public byte Flags;
    public BigEndian16 Window;
    public BigEndian16 Checksum;
    public BigEndian16 UrgentPointer;
}

/// <summary>Comparisons modulo 2^32 (RFC 9293 section 3.4).</summary>
internal static class Sequence
{
    public static bool Less(uint left, uint right) => (int)(left - right) < 0;

    public static bool LessOrEqual(uint left, uint right) => (int)(left - right) <= 0;
}

/// <summary>A received segment, taken apart.</summary>
internal ref struct TcpSegment
{
    public Ipv4Address RemoteAddress;
    public ushort RemotePort;
    public ushort LocalPort;
    public uint Sequence;
    public uint Acknowledgment;
    public TcpFlags Flags;

    /// <summary>The window field, not scaled.</summary>
    public ushort Window;
    public ReadOnlySpan<byte> Options;
    public ReadOnlySpan<byte> Payload;

    /// <summary>Came with an acknowledgement alone: only such a segment can be a duplicate acknowledgement.</summary>
    public bool IsBare;

    /// <summary>What identifies the connection.</summary>
    public readonly ulong Key => ConnectionKey.Of(RemoteAddress, RemotePort, LocalPort);

    /// <summary>Sequence numbers that the segment takes: its bytes, SYN and FIN.</summary>
    public readonly uint Length => (uint)Payload.Length + (Has(TcpFlags.Syn) ? 1u : 0) + (Has(TcpFlags.Fin) ? 1u : 0);

    public readonly bool Has(TcpFlags flag) => (Flags & flag) != 0;
}

/// <summary>Remote address, remote port and local port as one word: a stack has one address of its own.</summary>
internal static class ConnectionKey
{
    public static ulong Of(Ipv4Address remoteAddress, ushort remotePort, ushort localPort) =>
        ((ulong)remoteAddress.Value << 32) | ((uint)remotePort << 16) | localPort;

    public static Ipv4Address RemoteAddress(ulong key) => new((uint)(key >> 32));

    public static ushort RemotePort(ulong key) => (ushort)(key >> 16);

    public static ushort LocalPort(ulong key) => (ushort)key;
}

/// <summary>The options of a SYN.</summary>
internal struct SynOptions
{
    /// <summary>RFC 9293 section 3.7.1: what holds when the peer does not say.</summary>
    public const int DefaultMaximumSegmentSize = 536;

    /// <summary>A smaller offer would make us send mostly headers; the peer then gets segments of this size.</summary>
    public const int LeastMaximumSegmentSize = 64;

    /// <summary>RFC 7323 section 2.3: a greater shift counts as this one.</summary>
    public const int MaximumWindowScale = 14;

    /// <summary>Bytes of MSS and window scale together, padded to words.</summary>
    public const int Size = 8;

    private const byte EndOfOptions = 0;
    private const byte NoOperation = 1;
    private const byte MaximumSegmentSizeKind = 2;
    private const byte WindowScaleKind = 3;

    public int MaximumSegmentSize;

    /// <summary>The shift, or -1: the peer does not scale.</summary>
    public int WindowScale;

    /// <summary>Reads the options; a malformed list ends at its first fault.</summary>
    public static SynOptions Parse(ReadOnlySpan<byte> options)
    {
        var result = new SynOptions { MaximumSegmentSize = DefaultMaximumSegmentSize, WindowScale = -1 };
        while (!options.IsEmpty && options[0] != EndOfOptions)
        {
            if (options[0] == NoOperation)
            {
                options = options[1..];
                continue;
            }

            if (options.Length < 2 || options[1] < 2 || options[1] > options.Length)
            {
                break;
            }

            int length = options[1];
            if (options[0] == MaximumSegmentSizeKind && length == 4)
            {
                result.MaximumSegmentSize = Math.Max(BinaryPrimitives.ReadUInt16BigEndian(options[2..]), (ushort)LeastMaximumSegmentSize);
            }
            else if (options[0] == WindowScaleKind && length == 3)
            {
                result.WindowScale = Math.Min(options[2], (byte)MaximumWindowScale);
            }

            options = options[length..];
        }

        return result;
    }

    /// <summary>Writes the options (<see cref="Size"/> bytes, or 4 without a scale) and returns their length.</summary>
    public readonly int Write(Span<byte> options)
    {
        options[0] = MaximumSegmentSizeKind;
        options[1] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(options[2..], (ushort)MaximumSegmentSize);
        if (WindowScale < 0)
        {
            return 4;
        }

        options[4] = NoOperation;
        options[5] = WindowScaleKind;
        options[6] = 3;
        options[7] = (byte)WindowScale;
        return Size;
    }
}
