// The seventh and eighth steps of RFC 9293 section 3.10.7.4: a segment's bytes, in order or kept until they are, and the end of the peer's stream.

namespace Pride.Net;

internal sealed partial class TcpProtocol
{
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
}
