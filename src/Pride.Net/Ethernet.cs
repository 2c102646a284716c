// Ethernet II frames (RFC 894): destination, source, type, payload. No VLAN tags, no LLC.

using System.Runtime.InteropServices;

namespace Pride.Net;

/// <summary>The EtherTypes the stack understands (IEEE 802 numbers).</summary>
internal static class EtherType
{
    public const ushort Ipv4 = 0x0800;
    public const ushort Arp = 0x0806;
}

/// <summary>A MAC address as it lies in a frame.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly struct WireMac(MacAddress address)
{
    /// <summary>The first two bytes.</summary>
    public readonly BigEndian16 High = (ushort)(address.Value >> 32);

    /// <summary>The last four bytes.</summary>
    public readonly BigEndian32 Low = (uint)address.Value;

    /// <summary>The lowest bit of the first byte on the wire marks group addresses.</summary>
    public bool IsMulticast => (High.Raw & 1) != 0;

    public MacAddress Address => new(((ulong)(ushort)High << 32) | Low);

    public bool SameAs(in WireMac other) => High.Raw == other.High.Raw && Low.Raw == other.Low.Raw;
}

/// <summary>The 14 bytes before every payload.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct EthernetHeader
{
    public const int Size = 14;

    public WireMac Destination;
    public WireMac Source;
    public BigEndian16 Type;
}
