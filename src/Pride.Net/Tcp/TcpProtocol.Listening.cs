// Passive opens: listeners, and the handshakes under way (RFC 9293 section 3.10.7.2 and the SYN-RECEIVED parts of 3.10.7.4).
//
// A handshake holds a small entry, never buffers. When the entries are used up the oldest gives way: in a flood of forged SYNs
// an honest client, whose answer comes within a round trip, still gets through.

using System;

namespace Pride.Net;

/// <summary>A handshake after our SYN-ACK.</summary>
internal struct HalfOpen
{
    public ulong Key;
    public uint Iss;
    public uint Irs;
    public ushort PeerWindow;
    public ushort PeerSegment;
    public sbyte PeerScale;
    public byte Listener;
    public byte Retransmissions;
    public long RetransmitAt;
    public long SentAt;
}

internal sealed partial class TcpProtocol
{
    /// <summary>SYN-ACKs after the first: with doubling intervals from 1 s the entry lives 31 s.</summary>
    private const int MaximumSynAckRetransmissions = 4;

    private long _halfOpenDeadline = long.MaxValue;

    /// <summary>Opens a port for connections.</summary>
    public TcpListener Listen(ushort port, int acceptQueue, ITcpHandler? handler)
    {
        if (FindListener(port) is not null)
        {
            throw new NetworkException(NetworkError.PortInUse);
        }

        foreach (TcpListener listener in _listeners)
        {
            if (!listener.IsOpen)
            {
                listener.Open(port, acceptQueue, handler);
                return listener;
            }
        }

        throw new NetworkException(NetworkError.LimitReached);
    }

    /// <summary>Drops the handshakes of a listener that closes.</summary>
    public void StopListening(TcpListener listener)
    {
        int index = _halfOpen.Oldest;
        while (index >= 0)
        {
            int next = _halfOpen.YoungerThan(index);
            if (_halfOpen[index].Listener == listener.Index)
            {
                DropHalfOpen(index);
            }

            index = next;
        }
    }

    private TcpListener? FindListener(ushort port)
    {
        foreach (TcpListener listener in _listeners)
        {
            if (listener.IsOpen && listener.Port == port)
            {
                return listener;
            }
        }

        return null;
    }

    private void ReceiveSyn(TcpListener listener, in TcpSegment segment)
    {
        _counters.Add(NetworkCounter.TcpSynReceived);
        if (_halfOpen.IsFull)
        {
            if (_halfOpen.Count == 0)
            {
                return;
            }

            _counters.Add(NetworkCounter.TcpHalfOpenDrop);
            DropHalfOpen(_halfOpen.Oldest);
        }

        SynOptions options = SynOptions.Parse(segment.Options);
        int index = _halfOpen.Take();
        long now = _stack.Now;
        _halfOpen[index] = new HalfOpen
        {
            Key = segment.Key,
            Iss = ChooseSequence(segment.Key),
            Irs = segment.Sequence,
            PeerWindow = segment.Window,
            PeerSegment = (ushort)options.MaximumSegmentSize,
            PeerScale = (sbyte)options.WindowScale,
            Listener = (byte)listener.Index,
            RetransmitAt = now + TcpRoundTrip.InitialTimeout,
            SentAt = now,
        };
        _halfOpenDeadline = Math.Min(_halfOpenDeadline, now + TcpRoundTrip.InitialTimeout);
        _table.Add(_firstHalfOpen + index, segment.Key);
        SendSynAck(_halfOpen[index]);
    }

    private void SendSynAck(in HalfOpen entry)
    {
        ushort window = (ushort)Math.Min(_options.ReceiveBufferBytes, ushort.MaxValue);
        var options = new SynOptions { MaximumSegmentSize = OwnMaximumSegment, WindowScale = entry.PeerScale < 0 ? -1 : OwnWindowScale };
        SendControl(entry.Key, entry.Iss, entry.Irs + 1, TcpFlags.Syn | TcpFlags.Ack, window, options);
    }

    /// <summary>A segment for a handshake under way, in the order of RFC 9293 section 3.10.7.4.</summary>
    private void ReceiveHalfOpen(int index, in TcpSegment segment)
    {
        ref HalfOpen entry = ref _halfOpen[index];
        uint next = entry.Irs + 1;
        if (segment.Has(TcpFlags.Rst))
        {
            // RFC 5961 section 3.2: only the exact number is believed.
            if (segment.Sequence == next)
            {
                _counters.Add(NetworkCounter.TcpResetsReceived);
                DropHalfOpen(index);
            }

            return;
        }

        if (segment.Has(TcpFlags.Syn))
        {
            bool isRepeated = segment.Sequence == entry.Irs && !segment.Has(TcpFlags.Ack);
            if (isRepeated)
            {
                SendSynAck(entry);
            }
            else
            {
                SendChallenge(entry.Key, entry.Iss + 1, next, 0);
            }

            return;
        }

        if (!segment.Has(TcpFlags.Ack))
        {
            return;
        }

        if (segment.Acknowledgment != entry.Iss + 1)
        {
            SendResetFor(segment);
            return;
        }

        bool isInWindow = segment.Sequence - next < Math.Min((uint)_options.ReceiveBufferBytes, ushort.MaxValue);
        if (!isInWindow)
        {
            SendChallenge(entry.Key, entry.Iss + 1, next, 0);
            return;
        }

        Establish(index, segment);
    }

    /// <summary>The handshake is complete: the connection gets a block, and the segment is handled by it.</summary>
    private void Establish(int index, in TcpSegment segment)
    {
        HalfOpen entry = _halfOpen[index];
        TcpListener listener = _listeners[entry.Listener];
        if (listener.IsAcceptQueueFull)
        {
            // The peer believes to be connected, sends, and gets through when its segment is repeated.
            _counters.Add(NetworkCounter.TcpAcceptQueueDrop);
            return;
        }

        TcpControlBlock? block = TakeBlock();
        if (block is null)
        {
            return;
        }

        DropHalfOpen(index);
        Identify(block, entry.Key);
        block.StartSending(entry.Iss);
        block.StartReceiving(entry.Irs);
        block.RcvAdv = block.RcvNxt + Math.Min((uint)_options.ReceiveBufferBytes, ushort.MaxValue);
        block.SndUna = entry.Iss + 1;
        ApplyPeerOptions(block, entry.PeerSegment, entry.PeerScale);
        block.SndWl1 = segment.Sequence;
        block.SndWl2 = segment.Acknowledgment;
        bool lostSyn = entry.Retransmissions > 0;
        block.RoundTrip.Reset(lostSyn ? TcpRoundTrip.TimeoutAfterLostSyn : TcpRoundTrip.InitialTimeout);
        if (!lostSyn)
        {
            block.RoundTrip.StartMeasuring(block.SndUna, entry.SentAt);
            block.RoundTrip.Acknowledged(block.SndUna, _stack.Now);
        }

        block.Congestion.Reset(block.Mss, block.Iss, lostSyn);
        EnterEstablished(block, (uint)segment.Window << block.SndScale);
        block.NoDelay = listener.NoDelay;
        block.Handler = listener.Handler;
        _counters.Add(NetworkCounter.TcpAccepted);
        listener.Enqueue(block);
        ReceiveFor(block, segment);
    }

    private void DropHalfOpen(int index)
    {
        _table.Remove(_firstHalfOpen + index);
        _halfOpen.Release(index);
    }

    private void RunHalfOpenTimers(long now)
    {
        if (now < _halfOpenDeadline)
        {
            return;
        }

        _halfOpenDeadline = long.MaxValue;
        int index = _halfOpen.Oldest;
        while (index >= 0)
        {
            int next = _halfOpen.YoungerThan(index);
            ref HalfOpen entry = ref _halfOpen[index];
            if (now >= entry.RetransmitAt && entry.Retransmissions == MaximumSynAckRetransmissions)
            {
                DropHalfOpen(index);
                index = next;
                continue;
            }

            if (now >= entry.RetransmitAt)
            {
                entry.Retransmissions++;
                entry.RetransmitAt = now + (TcpRoundTrip.InitialTimeout << entry.Retransmissions);
                SendSynAck(entry);
            }

            _halfOpenDeadline = Math.Min(_halfOpenDeadline, entry.RetransmitAt);
            index = next;
        }
    }
}
