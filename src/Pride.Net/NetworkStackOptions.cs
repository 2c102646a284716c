// Every limit of the stack. Its memory is allocated when it is made, from these numbers; only what a program awaits on is made with the first await.

namespace Pride.Net;

/// <summary>Limits and timings; the defaults suit a server of some hundred connections.</summary>
public sealed class NetworkStackOptions
{
    /// <summary>TCP connections with buffers (established or closing).</summary>
    public int MaximumConnections { get; init; } = 320;

    /// <summary>TCP connections whose handshake is under way; the oldest gives way to a new one, so a flood of SYNs cannot lock others out.</summary>
    public int MaximumHalfOpen { get; init; } = 256;

    /// <summary>TCP connections in TIME-WAIT, which hold no buffers; the oldest gives way.</summary>
    public int MaximumTimeWait { get; init; } = 512;

    /// <summary>Listening TCP ports.</summary>
    public int MaximumListeners { get; init; } = 8;

    /// <summary>Open UDP ports.</summary>
    public int MaximumUdpSockets { get; init; } = 8;

    /// <summary>Bytes of a connection's send buffer; a power of two.</summary>
    public int SendBufferBytes { get; init; } = 32 * 1024;

    /// <summary>Bytes of a connection's receive buffer; a power of two.</summary>
    public int ReceiveBufferBytes { get; init; } = 16 * 1024;

    /// <summary>Bytes of a UDP socket's queue for datagrams not yet received by the application; a power of two. Not used by sockets with a handler.</summary>
    public int UdpQueueBytes { get; init; } = 32 * 1024;

    /// <summary>Neighbours in the ARP cache; a power of two.</summary>
    public int ArpEntries { get; init; } = 64;

    /// <summary>Frames that wait for an ARP reply; the oldest gives way.</summary>
    public int ArpPendingFrames { get; init; } = 64;

    /// <summary>Datagrams that can be in reassembly from fragments at once; the oldest gives way. 0: fragments are dropped.</summary>
    public int MaximumReassemblies { get; init; } = 4;

    /// <summary>Longest IP payload in bytes that is reassembled from fragments.</summary>
    public int ReassemblyBytes { get; init; } = 16 * 1024;

    /// <summary>
    /// How long a connection stays in TIME-WAIT, in milliseconds. RFC 9293 asks for twice the maximum segment lifetime of 2 minutes; today's systems use a minute or less.
    /// </summary>
    public int TimeWaitMilliseconds { get; init; } = 30_000;

    /// <summary>How long an acknowledgement may be delayed, in milliseconds (RFC 9293 section 3.8.6.3 allows below 500).</summary>
    public int DelayedAcknowledgementMilliseconds { get; init; } = 40;

    /// <summary>Silence in milliseconds after which a connection is probed (RFC 9293 section 3.8.4); 0: never, unless the connection asks for it.</summary>
    public int KeepAliveMilliseconds { get; init; }

    /// <summary>The host name DHCP tells the server; empty: none.</summary>
    public string HostName { get; init; } = "pride";
}
