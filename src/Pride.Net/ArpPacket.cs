// The packet of address resolution (RFC 826).

using System.Runtime.InteropServices;

namespace Pride.Net;

/// <summary>An ARP packet for IPv4 over Ethernet.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct ArpPacket
{
    public const int Size = 28;
    public const ushort HardwareEthernet = 1;
    public const ushort Request = 1;
    public const ushort Reply = 2;

    public BigEndian16 HardwareType;
    public BigEndian16 ProtocolType;
    public byte HardwareLength;
    public byte ProtocolLength;
    public BigEndian16 Operation;
    public WireMac SenderMac;
    public BigEndian32 SenderAddress;
    public WireMac TargetMac;
    public BigEndian32 TargetAddress;
}
