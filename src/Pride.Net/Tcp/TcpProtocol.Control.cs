// Segments that belong to no connection block: resets, handshake answers, and acknowledgements of half-open and TIME-WAIT connections.

using System;
using System.Runtime.InteropServices;

namespace Pride.Net;

internal sealed partial class TcpProtocol
{
    /// <summary>RFC 5961 section 10: challenge acknowledgements in one second at most.</summary>
    private const int MaximumChallengesPerSecond = 100;

    /// <summary>Resets to strangers in one second at most, so that a scan with forged sources does not make us flood others.</summary>
    private const int MaximumResetsPerSecond = 500;

    private RateLimit _challenges = new(MaximumChallengesPerSecond);
    private RateLimit _resets = new(MaximumResetsPerSecond);

    /// <summary>A segment for which there is no connection (RFC 9293 section 3.10.7.1 and 3.10.7.2).</summary>
    private void ReceiveUnknown(in TcpSegment segment)
    {
        if (segment.Has(TcpFlags.Rst))
        {
            _counters.Add(NetworkCounter.TcpDropNoConnection);
            return;
        }

        const TcpFlags handshake = TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Fin;
        TcpListener? listener = FindListener(segment.LocalPort);
        if (listener is not null && (segment.Flags & handshake) == TcpFlags.Syn)
        {
            ReceiveSyn(listener, segment);
            return;
        }

        _counters.Add(NetworkCounter.TcpDropNoConnection);
        SendResetFor(segment);
    }

    /// <summary>The reset that answers a segment nobody expects (RFC 9293 section 3.10.7.1).</summary>
    private void SendResetFor(in TcpSegment segment)
    {
        if (!_resets.TryTake(_stack.Now))
        {
            return;
        }

        _counters.Add(NetworkCounter.TcpResetsSent);
        if (segment.Has(TcpFlags.Ack))
        {
            SendControl(segment.Key, segment.Acknowledgment, 0, TcpFlags.Rst, 0);
        }
        else
        {
            SendControl(segment.Key, 0, segment.Sequence + segment.Length, TcpFlags.Rst | TcpFlags.Ack, 0);
        }
    }

    /// <summary>RFC 5961: asks the peer whether it really meant what would end or upset the connection.</summary>
    private void SendChallenge(ulong key, uint sequence, uint acknowledgment, ushort window)
    {
        if (!_challenges.TryTake(_stack.Now))
        {
            _counters.Add(NetworkCounter.TcpChallengeRateLimited);
            return;
        }

        _counters.Add(NetworkCounter.TcpChallengeAcknowledgements);
        SendControl(key, sequence, acknowledgment, TcpFlags.Ack, window);
    }

    /// <summary>Sends a segment without data or options. False: no transmit buffer.</summary>
    private bool SendControl(ulong key, uint sequence, uint acknowledgment, TcpFlags flags, ushort window) =>
        SendControl(key, sequence, acknowledgment, flags, window, default);

    /// <summary>Sends a SYN with options (a segment size of 0: no options).</summary>
    private bool SendControl(ulong key, uint sequence, uint acknowledgment, TcpFlags flags, ushort window, SynOptions options)
    {
        Span<byte> frame = _stack.GetTransmitBuffer();
        if (frame.IsEmpty)
        {
            return false;
        }

        Span<byte> bytes = frame[Ipv4.PayloadOffset..];
        int length = TcpHeader.Size;
        if (options.MaximumSegmentSize != 0)
        {
            length += options.Write(bytes[TcpHeader.Size..]);
        }

        bytes = bytes[..length];
        Ipv4Address destination = ConnectionKey.RemoteAddress(key);
        MemoryMarshal.AsRef<TcpHeader>(bytes) = new TcpHeader
        {
            SourcePort = ConnectionKey.LocalPort(key),
            DestinationPort = ConnectionKey.RemotePort(key),
            Sequence = sequence,
            Acknowledgment = acknowledgment,
            DataOffset = (byte)(length / sizeof(uint) << 4),
            Flags = (byte)flags,
            Window = window,
        };
        if (_stack.FillsTransmitted)
        {
            ulong sum = InternetChecksum.PseudoHeader(_stack.Configuration.Address, destination, IpProtocol.Tcp, length);
            MemoryMarshal.AsRef<TcpHeader>(bytes).Checksum = InternetChecksum.Finish(InternetChecksum.Add(bytes, sum));
        }

        _counters.Add(NetworkCounter.TcpSent);
        _stack.Ipv4.Send(frame, destination, IpProtocol.Tcp, length);
        return true;
    }
}
