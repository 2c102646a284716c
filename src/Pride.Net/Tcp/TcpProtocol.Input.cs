// Segments for a connection, in the order of RFC 9293 section 3.10.7.3 (SYN-SENT) and 3.10.7.4 (all others), hardened by RFC 5961.
//
// Segments are trimmed to the window, urgent data is ordinary data (RFC 6093 section 6), and nothing is sent from here but what must
// be answered at once.

using System;

namespace Pride.Net;

internal sealed partial class TcpProtocol
{
    private void ReceiveFor(TcpControlBlock block, TcpSegment segment)
    {
        if (block.State == TcpState.SynSent)
        {
            ReceiveInSynSent(block, segment);
            return;
        }

        block.LastReceived = _stack.Now;
        block.KeepAliveProbes = 0;

        // First: the sequence number.
        if (!TrimToWindow(block, ref segment))
        {
            return;
        }

        // Second and fourth: RST and SYN.
        if (segment.Has(TcpFlags.Rst) || segment.Has(TcpFlags.Syn))
        {
            ReceiveResetOrSyn(block, segment);
            return;
        }

        // Fifth: the acknowledgement.
        if (!segment.Has(TcpFlags.Ack) || !AcceptAcknowledgment(block, segment))
        {
            return;
        }

        // Seventh: the bytes.
        if (!segment.Payload.IsEmpty && !AcceptPayload(block, segment))
        {
            return;
        }

        // Eighth: FIN.
        if (segment.Has(TcpFlags.Fin) && !block.FinReceived)
        {
            NoteFin(block, segment.Sequence + (uint)segment.Payload.Length);
        }

        if (block.FinSeen && !block.FinReceived && block.RcvNxt == block.FinSequence)
        {
            ReceiveFin(block);
        }
    }

    private void ReceiveInSynSent(TcpControlBlock block, in TcpSegment segment)
    {
        bool hasAck = segment.Has(TcpFlags.Ack);
        if (hasAck && segment.Acknowledgment != block.SndNxt)
        {
            if (!segment.Has(TcpFlags.Rst))
            {
                SendResetFor(segment);
            }

            return;
        }

        if (segment.Has(TcpFlags.Rst))
        {
            if (hasAck)
            {
                _counters.Add(NetworkCounter.TcpResetsReceived);
                Fail(block, NetworkError.ConnectionRefused);
            }

            return;
        }

        if (!segment.Has(TcpFlags.Syn))
        {
            return;
        }

        SynOptions options = SynOptions.Parse(segment.Options);
        block.StartReceiving(segment.Sequence);
        ApplyPeerOptions(block, options.MaximumSegmentSize, options.WindowScale);
        block.LastReceived = _stack.Now;
        block.SndWl1 = segment.Sequence;
        block.SndWl2 = segment.Acknowledgment;
        if (!hasAck)
        {
            // Both sides open at once: our SYN again, now with an acknowledgement.
            block.State = TcpState.SynReceived;
            block.SndWnd = segment.Window;
            SendSyn(block);
            return;
        }

        block.SndUna = segment.Acknowledgment;
        CompleteHandshake(block, segment.Acknowledgment, segment.Window);
        block.AckNow = true;
        MarkDirty(block);
    }

    /// <summary>Our SYN is acknowledged. The window of a SYN is never scaled (RFC 7323 section 2.2).</summary>
    private void CompleteHandshake(TcpControlBlock block, uint acknowledgment, uint window)
    {
        bool lostSyn = block.Retransmissions > 0;
        block.RoundTrip.Acknowledged(acknowledgment, _stack.Now);
        if (lostSyn)
        {
            block.RoundTrip.Reset(TcpRoundTrip.TimeoutAfterLostSyn);
        }

        block.Retransmissions = 0;
        block.RetransmitAt = long.MaxValue;
        block.Congestion.Reset(block.Mss, block.Iss, lostSyn);
        _counters.Add(NetworkCounter.TcpConnected);
        EnterEstablished(block, window);
        Raise(block, TcpEvents.Connected);
    }

    private void EnterEstablished(TcpControlBlock block, uint window)
    {
        block.State = block.FinQueued ? TcpState.FinWait1 : TcpState.Established;
        block.SndWnd = window;
        block.MaxSndWnd = window;
        block.LastReceived = _stack.Now;
        block.LastSent = block.LastReceived;
        ArmKeepAlive(block);
        MarkDirty(block);
    }

    private void ApplyPeerOptions(TcpControlBlock block, int segment, int scale)
    {
        block.Mss = Math.Min(segment, OwnMaximumSegment);
        block.SndScale = Math.Max(scale, 0);
        block.RcvScale = scale < 0 ? 0 : OwnWindowScale;
    }

    /// <summary>
    /// Cuts off what lies outside the receive window. False: the segment is not acceptable and has been answered (RFC 9293 section 3.10.7.4, first step).
    /// </summary>
    private bool TrimToWindow(TcpControlBlock block, ref TcpSegment segment)
    {
        uint window = block.RcvAdv - block.RcvNxt;
        uint offset = segment.Sequence - block.RcvNxt;
        if ((int)offset < 0)
        {
            uint old = 0 - offset;
            if (segment.Length < old || (segment.Length == old && segment.Length != 0) || segment.Has(TcpFlags.Rst | TcpFlags.Syn))
            {
                return AnswerOld(block, ref segment);
            }

            segment.Payload = segment.Payload[(int)old..];
            segment.Sequence = block.RcvNxt;
            return TrimEnd(block, ref segment, window);
        }

        // A zero window accepts only what takes no room, but a probe's acknowledgement still counts.
        if (offset < window || (offset == 0 && segment.Length == 0))
        {
            return TrimEnd(block, ref segment, window - offset);
        }

        if (segment.Has(TcpFlags.Rst))
        {
            return offset == 0;
        }

        _counters.Add(NetworkCounter.TcpOutsideWindow);
        AcknowledgeAtOnce(block);
        if (offset != 0)
        {
            return false;
        }

        segment.Payload = default;
        segment.Flags &= ~(TcpFlags.Fin | TcpFlags.Syn);
        return true;
    }

    /// <summary>Nothing in the segment is new. Its acknowledgement may still be.</summary>
    private bool AnswerOld(TcpControlBlock block, ref TcpSegment segment)
    {
        if (segment.Has(TcpFlags.Rst))
        {
            return false;
        }

        if (segment.Has(TcpFlags.Syn))
        {
            return true;
        }

        AcknowledgeAtOnce(block);
        bool mayCarryNews = segment.Length != 0;
        segment.Payload = default;
        segment.Flags &= ~TcpFlags.Fin;
        segment.Sequence = block.RcvNxt;
        return mayCarryNews;
    }

    private static bool TrimEnd(TcpControlBlock block, ref TcpSegment segment, uint room)
    {
        if ((uint)segment.Payload.Length > room)
        {
            segment.Payload = segment.Payload[..(int)room];
            segment.Flags &= ~TcpFlags.Fin;
            block.AckNow = true;
        }

        return true;
    }

    private void ReceiveResetOrSyn(TcpControlBlock block, in TcpSegment segment)
    {
        if (segment.Has(TcpFlags.Rst) && segment.Sequence == block.RcvNxt)
        {
            _counters.Add(NetworkCounter.TcpResetsReceived);
            bool isRefusal = block.State == TcpState.SynReceived;
            Fail(block, isRefusal ? NetworkError.ConnectionRefused : NetworkError.ConnectionReset);
            return;
        }

        if (block.State == TcpState.SynReceived && segment.Has(TcpFlags.Syn) && segment.Has(TcpFlags.Ack)
            && segment.Sequence == block.Irs && segment.Acknowledgment == block.SndNxt)
        {
            // Simultaneous open: the peer's SYN-ACK acknowledges our SYN.
            block.SndUna = segment.Acknowledgment;
            CompleteHandshake(block, segment.Acknowledgment, segment.Window);
            block.AckNow = true;
            return;
        }

        // RFC 5961 sections 3.2 and 4.2.
        SendChallenge(block.Key, block.SndNxt, block.RcvNxt, WindowField(block));
    }
}
