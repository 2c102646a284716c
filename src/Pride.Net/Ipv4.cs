// IPv4 (RFC 791, host rules of RFC 1122 section 3.2): validation of what arrives, headers for what leaves, the next hop.
//
// Options are skipped, fragments go to Reassembly, nothing is forwarded. What leaves is never fragmented: it carries DF, and
// its identification is 0 (RFC 6864 section 4.1 allows any value for atomic datagrams).

using System;
using System.Runtime.InteropServices;

namespace Pride.Net;

/// <summary>Assigned protocol numbers.</summary>
public enum IpProtocol : byte
{
    Icmp = 1,
    Tcp = 6,
    Udp = 17,
}

/// <summary>The host's place in the network. <paramref name="prefixLength"/> is 0 to 32; gateway 0.0.0.0: none.</summary>
public readonly struct Ipv4Configuration(Ipv4Address address, int prefixLength, Ipv4Address gateway, Ipv4Address dnsServer = default)
{
    public Ipv4Address Address { get; } = address;

    public int PrefixLength { get; } = prefixLength;

    public Ipv4Address Gateway { get; } = gateway;

    /// <summary>The first name server DHCP told, or 0.0.0.0.</summary>
    public Ipv4Address DnsServer { get; } = dnsServer;

    public uint Mask => PrefixLength == 0 ? 0 : uint.MaxValue << (32 - PrefixLength);

    /// <summary>The broadcast address of the subnet.</summary>
    public Ipv4Address SubnetBroadcast => new(Address.Value | ~Mask);
}

/// <summary>An IPv4 header without options.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct Ipv4Header
{
    public const int Size = 20;

    /// <summary>Version 4 and a header of five words.</summary>
    public const byte VersionAndLengthPlain = 0x45;
    public const ushort DoNotFragment = 0x4000;
    public const ushort MoreFragments = 0x2000;
    public const ushort FragmentOffsetMask = 0x1FFF;

    public byte VersionAndLength;
    public byte TypeOfService;
    public BigEndian16 TotalLength;
    public BigEndian16 Identification;
    public BigEndian16 FlagsAndOffset;
    public byte TimeToLive;
    public byte Protocol;
    public BigEndian16 Checksum;
    public BigEndian32 Source;
    public BigEndian32 Destination;
}

/// <summary>The IPv4 layer of one stack.</summary>
internal sealed class Ipv4
{
    /// <summary>Where an IPv4 payload begins in a frame that we send.</summary>
    public const int PayloadOffset = EthernetHeader.Size + Ipv4Header.Size;

    /// <summary>RFC 1122 section 3.2.1.7 and the assigned numbers' recommendation.</summary>
    private const byte DefaultTimeToLive = 64;

    private readonly NetworkStack _stack;
    private readonly Reassembly _reassembly;

    // The next hop of the last destination: a server answers whom it has just heard.
    private Ipv4Address _lastDestination;
    private WireMac _lastMac;
    private uint _lastVersion = uint.MaxValue;

    public Ipv4(NetworkStack stack, NetworkStackOptions options)
    {
        _stack = stack;
        _reassembly = new Reassembly(stack, options);
    }

    public long Deadline => _reassembly.Deadline;

    public void RunTimers(long now) => _reassembly.RunTimers(now);

    /// <summary>Handles a received packet; <paramref name="linkBroadcast"/>: the frame was for all or for a group.</summary>
    public void Receive(ReadOnlySpan<byte> packet, bool linkBroadcast)
    {
        _stack.Counters.Add(NetworkCounter.Ipv4Received);
        if (packet.Length < Ipv4Header.Size)
        {
            _stack.Counters.Add(NetworkCounter.Ipv4DropMalformed);
            return;
        }

        ref readonly Ipv4Header header = ref MemoryMarshal.AsRef<Ipv4Header>(packet);
        int headerLength = (header.VersionAndLength & 0xF) * sizeof(uint);
        int totalLength = header.TotalLength;
        if (header.VersionAndLength >> 4 != 4 || headerLength < Ipv4Header.Size || totalLength < headerLength || totalLength > packet.Length)
        {
            _stack.Counters.Add(NetworkCounter.Ipv4DropMalformed);
            return;
        }

        if (_stack.VerifiesReceived && InternetChecksum.Fold(InternetChecksum.Add(packet[..headerLength], 0)) != InternetChecksum.Correct)
        {
            _stack.Counters.Add(NetworkCounter.Ipv4DropChecksum);
            return;
        }

        var source = new Ipv4Address(header.Source);
        var destination = new Ipv4Address(header.Destination);
        if (!IsAcceptable(source, destination, linkBroadcast))
        {
            return;
        }

        ReadOnlySpan<byte> payload = packet[headerLength..totalLength];
        if ((header.FlagsAndOffset & (Ipv4Header.MoreFragments | Ipv4Header.FragmentOffsetMask)) != 0)
        {
            payload = _reassembly.Accept(header, payload);
            if (payload.IsEmpty)
            {
                return;
            }
        }

        Dispatch((IpProtocol)header.Protocol, source, destination, payload, packet, linkBroadcast);
    }

    /// <summary>
    /// Puts the headers before a payload of <paramref name="length"/> bytes, written at <see cref="PayloadOffset"/> of a <paramref name="frame"/> from
    /// <see cref="NetworkStack.GetTransmitBuffer"/>, and sends the packet.
    /// A packet whose next hop must be resolved first waits in the ARP queue and counts as sent. False: no route.
    /// </summary>
    public bool Send(Span<byte> frame, Ipv4Address destination, IpProtocol protocol, int length)
    {
        int total = Ipv4Header.Size + length;
        WriteHeader(frame[EthernetHeader.Size..], destination, protocol, total);
        if (destination == _lastDestination && _lastVersion == _stack.Arp.Version)
        {
            _stack.WriteEthernet(frame, _lastMac, EtherType.Ipv4);
            _stack.Transmit(EthernetHeader.Size + total);
            return true;
        }

        return SendUncached(frame[..(EthernetHeader.Size + total)], destination);
    }

    private bool SendUncached(Span<byte> frame, Ipv4Address destination)
    {
        WireMac mac;
        if (IsBroadcast(destination))
        {
            mac = new WireMac(MacAddress.Broadcast);
        }
        else if (destination.IsMulticast)
        {
            // RFC 1112 section 6.4: the low 23 bits after 01-00-5E.
            mac = new WireMac(new MacAddress(0x0100_5E00_0000UL | (destination.Value & 0x7F_FFFF)));
        }
        else
        {
            Ipv4Address hop = NextHop(destination);
            if (hop == Ipv4Address.Any)
            {
                _stack.Counters.Add(NetworkCounter.Ipv4SendDropNoRoute);
                return false;
            }

            // The frame lies in the interface's buffer; asking for the address uses that buffer too, so the frame is kept first.
            if (!_stack.Arp.IsKnown(hop))
            {
                _stack.WriteEthernet(frame, default, EtherType.Ipv4);
                _stack.Arp.Hold(hop, frame);
                _stack.Arp.TryResolve(hop, out _);
                return true;
            }

            _stack.Arp.TryResolve(hop, out mac);
        }

        _lastDestination = destination;
        _lastMac = mac;
        _lastVersion = _stack.Arp.Version;
        _stack.WriteEthernet(frame, mac, EtherType.Ipv4);
        _stack.Transmit(frame.Length);
        return true;
    }

    private void WriteHeader(Span<byte> packet, Ipv4Address destination, IpProtocol protocol, int total)
    {
        ref Ipv4Header header = ref MemoryMarshal.AsRef<Ipv4Header>(packet);
        BigEndian16 length = (ushort)total;
        BigEndian16 flags = Ipv4Header.DoNotFragment;
        BigEndian32 from = _stack.Configuration.Address.Value;
        BigEndian32 to = destination.Value;
        header.VersionAndLength = Ipv4Header.VersionAndLengthPlain;
        header.TypeOfService = 0;
        header.TotalLength = length;
        header.Identification = 0;
        header.FlagsAndOffset = flags;
        header.TimeToLive = DefaultTimeToLive;
        header.Protocol = (byte)protocol;
        header.Source = from;
        header.Destination = to;
        if (!_stack.FillsTransmitted)
        {
            header.Checksum = 0;
            return;
        }

        // The words of the header as the machine loads them, low byte first.
        uint lifeAndProtocol = DefaultTimeToLive | ((uint)protocol << 8);
        ulong sum = Ipv4Header.VersionAndLengthPlain + (ulong)length.Raw + flags.Raw + lifeAndProtocol + from.Raw + to.Raw;
        header.Checksum = InternetChecksum.Finish(sum);
    }

    private Ipv4Address NextHop(Ipv4Address destination)
    {
        Ipv4Configuration configuration = _stack.Configuration;
        bool isLocal = ((destination.Value ^ configuration.Address.Value) & configuration.Mask) == 0;
        return isLocal ? destination : configuration.Gateway;
    }

    private bool IsBroadcast(Ipv4Address address) =>
        address == Ipv4Address.Broadcast
        || (address == _stack.Configuration.SubnetBroadcast && _stack.Configuration.PrefixLength < 31);

    private bool IsAcceptable(Ipv4Address source, Ipv4Address destination, bool linkBroadcast)
    {
        // RFC 1122 section 3.2.1.3: a source is never a group, never a broadcast address, never a loopback address.
        if (source.IsMulticast || source == Ipv4Address.Broadcast || source.IsLoopback)
        {
            _stack.Counters.Add(NetworkCounter.Ipv4DropSource);
            return false;
        }

        Ipv4Address own = _stack.Configuration.Address;
        if (own == Ipv4Address.Any)
        {
            // Before DHCP is done anything for us on the link may be the server's answer.
            return true;
        }

        if (source == own)
        {
            _stack.Counters.Add(NetworkCounter.Ipv4DropSource);
            return false;
        }

        // RFC 1122 section 3.3.6: a unicast packet in a broadcast frame is dropped.
        if ((destination == own && !linkBroadcast) || IsBroadcast(destination))
        {
            return true;
        }

        _stack.Counters.Add(NetworkCounter.Ipv4DropNotForUs);
        return false;
    }

    private void Dispatch(
        IpProtocol protocol, Ipv4Address source, Ipv4Address destination, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> packet, bool linkBroadcast)
    {
        bool broadcast = linkBroadcast || IsBroadcast(destination);
        switch (protocol)
        {
            case IpProtocol.Udp:
                _stack.Udp.Receive(source, destination, payload, packet, broadcast);
                break;
            case IpProtocol.Tcp when !broadcast && source != Ipv4Address.Any && _stack.Configuration.Address != Ipv4Address.Any:
                _stack.Tcp.Receive(source, payload);
                break;
            case IpProtocol.Icmp:
                _stack.Icmp.Receive(source, payload, broadcast);
                break;
            default:
                _stack.Counters.Add(NetworkCounter.Ipv4DropUnknownProtocol);
                if (!broadcast)
                {
                    _stack.Icmp.SendUnreachable(Icmp.ProtocolUnreachable, source, packet);
                }

                break;
        }
    }
}
