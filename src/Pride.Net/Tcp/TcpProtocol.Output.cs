// What a connection sends: new segments as the windows allow, acknowledgements, retransmissions of single segments, SYN and RST.
//
// A segment's bytes are copied once, from the send ring into the frame, and summed on the way.

using System;
using System.Runtime.InteropServices;

namespace Pride.Net;

internal sealed partial class TcpProtocol
{
    private TcpControlBlock? _dirtyFirst;
    private TcpControlBlock? _dirtyLast;

    /// <summary>The last flush ended early for want of a transmit buffer.</summary>
    public bool IsBlocked { get; private set; }

    /// <summary>Sends for every connection that has changed. What finds no transmit buffer waits for the next flush.</summary>
    public void Flush()
    {
        IsBlocked = false;
        while (_dirtyFirst is not null)
        {
            TcpControlBlock block = _dirtyFirst;
            if (block.IsInTable && !Output(block))
            {
                IsBlocked = true;
                return;
            }

            _dirtyFirst = block.NextDirty;
            _dirtyLast = _dirtyFirst is null ? null : _dirtyLast;
            block.NextDirty = null;
            block.IsDirty = false;
        }
    }

    /// <summary>The connection may have something to send.</summary>
    public void MarkDirty(TcpControlBlock block)
    {
        if (block.IsDirty)
        {
            return;
        }

        block.IsDirty = true;
        if (_dirtyLast is null)
        {
            _dirtyFirst = block;
        }
        else
        {
            _dirtyLast.NextDirty = block;
        }

        _dirtyLast = block;
    }

    /// <summary>Sends what may be sent now. False: transmit buffers have run out.</summary>
    private bool Output(TcpControlBlock block)
    {
        if (!block.IsSynchronised)
        {
            return true;
        }

        if (block.Flight == 0 && block.Send.Count != 0 && _stack.Now - block.LastSent > block.RoundTrip.Timeout)
        {
            block.Congestion.RestartAfterIdle();
        }

        while (true)
        {
            int sent = (int)(block.SndNxt - block.SndUna);
            int unsent = block.Send.Count - sent;
            int usable = (int)Math.Min(Math.Min(block.SndWnd, block.Congestion.SendWindow), int.MaxValue) - sent;
            int length = Math.Max(Math.Min(Math.Min(unsent, usable), block.Mss), 0);
            bool withFin = block.FinQueued && length == unsent;
            if (!withFin && !IsWorthSending(block, length, unsent))
            {
                break;
            }

            if (!SendNext(block, length, withFin))
            {
                return false;
            }
        }

        if (block.AckNow && !SendAckNow(block))
        {
            return false;
        }

        if (block.Send.Count != 0 && block.Flight == 0 && block.RetransmitAt == long.MaxValue)
        {
            StartPersisting(block);
        }

        return true;
    }

    /// <summary>The sender's side of silly window avoidance, with Nagle's rule (RFC 9293 section 3.8.6.2.1 and 3.7.4).</summary>
    private static bool IsWorthSending(TcpControlBlock block, int length, int unsent)
    {
        if (length == 0)
        {
            return false;
        }

        if (length == block.Mss || block.SndNxt != block.SndMax)
        {
            return true;
        }

        if (length == unsent)
        {
            bool shortOneIsOut = Sequence.Less(block.SndUna, block.ShortSegmentEnd);
            return block.NoDelay || block.FinQueued || !shortOneIsOut;
        }

        return (uint)length >= block.MaxSndWnd / 2;
    }

    /// <summary>Sends the segment at SndNxt and moves on.</summary>
    private bool SendNext(TcpControlBlock block, int length, bool withFin)
    {
        if (!SendSegment(block, block.SndNxt, length, withFin))
        {
            return false;
        }

        uint end = block.SndNxt + (uint)length + (withFin ? 1u : 0);
        if (block.SndNxt == block.SndMax)
        {
            if (!block.RoundTrip.IsMeasuring)
            {
                block.RoundTrip.StartMeasuring(end, _stack.Now);
            }
        }
        else
        {
            _counters.Add(NetworkCounter.TcpRetransmissions);
        }

        if (length < block.Mss)
        {
            block.ShortSegmentEnd = end;
        }

        block.SndNxt = end;
        if (Sequence.Less(block.SndMax, end))
        {
            block.SndMax = end;
        }

        if (block.RetransmitAt == long.MaxValue || block.IsPersisting)
        {
            block.IsPersisting = false;
            ArmRetransmit(block);
        }

        return true;
    }

    /// <summary>Sends the first unacknowledged segment again, without moving SndNxt.</summary>
    private void RetransmitFirst(TcpControlBlock block)
    {
        block.RoundTrip.StopMeasuring();
        int length = Math.Min(block.Mss, block.Send.Count);
        bool withFin = block.FinQueued && length == block.Send.Count && block.Flight > (uint)length;
        if (SendSegment(block, block.SndUna, length, withFin))
        {
            _counters.Add(NetworkCounter.TcpRetransmissions);
            ArmRetransmit(block);
        }
    }

    /// <summary>One segment of <paramref name="length"/> bytes from the send ring. False: no transmit buffer.</summary>
    private bool SendSegment(TcpControlBlock block, uint sequence, int length, bool withFin)
    {
        Span<byte> frame = _stack.GetTransmitBuffer();
        if (frame.IsEmpty)
        {
            return false;
        }

        Span<byte> bytes = frame[Ipv4.PayloadOffset..];
        int total = TcpHeader.Size + length;
        ref TcpHeader header = ref MemoryMarshal.AsRef<TcpHeader>(bytes);
        int offset = (int)(sequence - block.SndUna);
        TcpFlags flags = TcpFlags.Ack;
        flags |= withFin ? TcpFlags.Fin : TcpFlags.None;
        flags |= length != 0 && offset + length == block.Send.Count ? TcpFlags.Psh : TcpFlags.None;
        header.SourcePort = block.LocalPort;
        header.DestinationPort = block.RemotePort;
        header.Sequence = sequence;
        header.Acknowledgment = block.RcvNxt;
        header.DataOffset = TcpHeader.Size / sizeof(uint) << 4;
        header.Flags = (byte)flags;
        header.Window = AdvanceWindow(block);
        header.Checksum = 0;
        header.UrgentPointer = 0;
        Span<byte> payload = bytes.Slice(TcpHeader.Size, length);
        if (_stack.FillsTransmitted)
        {
            ulong sum = InternetChecksum.PseudoHeader(_stack.Configuration.Address, block.RemoteAddress, IpProtocol.Tcp, total);
            sum = InternetChecksum.Add(bytes[..TcpHeader.Size], sum);
            if (length != 0)
            {
                sum = block.Send.PeekSumming(offset, payload, sum);
            }

            header.Checksum = InternetChecksum.Finish(sum);
        }
        else if (length != 0)
        {
            block.Send.Peek(offset, payload);
        }

        _counters.Add(NetworkCounter.TcpSent);
        _stack.Ipv4.Send(frame, block.RemoteAddress, IpProtocol.Tcp, total);
        block.LastSent = _stack.Now;
        block.AckNow = false;
        block.UnacknowledgedBytes = 0;
        block.AckAt = long.MaxValue;
        return true;
    }

    /// <summary>Sends an acknowledgement alone. False: no transmit buffer.</summary>
    private bool SendAckNow(TcpControlBlock block) =>
        SendSegment(block, block.IsPersisting ? block.SndNxt : block.SndMax, 0, withFin: false);

    /// <summary>For what must be answered at once and each time. Without a transmit buffer it becomes one of the next flush.</summary>
    private void AcknowledgeAtOnce(TcpControlBlock block)
    {
        if (!block.IsSynchronised || !SendAckNow(block))
        {
            block.AckNow = true;
            MarkDirty(block);
        }
    }

    /// <summary>
    /// Moves the window's right edge on if that is worth telling: the receiver's side of silly window avoidance
    /// (RFC 9293 section 3.8.6.2.2). Returns the window field.
    /// </summary>
    private static ushort AdvanceWindow(TcpControlBlock block)
    {
        if (block.FinReceived)
        {
            return WindowField(block);
        }

        uint free = (uint)block.Receive.Free;
        uint gain = block.RcvNxt + free - block.RcvAdv;
        if (gain >= Math.Min((uint)block.Receive.Capacity / 2, (uint)block.Mss))
        {
            // Only what the field can say is promised.
            uint field = Math.Min(free >> block.RcvScale, ushort.MaxValue);
            uint edge = block.RcvNxt + (field << block.RcvScale);
            block.RcvAdv = Sequence.Less(block.RcvAdv, edge) ? edge : block.RcvAdv;
        }

        return WindowField(block);
    }

    private static ushort WindowField(TcpControlBlock block) =>
        (ushort)Math.Min((block.RcvAdv - block.RcvNxt) >> block.RcvScale, ushort.MaxValue);

    /// <summary>Our SYN, alone in SYN-SENT, with an acknowledgement in SYN-RECEIVED.</summary>
    private void SendSyn(TcpControlBlock block)
    {
        bool isAnswer = block.State == TcpState.SynReceived;
        bool scales = !isAnswer || block.RcvScale != 0 || block.SndScale != 0;
        var options = new SynOptions { MaximumSegmentSize = OwnMaximumSegment, WindowScale = scales ? OwnWindowScale : -1 };
        ushort window = (ushort)Math.Min(block.Receive.Capacity, ushort.MaxValue);
        TcpFlags flags = isAnswer ? TcpFlags.Syn | TcpFlags.Ack : TcpFlags.Syn;
        SendControl(block.Key, block.Iss, isAnswer ? block.RcvNxt : 0, flags, window, options);
        if (isAnswer)
        {
            block.RcvAdv = block.RcvNxt + window;
        }

        if (!isAnswer && block.Retransmissions == 0)
        {
            block.RoundTrip.StartMeasuring(block.Iss + 1, _stack.Now);
        }
    }
}
