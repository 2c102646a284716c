// One number for everything that arrives, leaves or is dropped, and for each reason of a drop.

namespace Pride.Net;

/// <summary>What is counted. Names begin with the protocol; a "Drop" in the name is a packet that went no further.</summary>
public enum NetworkCounter
{
    FramesReceived,
    FramesSent,
    EthernetDropTooShort,
    EthernetDropNotForUs,
    EthernetDropUnknownType,
    ArpReceived,
    ArpDropMalformed,
    ArpRequestsSent,
    ArpRepliesSent,
    ArpPendingDrop,
    ArpUnresolvedDrop,
    Ipv4Received,
    Ipv4DropMalformed,
    Ipv4DropChecksum,
    Ipv4DropNotForUs,
    Ipv4DropSource,
    Ipv4FragmentsReceived,
    Ipv4FragmentsDrop,
    Ipv4Reassembled,
    Ipv4DropUnknownProtocol,
    Ipv4SendDropNoRoute,
    TransmitBufferShortage,
    IcmpReceived,
    IcmpDropMalformed,
    IcmpDropChecksum,
    IcmpEchoReplies,
    IcmpUnreachableSent,
    IcmpErrorsReceived,
    IcmpErrorsIgnored,
    IcmpRateLimited,
    UdpReceived,
    UdpSent,
    UdpDropMalformed,
    UdpDropChecksum,
    UdpDropNoSocket,
    UdpDropQueueFull,
    DhcpReceived,
    DhcpDropMalformed,
    DhcpLeases,
    TcpReceived,
    TcpSent,
    TcpDropMalformed,
    TcpDropChecksum,
    TcpDropNoConnection,
    TcpResetsSent,
    TcpResetsReceived,
    TcpChallengeAcknowledgements,
    TcpChallengeRateLimited,
    TcpSynReceived,
    TcpHalfOpenDrop,
    TcpAcceptQueueDrop,
    TcpConnectionsFullDrop,
    TcpAccepted,
    TcpConnected,
    TcpRetransmissions,
    TcpRetransmissionTimeouts,
    TcpFastRetransmissions,
    TcpDuplicateAcknowledgements,
    TcpOutOfOrder,
    TcpOutOfOrderDrop,
    TcpOutsideWindow,
    TcpZeroWindowProbes,
    TcpTimeWaitRecycled,
    TcpTimedOut,
    TcpKeepAliveProbes,
}

/// <summary>The counters of one stack.</summary>
public sealed class NetworkCounters
{
    /// <summary>How many counters there are.</summary>
    public const int Count = (int)NetworkCounter.TcpKeepAliveProbes + 1;

    private readonly ulong[] _values = new ulong[Count];

    /// <summary>The value of one counter since the stack was made.</summary>
    public ulong this[NetworkCounter counter] => _values[(int)counter];

    /// <summary>Counts one.</summary>
    public void Add(NetworkCounter counter) => _values[(int)counter]++;
}
