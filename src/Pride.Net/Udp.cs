// UDP (RFC 768, host rules of RFC 1122 section 4.1): ports, checksums, and who gets a datagram.

using System;
using System.Runtime.InteropServices;

namespace Pride.Net;

/// <summary>The UDP header.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct UdpHeader
{
    public const int Size = 8;

    public BigEndian16 SourcePort;
    public BigEndian16 DestinationPort;
    public BigEndian16 Length;
    public BigEndian16 Checksum;
}

/// <summary>The UDP layer of one stack.</summary>
internal sealed class Udp
{
    /// <summary>IANA's dynamic ports begin here (RFC 6335 section 6).</summary>
    public const ushort FirstEphemeralPort = 49152;

    /// <summary>Where a UDP payload begins in a frame that we send.</summary>
    public const int PayloadOffset = Ipv4.PayloadOffset + UdpHeader.Size;

    private const int EphemeralPorts = 65536 - FirstEphemeralPort;

    private readonly NetworkStack _stack;
    private readonly UdpSocket[] _sockets;
    private readonly UdpSocket?[] _open;
    private int _openCount;

    public Udp(NetworkStack stack, NetworkStackOptions options)
    {
        _stack = stack;
        _sockets = new UdpSocket[options.MaximumUdpSockets];
        _open = new UdpSocket?[options.MaximumUdpSockets];
        byte[] queues = new byte[options.UdpQueueBytes * options.MaximumUdpSockets];
        for (int i = 0; i < _sockets.Length; i++)
        {
            _sockets[i] = new UdpSocket(stack, this, new ByteRing(queues, i * options.UdpQueueBytes, options.UdpQueueBytes));
        }
    }

    /// <summary>Longest payload that fits a packet.</summary>
    public int MaximumPayload => _stack.Interface.MaximumTransmissionUnit - Ipv4Header.Size - UdpHeader.Size;

    /// <summary>Opens a port; 0 chooses a free one.</summary>
    public UdpSocket Open(ushort port, IUdpHandler? handler)
    {
        if (port != 0 && Find(port) is not null)
        {
            throw new NetworkException(NetworkError.PortInUse);
        }

        for (int i = 0; i < _sockets.Length; i++)
        {
            if (!_sockets[i].IsOpen)
            {
                _sockets[i].Open(port != 0 ? port : ChooseEphemeral(), handler);
                _open[_openCount++] = _sockets[i];
                return _sockets[i];
            }
        }

        throw new NetworkException(NetworkError.LimitReached);
    }

    public void Closed(UdpSocket socket)
    {
        int index = Array.IndexOf(_open, socket);
        _openCount--;
        _open[index] = _open[_openCount];
        _open[_openCount] = null;
    }

    public void Receive(Ipv4Address source, Ipv4Address destination, ReadOnlySpan<byte> datagram, ReadOnlySpan<byte> packet, bool broadcast)
    {
        _stack.Counters.Add(NetworkCounter.UdpReceived);
        if (datagram.Length < UdpHeader.Size)
        {
            _stack.Counters.Add(NetworkCounter.UdpDropMalformed);
            return;
        }

        ref readonly UdpHeader header = ref MemoryMarshal.AsRef<UdpHeader>(datagram);
        int length = header.Length;
        if (length < UdpHeader.Size || length > datagram.Length)
        {
            _stack.Counters.Add(NetworkCounter.UdpDropMalformed);
            return;
        }

        UdpSocket? socket = Find(header.DestinationPort);
        if (socket is null)
        {
            _stack.Counters.Add(NetworkCounter.UdpDropNoSocket);
            if (!broadcast)
            {
                _stack.Icmp.SendUnreachable(Icmp.PortUnreachable, source, packet);
            }

            return;
        }

        // A checksum of zero means that the sender made none.
        ReadOnlySpan<byte> payload = datagram[UdpHeader.Size..length];
        bool isSummed = _stack.VerifiesReceived && header.Checksum.Raw != 0;
        ulong payloadSum = 0;
        if (isSummed)
        {
            payloadSum = InternetChecksum.Add(payload, 0);
            ulong sum = payloadSum + header.SourcePort.Raw + header.DestinationPort.Raw + header.Length.Raw + header.Checksum.Raw;
            sum += InternetChecksum.PseudoHeader(source, destination, IpProtocol.Udp, length);
            if (InternetChecksum.Fold(sum) != InternetChecksum.Correct)
            {
                _stack.Counters.Add(NetworkCounter.UdpDropChecksum);
                return;
            }
        }

        socket.Deliver(new UdpDatagram(new Endpoint(source, header.SourcePort), payload, payloadSum, isSummed));
    }

    /// <summary>Sends <paramref name="length"/> bytes written at <see cref="PayloadOffset"/> of <paramref name="frame"/>, whose sum is <paramref name="sum"/>.</summary>
    public bool Send(Span<byte> frame, ushort sourcePort, Endpoint destination, int length, ulong sum)
    {
        int total = UdpHeader.Size + length;
        ref UdpHeader header = ref MemoryMarshal.AsRef<UdpHeader>(frame[Ipv4.PayloadOffset..]);
        BigEndian16 from = sourcePort;
        BigEndian16 to = destination.Port;
        BigEndian16 size = (ushort)total;
        header.SourcePort = from;
        header.DestinationPort = to;
        header.Length = size;
        header.Checksum = 0;
        if (_stack.FillsTransmitted)
        {
            sum += InternetChecksum.PseudoHeader(_stack.Configuration.Address, destination.Address, IpProtocol.Udp, total);
            BigEndian16 checksum = InternetChecksum.Finish(sum + from.Raw + to.Raw + size.Raw);

            // RFC 768: a sum of zero is sent as all ones, because zero means "none".
            header.Checksum = checksum.Raw == 0 ? (BigEndian16)0xFFFF : checksum;
        }

        _stack.Counters.Add(NetworkCounter.UdpSent);
        return _stack.Ipv4.Send(frame, destination.Address, IpProtocol.Udp, total);
    }

    /// <summary>Completes waiting receives. A continuation may open and close sockets, so all are looked at, not the list of open ones.</summary>
    public void RunEvents()
    {
        foreach (UdpSocket socket in _sockets)
        {
            socket.RunEvents();
        }
    }

    private UdpSocket? Find(ushort port)
    {
        for (int i = 0; i < _openCount; i++)
        {
            UdpSocket socket = _open[i]!;
            if (socket.LocalPort == port)
            {
                return socket;
            }
        }

        return null;
    }

    private ushort ChooseEphemeral()
    {
        ulong start = _stack.Secret.Hash((ulong)_stack.Now, FirstEphemeralPort);
        for (ulong n = 0; n < EphemeralPorts; n++)
        {
            ushort port = (ushort)(FirstEphemeralPort + ((start + n) % EphemeralPorts));
            if (Find(port) is null)
            {
                return port;
            }
        }

        throw new NetworkException(NetworkError.LimitReached);
    }
}
