// Frames made by hand, with right checksums, and frames taken apart: for tests that play the peer themselves.

using System;
using System.Buffers.Binary;
using Pride.Net;

namespace Pride.Net.Tests;

/// <summary>A TCP segment as a test sees it.</summary>
internal readonly record struct SeenSegment(ushort From, ushort To, uint Sequence, uint Acknowledgment, byte Flags, ushort Window, byte[] Options, byte[] Payload)
{
    public const byte Fin = 1;
    public const byte Syn = 2;
    public const byte Rst = 4;
    public const byte Psh = 8;
    public const byte Ack = 16;

    public bool Has(byte flag) => (Flags & flag) != 0;
}

/// <summary>Builders and readers.</summary>
internal static class Packets
{
    public static byte[] Ethernet(byte toHost, byte fromHost, ushort type, ReadOnlySpan<byte> payload)
    {
        byte[] frame = new byte[14 + payload.Length];
        WriteMac(frame, toHost);
        WriteMac(frame.AsSpan(6), fromHost);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), type);
        payload.CopyTo(frame.AsSpan(14));
        return frame;
    }

    public static byte[] Ipv4(byte toHost, byte fromHost, byte protocol, ReadOnlySpan<byte> payload, ushort flagsAndOffset = 0, ushort identification = 0)
    {
        byte[] packet = new byte[20 + payload.Length];
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), identification);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), flagsAndOffset);
        packet[8] = 64;
        packet[9] = protocol;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), Host(fromHost).Value);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(16), Host(toHost).Value);
        payload.CopyTo(packet.AsSpan(20));
        FixIpv4Checksum(packet);
        return Ethernet(toHost, fromHost, 0x0800, packet);
    }

    public static void FixIpv4Checksum(Span<byte> packet)
    {
        int length = (packet[0] & 15) * 4;
        packet[10] = packet[11] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], PlainChecksum(packet[..length], 0));
    }

    public static byte[] Udp(byte toHost, byte fromHost, ushort toPort, ushort fromPort, ReadOnlySpan<byte> payload, bool withChecksum = true)
    {
        byte[] datagram = new byte[8 + payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(datagram, fromPort);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), toPort);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), (ushort)datagram.Length);
        payload.CopyTo(datagram.AsSpan(8));
        if (withChecksum)
        {
            BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(6), Transport(toHost, fromHost, 17, datagram));
        }

        return Ipv4(toHost, fromHost, 17, datagram);
    }

    public static byte[] Tcp(byte toHost, byte fromHost, SeenSegment segment)
    {
        int headerLength = 20 + segment.Options.Length;
        byte[] bytes = new byte[headerLength + segment.Payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, segment.From);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), segment.To);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), segment.Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8), segment.Acknowledgment);
        bytes[12] = (byte)(headerLength / 4 << 4);
        bytes[13] = segment.Flags;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(14), segment.Window);
        segment.Options.CopyTo(bytes, 20);
        segment.Payload.CopyTo(bytes, headerLength);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(16), Transport(toHost, fromHost, 6, bytes));
        return Ipv4(toHost, fromHost, 6, bytes);
    }

    /// <summary>Takes a sent TCP frame apart, having checked both checksums the slow way; null for other frames.</summary>
    public static SeenSegment? ReadTcp(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < 54 || frame[12] != 8 || frame[13] != 0 || frame[23] != 6)
        {
            return null;
        }

        ReadOnlySpan<byte> packet = frame[14..];
        int total = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        ReadOnlySpan<byte> tcp = packet[20..total];
        uint pseudo = PseudoSum(packet.Slice(12, 8), 6, tcp.Length);
        if (PlainChecksum(packet[..20], 0) != 0 || PlainChecksum(tcp, pseudo) != 0)
        {
            throw new InvalidOperationException("a frame was sent with a wrong checksum");
        }

        int headerLength = tcp[12] >> 4 << 2;
        return new SeenSegment(
            BinaryPrimitives.ReadUInt16BigEndian(tcp),
            BinaryPrimitives.ReadUInt16BigEndian(tcp[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(tcp[8..]),
            tcp[13],
            BinaryPrimitives.ReadUInt16BigEndian(tcp[14..]),
            tcp[20..headerLength].ToArray(),
            tcp[headerLength..].ToArray());
    }

    /// <summary>RFC 1071 word by word: what the fast sums are compared with.</summary>
    public static ushort PlainChecksum(ReadOnlySpan<byte> data, uint sum)
    {
        for (int i = 0; i < data.Length; i += 2)
        {
            sum += (uint)(data[i] << 8) | (i + 1 < data.Length ? data[i + 1] : 0u);
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }

    public static Ipv4Address Host(byte number) => new(10, 0, 0, number);

    private static ushort Transport(byte toHost, byte fromHost, byte protocol, ReadOnlySpan<byte> data)
    {
        byte[] addresses = new byte[8];
        BinaryPrimitives.WriteUInt32BigEndian(addresses, Host(fromHost).Value);
        BinaryPrimitives.WriteUInt32BigEndian(addresses.AsSpan(4), Host(toHost).Value);
        ushort checksum = PlainChecksum(data, PseudoSum(addresses, protocol, data.Length));
        return checksum == 0 && protocol == 17 ? (ushort)0xFFFF : checksum;
    }

    private static uint PseudoSum(ReadOnlySpan<byte> addresses, byte protocol, int length)
    {
        uint sum = (uint)(ushort)~PlainChecksum(addresses, 0);
        return sum + protocol + (uint)length;
    }

    private static void WriteMac(Span<byte> destination, byte host)
    {
        ReadOnlySpan<byte> mac = [0x52, 0x54, 0, 0, 0, host];
        mac.CopyTo(destination);
    }
}
