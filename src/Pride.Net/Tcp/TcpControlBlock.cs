// The state of one connection (RFC 9293 section 3.3.1). Blocks are made with the stack and used again for connection after connection.
//
// Sequence numbers: the send ring begins at SndUna once our SYN is acknowledged; the receive ring ends at RcvNxt. SndNxt is
// what would be sent next and goes back on a timeout; SndMax is the highest ever sent.

using System;

namespace Pride.Net;

/// <summary>What the application has not been told yet.</summary>
[Flags]
internal enum TcpEvents : byte
{
    None = 0,

    /// <summary>The handshake is complete.</summary>
    Connected = 1,

    /// <summary>Bytes or the end of the stream have arrived.</summary>
    Readable = 2,

    /// <summary>The send ring has room again.</summary>
    Writable = 4,

    /// <summary>The connection is over; see the block's error.</summary>
    Closed = 8,
}

/// <summary>One transmission control block.</summary>
internal sealed class TcpControlBlock
{
    public TcpControlBlock(TcpProtocol protocol, int index, ByteRing send, ByteRing receive)
    {
        Protocol = protocol;
        Index = index;
        Send = send;
        Receive = receive;
    }

    public TcpProtocol Protocol { get; }

    /// <summary>Its number in the pool and in the connection table.</summary>
    public int Index { get; }

    /// <summary>Changes whenever the application loses the connection, so that an old handle is recognised.</summary>
    public uint Generation { get; set; } = 1;

    public TcpState State { get; set; }

    /// <summary>Not in the pool's free list.</summary>
    public bool IsTaken { get; set; }

    /// <summary>In the connection table.</summary>
    public bool IsInTable { get; set; }

    /// <summary>The application has let go; the block is freed when the protocol is done with it.</summary>
    public bool IsOrphan { get; set; }

    /// <summary>Why the connection ended, or None.</summary>
    public NetworkError Error { get; set; }

    // Who
    public ulong Key;
    public Ipv4Address RemoteAddress;
    public ushort RemotePort;
    public ushort LocalPort;

    // Send sequence space
    public uint Iss;
    public uint SndUna;
    public uint SndNxt;
    public uint SndMax;
    public uint SndWnd;
    public uint SndWl1;
    public uint SndWl2;

    /// <summary>The greatest window the peer has offered: silly window avoidance and RFC 5961 section 5 need it.</summary>
    public uint MaxSndWnd;
    public int SndScale;

    /// <summary>The longest payload of one segment.</summary>
    public int Mss;

    /// <summary>The end of the last short segment sent: Nagle's rule as Minshall restated it holds a short one back only while another short one is out.</summary>
    public uint ShortSegmentEnd;

    /// <summary>The application has finished: a FIN follows the bytes in the ring.</summary>
    public bool FinQueued;
    public bool NoDelay;
    public ByteRing Send;
    public TcpCongestion Congestion;
    public TcpRoundTrip RoundTrip;

    // Receive sequence space
    public uint Irs;
    public uint RcvNxt;

    /// <summary>The right edge of the window as the peer knows it; it never goes back.</summary>
    public uint RcvAdv;
    public int RcvScale;
    public ByteRing Receive;
    public TcpReassembly Reassembly;

    /// <summary>Where the peer's stream ends, once a FIN has been seen (perhaps ahead of missing bytes).</summary>
    public uint FinSequence;
    public bool FinSeen;

    /// <summary>All bytes and the FIN have arrived.</summary>
    public bool FinReceived;

    /// <summary>In-order bytes not acknowledged yet.</summary>
    public uint UnacknowledgedBytes;

    /// <summary>An acknowledgement must go out with the next flush.</summary>
    public bool AckNow;

    // Timers: moments on the stack's clock, long.MaxValue when off
    public long RetransmitAt;
    public bool IsPersisting;
    public int Retransmissions;
    public long AckAt;

    /// <summary>Keep-alive, or the end of FIN-WAIT-2.</summary>
    public long StateAt;
    public long KeepAliveNanoseconds;
    public int KeepAliveProbes;
    public long LastReceived;
    public long LastSent;
    public long ReadTimeoutAt;
    public long WriteTimeoutAt;
    public long ReadTimeoutNanoseconds;
    public long WriteTimeoutNanoseconds;

    // Lists of the protocol: -1 ends a list
    public TcpControlBlock? NextFree;
    public TcpControlBlock? NextDirty;
    public bool IsDirty;
    public TcpControlBlock? NextEvent;
    public bool HasEvents;
    public TcpEvents Events;

    // The application's side
    public ITcpHandler? Handler;
    public bool WantsWritable;
    public TcpOperations? Operations;

    /// <summary>Bytes in flight.</summary>
    public uint Flight => SndMax - SndUna;

    /// <summary>Both SYNs are acknowledged.</summary>
    public bool IsSynchronised => State >= TcpState.Established;

    /// <summary>The peer may still send us bytes.</summary>
    public bool MayReceive => State is TcpState.Established or TcpState.FinWait1 or TcpState.FinWait2;

    /// <summary>The application may still write.</summary>
    public bool MaySend => State is TcpState.Established or TcpState.CloseWait && !FinQueued;

    /// <summary>Makes the block ready for a new connection.</summary>
    public void Reset()
    {
        State = TcpState.Closed;
        IsOrphan = false;
        Error = NetworkError.None;
        SndWnd = MaxSndWnd = 0;
        SndScale = RcvScale = 0;
        FinQueued = FinSeen = FinReceived = false;
        NoDelay = false;
        Send.Clear();
        Receive.Clear();
        Reassembly.Clear();
        UnacknowledgedBytes = 0;
        AckNow = false;
        IsPersisting = false;
        Retransmissions = KeepAliveProbes = 0;
        RetransmitAt = AckAt = StateAt = ReadTimeoutAt = WriteTimeoutAt = long.MaxValue;
        KeepAliveNanoseconds = ReadTimeoutNanoseconds = WriteTimeoutNanoseconds = 0;
        Events = TcpEvents.None;
        Handler = null;
        WantsWritable = false;
        Operations?.Reset();
    }

    /// <summary>Sets the first sequence numbers of both sides.</summary>
    public void StartSending(uint iss)
    {
        Iss = iss;
        SndUna = iss;
        SndNxt = iss + 1;
        SndMax = iss + 1;
        ShortSegmentEnd = iss;
    }

    /// <summary>The peer's first sequence number and options are known.</summary>
    public void StartReceiving(uint irs)
    {
        Irs = irs;
        RcvNxt = irs + 1;
        RcvAdv = irs + 1;
    }

    /// <summary>The earliest of the block's timers.</summary>
    public long EarliestTimer() =>
        Math.Min(Math.Min(Math.Min(RetransmitAt, AckAt), StateAt), Math.Min(ReadTimeoutAt, WriteTimeoutAt));
}
