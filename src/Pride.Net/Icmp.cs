// ICMP (RFC 792, host rules of RFC 1122 section 3.2.2): echo replies, unreachable messages, and errors about our own packets.
//
// What the stack sends on its own account is limited in rate (RFC 1812 section 4.3.2.8), so that it cannot be used to flood others.

using System;
using System.Runtime.InteropServices;

namespace Pride.Net;

/// <summary>The first eight bytes of every ICMP message; the last four depend on the type.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct IcmpHeader
{
    public const int Size = 8;

    public byte Type;
    public byte Code;
    public BigEndian16 Checksum;
    public BigEndian16 Word0;
    public BigEndian16 Word1;
}

/// <summary>The ICMP layer of one stack.</summary>
internal sealed class Icmp(NetworkStack stack)
{
    public const byte ProtocolUnreachable = 2;
    public const byte PortUnreachable = 3;
    private const byte FragmentationNeeded = 4;

    private const byte TypeEchoReply = 0;
    private const byte TypeUnreachable = 3;
    private const byte TypeEcho = 8;
    private const byte TypeTimeExceeded = 11;
    private const byte TypeParameterProblem = 12;

    /// <summary>RFC 792: an error carries the header and the first 64 bits of what caused it.</summary>
    private const int QuotedBytes = 8;

    /// <summary>Error messages in one second at most.</summary>
    private const int MaximumErrorsPerSecond = 100;

    private RateLimit _errors = new(MaximumErrorsPerSecond);

    public void Receive(Ipv4Address source, ReadOnlySpan<byte> message, bool broadcast)
    {
        stack.Counters.Add(NetworkCounter.IcmpReceived);
        if (message.Length < IcmpHeader.Size)
        {
            stack.Counters.Add(NetworkCounter.IcmpDropMalformed);
            return;
        }

        if (stack.VerifiesReceived && InternetChecksum.Fold(InternetChecksum.Add(message, 0)) != InternetChecksum.Correct)
        {
            stack.Counters.Add(NetworkCounter.IcmpDropChecksum);
            return;
        }

        ref readonly IcmpHeader header = ref MemoryMarshal.AsRef<IcmpHeader>(message);
        switch (header.Type)
        {
            // RFC 1122 section 3.2.2.6 allows to ignore echo requests to all: they serve to amplify floods.
            case TypeEcho when !broadcast && source != Ipv4Address.Any:
                SendEchoReply(source, message);
                break;
            case TypeUnreachable or TypeTimeExceeded or TypeParameterProblem:
                ReceiveError(header, message[IcmpHeader.Size..]);
                break;
            default:
                stack.Counters.Add(NetworkCounter.IcmpErrorsIgnored);
                break;
        }
    }

    /// <summary>Tells <paramref name="destination"/> that <paramref name="offender"/>, an IPv4 packet of his, cannot be delivered.</summary>
    public void SendUnreachable(byte code, Ipv4Address destination, ReadOnlySpan<byte> offender)
    {
        // RFC 1122 section 3.2.2: never about a packet whose source is not one host.
        if (destination == Ipv4Address.Any || stack.Configuration.Address == Ipv4Address.Any)
        {
            return;
        }

        if (!_errors.TryTake(stack.Now))
        {
            stack.Counters.Add(NetworkCounter.IcmpRateLimited);
            return;
        }

        Span<byte> frame = stack.GetTransmitBuffer();
        if (frame.IsEmpty)
        {
            return;
        }

        int headerLength = (offender[0] & 0xF) * sizeof(uint);
        ReadOnlySpan<byte> quoted = offender[..Math.Min(offender.Length, headerLength + QuotedBytes)];
        Span<byte> payload = frame.Slice(Ipv4.PayloadOffset, IcmpHeader.Size + quoted.Length);
        MemoryMarshal.AsRef<IcmpHeader>(payload) = new IcmpHeader { Type = TypeUnreachable, Code = code };
        quoted.CopyTo(payload[IcmpHeader.Size..]);
        Send(frame, destination, payload, InternetChecksum.Add(payload, 0));
        stack.Counters.Add(NetworkCounter.IcmpUnreachableSent);
    }

    private void SendEchoReply(Ipv4Address source, ReadOnlySpan<byte> request)
    {
        Span<byte> frame = stack.GetTransmitBuffer();
        if (frame.Length < Ipv4.PayloadOffset + request.Length)
        {
            // No buffer, or a request reassembled from fragments: the reply would have to be fragmented.
            return;
        }

        Span<byte> payload = frame.Slice(Ipv4.PayloadOffset, request.Length);
        ref readonly IcmpHeader asked = ref MemoryMarshal.AsRef<IcmpHeader>(request);
        ref IcmpHeader header = ref MemoryMarshal.AsRef<IcmpHeader>(payload);
        header = new IcmpHeader { Type = TypeEchoReply, Word0 = asked.Word0, Word1 = asked.Word1 };
        ulong sum = (ulong)asked.Word0.Raw + asked.Word1.Raw;
        sum = InternetChecksum.AddCopying(request[IcmpHeader.Size..], payload[IcmpHeader.Size..], sum);
        Send(frame, source, payload, sum);
        stack.Counters.Add(NetworkCounter.IcmpEchoReplies);
    }

    private void Send(Span<byte> frame, Ipv4Address destination, Span<byte> payload, ulong sum)
    {
        if (stack.FillsTransmitted)
        {
            MemoryMarshal.AsRef<IcmpHeader>(payload).Checksum = InternetChecksum.Finish(sum);
        }

        stack.Ipv4.Send(frame, destination, IpProtocol.Icmp, payload.Length);
    }

    /// <summary>An error about a packet that we have sent: only TCP listens, and only after it has recognised its own segment.</summary>
    private void ReceiveError(in IcmpHeader header, ReadOnlySpan<byte> quoted)
    {
        stack.Counters.Add(NetworkCounter.IcmpErrorsReceived);
        if (header.Type != TypeUnreachable || quoted.Length < Ipv4Header.Size + QuotedBytes)
        {
            stack.Counters.Add(NetworkCounter.IcmpErrorsIgnored);
            return;
        }

        ref readonly Ipv4Header original = ref MemoryMarshal.AsRef<Ipv4Header>(quoted);
        int headerLength = (original.VersionAndLength & 0xF) * sizeof(uint);
        bool isOurs = original.Source == stack.Configuration.Address.Value;
        if (!isOurs || headerLength < Ipv4Header.Size || quoted.Length < headerLength + QuotedBytes || (IpProtocol)original.Protocol != IpProtocol.Tcp)
        {
            stack.Counters.Add(NetworkCounter.IcmpErrorsIgnored);
            return;
        }

        int nextHopMtu = header.Code == FragmentationNeeded ? header.Word1 : 0;
        stack.Tcp.ReceiveUnreachable(new Ipv4Address(original.Destination), quoted[headerLength..], header.Code, nextHopMtu);
    }
}

/// <summary>At most so many events in each second.</summary>
internal struct RateLimit(int perSecond)
{
    private const long SecondNanoseconds = 1_000_000_000;

    private long _windowEnd;
    private int _left;

    /// <summary>True when one more event is within the limit.</summary>
    public bool TryTake(long now)
    {
        if (now >= _windowEnd)
        {
            _windowEnd = now + SecondNanoseconds;
            _left = perSecond;
        }

        if (_left == 0)
        {
            return false;
        }

        _left--;
        return true;
    }
}
