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

    /// <summary>The fifth step. False: the segment goes no further (the block may be gone).</summary>
    private bool AcceptAcknowledgment(TcpControlBlock block, in TcpSegment segment)
    {
        uint acknowledgment = segment.Acknowledgment;
        if (block.State == TcpState.SynReceived)
        {
            if (acknowledgment != block.SndNxt)
            {
                SendResetFor(segment);
                return false;
            }

            block.SndUna = acknowledgment;
            CompleteHandshake(block, acknowledgment, (uint)segment.Window << block.SndScale);
        }

        bool isTooOld = Sequence.Less(acknowledgment, block.SndUna - block.MaxSndWnd);
        if (Sequence.Less(block.SndMax, acknowledgment) || isTooOld)
        {
            // RFC 5961 section 5.2.
            SendChallenge(block.Key, block.SndNxt, block.RcvNxt, WindowField(block));
            return false;
        }

        uint window = (uint)segment.Window << block.SndScale;
        if (Sequence.Less(block.SndUna, acknowledgment))
        {
            UpdateSendWindow(block, segment, window);
            return AcceptNewAcknowledgment(block, acknowledgment);
        }

        // RFC 5681 section 2: what a duplicate acknowledgement is.
        bool isDuplicate = acknowledgment == block.SndUna && block.Flight != 0 && segment.IsBare && window == block.SndWnd && window != 0;
        UpdateSendWindow(block, segment, window);
        if (isDuplicate)
        {
            AcceptDuplicate(block);
        }

        return true;
    }

    private void UpdateSendWindow(TcpControlBlock block, in TcpSegment segment, uint window)
    {
        bool isNewer = Sequence.Less(block.SndWl1, segment.Sequence)
            || (block.SndWl1 == segment.Sequence && Sequence.LessOrEqual(block.SndWl2, segment.Acknowledgment));
        if (!isNewer)
        {
            return;
        }

        block.SndWl1 = segment.Sequence;
        block.SndWl2 = segment.Acknowledgment;
        if (block.IsPersisting)
        {
            // The peer answers probes: a zero window may last as long as it likes (RFC 9293 section 3.8.6.1).
            block.Retransmissions = 0;
        }

        if (window == block.SndWnd)
        {
            return;
        }

        block.SndWnd = window;
        block.MaxSndWnd = Math.Max(block.MaxSndWnd, window);
        if (block.IsPersisting && window > 0)
        {
            block.IsPersisting = false;
            block.RetransmitAt = long.MaxValue;
        }

        MarkDirty(block);
    }

    private bool AcceptNewAcknowledgment(TcpControlBlock block, uint acknowledgment)
    {
        long now = _stack.Now;
        uint flight = block.Flight;
        uint acknowledged = acknowledgment - block.SndUna;
        int bytes = (int)Math.Min(acknowledged, (uint)block.Send.Count);
        bool finAcknowledged = acknowledged > (uint)bytes;
        block.Send.Consume(bytes);
        block.SndUna = acknowledgment;
        if (Sequence.Less(block.SndNxt, acknowledgment))
        {
            block.SndNxt = acknowledgment;
        }

        block.RoundTrip.Acknowledged(acknowledgment, now);
        block.RoundTrip.Recompute();
        bool wasInRecovery = block.Congestion.InRecovery;
        bool mustRepeat = block.Congestion.Acknowledged((uint)bytes, acknowledgment, flight, block.Flight);
        block.Retransmissions = 0;
        block.IsPersisting = false;

        // RFC 6298 (5.2) and (5.3).
        block.RetransmitAt = long.MaxValue;
        if (block.Flight != 0)
        {
            ArmRetransmit(block);
        }

        if (mustRepeat && wasInRecovery)
        {
            RetransmitFirst(block);
        }

        MarkDirty(block);
        if (bytes > 0)
        {
            WriteProgressed(block);
        }

        return !finAcknowledged || ReceiveFinAcknowledgment(block);
    }

    private void AcceptDuplicate(TcpControlBlock block)
    {
        _counters.Add(NetworkCounter.TcpDuplicateAcknowledgements);
        if (block.Congestion.Duplicate(block.SndUna, block.Flight, block.SndMax) == DuplicateAction.RetransmitFirst)
        {
            _counters.Add(NetworkCounter.TcpFastRetransmissions);
            RetransmitFirst(block);
        }

        MarkDirty(block);
    }

    /// <summary>Our FIN is acknowledged. False: the connection is over.</summary>
    private bool ReceiveFinAcknowledgment(TcpControlBlock block)
    {
        switch (block.State)
        {
            case TcpState.FinWait1:
                block.State = TcpState.FinWait2;
                if (block.IsOrphan)
                {
                    StartFinWait2Timer(block);
                }

                return true;
            case TcpState.Closing:
                EnterTimeWait(block);
                return false;
            case TcpState.LastAck:
                Finish(block);
                return false;
            default:
                return true;
        }
    }

    /// <summary>The seventh step. False: the connection is over.</summary>
    private bool AcceptPayload(TcpControlBlock block, in TcpSegment segment)
    {
        if (!block.MayReceive)
        {
            return true;
        }

        if (block.IsOrphan)
        {
            // RFC 9293 section 3.6.1 and RFC 2525 section 2.17: nobody will read this; the peer must learn it.
            _counters.Add(NetworkCounter.TcpResetsSent);
            SendControl(block.Key, block.SndNxt, 0, TcpFlags.Rst, 0);
            Finish(block);
            return false;
        }

        uint offset = segment.Sequence - block.RcvNxt;
        uint end = segment.Sequence + (uint)segment.Payload.Length;
        if (block.FinSeen && Sequence.Less(block.FinSequence, end))
        {
            // Bytes behind the end of the stream: the peer contradicts itself.
            _counters.Add(NetworkCounter.TcpOutsideWindow);
            return true;
        }

        block.Receive.PlaceAhead((int)offset, segment.Payload);
        if (offset != 0)
        {
            AcceptOutOfOrder(block, segment.Sequence, end);
            return true;
        }

        bool filledHole = block.Reassembly.Count != 0;
        uint next = filledHole ? block.Reassembly.Advance(end) : end;
        int received = (int)(next - block.RcvNxt);
        block.Receive.Commit(received);
        block.RcvNxt = next;
        block.UnacknowledgedBytes += (uint)received;

        // RFC 9293 section 3.8.6.3: at least every second full segment; RFC 5681 section 4.2: at once when a hole is filled.
        if (filledHole || block.UnacknowledgedBytes >= 2 * (uint)block.Mss)
        {
            block.AckNow = true;
        }
        else if (block.AckAt == long.MaxValue)
        {
            block.AckAt = _stack.Now + (_options.DelayedAcknowledgementMilliseconds * MillisecondNanoseconds);
            _deadlines.Require(block.Index, block.AckAt);
        }

        MarkDirty(block);
        Raise(block, TcpEvents.Readable);
        return true;
    }

    private void AcceptOutOfOrder(TcpControlBlock block, uint begin, uint end)
    {
        _counters.Add(NetworkCounter.TcpOutOfOrder);
        if (!block.Reassembly.TryAdd(begin, end))
        {
            _counters.Add(NetworkCounter.TcpOutOfOrderDrop);
        }

        // RFC 5681 section 4.2: at once and each time, because the peer counts duplicates.
        AcknowledgeAtOnce(block);
    }

    private static void NoteFin(TcpControlBlock block, uint sequence)
    {
        // The latest FIN counts: a peer that has thrown away what it could not send ends its stream sooner than it said at first.
        block.FinSeen = true;
        block.FinSequence = sequence;
    }

    /// <summary>The eighth step: all of the peer's stream has arrived.</summary>
    private void ReceiveFin(TcpControlBlock block)
    {
        block.RcvNxt++;
        if (Sequence.Less(block.RcvAdv, block.RcvNxt))
        {
            block.RcvAdv = block.RcvNxt;
        }

        block.FinReceived = true;
        block.AckNow = true;
        MarkDirty(block);
        Raise(block, TcpEvents.Readable);
        switch (block.State)
        {
            case TcpState.Established:
                block.State = TcpState.CloseWait;
                break;
            case TcpState.FinWait1:
                block.State = TcpState.Closing;
                break;
            case TcpState.FinWait2:
                EnterTimeWait(block);
                break;
        }
    }

    /// <summary>An ICMP error about a segment of ours; <paramref name="quoted"/> begins with its ports and sequence number.</summary>
    public void ReceiveUnreachable(Ipv4Address destination, ReadOnlySpan<byte> quoted, byte code, int nextHopMtu)
    {
        const byte protocolUnreachable = 2;
        const byte portUnreachable = 3;
        ushort localPort = System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(quoted);
        ushort remotePort = System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(quoted[2..]);
        uint sequence = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(quoted[4..]);
        int number = _table.Find(ConnectionKey.Of(destination, remotePort, localPort));

        // RFC 5927 section 4.1: the quoted number must be one that is in flight.
        if (number < 0 || number >= _firstHalfOpen || sequence - _blocks[number].SndUna >= Math.Max(_blocks[number].Flight, 1))
        {
            _counters.Add(NetworkCounter.IcmpErrorsIgnored);
            return;
        }

        TcpControlBlock block = _blocks[number];
        if (nextHopMtu != 0)
        {
            ReduceSegment(block, nextHopMtu);
        }
        else if (block.State == TcpState.SynSent && code is protocolUnreachable or portUnreachable)
        {
            // RFC 5461 section 4.1: a hard error ends only what is not established yet.
            Fail(block, code == portUnreachable ? NetworkError.ConnectionRefused : NetworkError.Unreachable);
        }
    }

    /// <summary>Path MTU discovery (RFC 1191): send smaller segments from the first unacknowledged byte on.</summary>
    private void ReduceSegment(TcpControlBlock block, int nextHopMtu)
    {
        // RFC 791: every host takes 68 bytes; nobody honest asks for less than that of us.
        const int leastMtu = 68;
        int segment = Math.Max(nextHopMtu, leastMtu) - Ipv4Header.Size - TcpHeader.Size;
        if (segment >= block.Mss || !block.IsSynchronised)
        {
            return;
        }

        block.Mss = segment;
        block.Congestion.SetSegment(segment);
        block.SndNxt = block.SndUna;
        block.RoundTrip.StopMeasuring();
        MarkDirty(block);
    }
}
