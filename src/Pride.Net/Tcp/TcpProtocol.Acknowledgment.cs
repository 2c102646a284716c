// The fifth step of RFC 9293 section 3.10.7.4: what a segment acknowledges, the window that it gives, and what duplicates say (RFC 5681).

using System;

namespace Pride.Net;

internal sealed partial class TcpProtocol
{
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
}
