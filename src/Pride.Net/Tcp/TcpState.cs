// The states of a connection (RFC 9293 section 3.3.2). LISTEN is a TcpListener; the SYN-RECEIVED of a passive open is an entry of
// HalfOpenTable; TIME-WAIT is an entry of TimeWaitTable: none of the three holds buffers.

namespace Pride.Net;

/// <summary>A connection's state.</summary>
public enum TcpState : byte
{
    /// <summary>No connection any more; received bytes may still wait to be read.</summary>
    Closed,

    /// <summary>Our SYN is out.</summary>
    SynSent,

    /// <summary>Both sides have sent a SYN at once.</summary>
    SynReceived,
    Established,

    /// <summary>The peer has finished; we may still send.</summary>
    CloseWait,

    /// <summary>We have finished first; our FIN is not acknowledged.</summary>
    FinWait1,

    /// <summary>We have finished first, acknowledged; the peer may still send.</summary>
    FinWait2,

    /// <summary>Both have finished at once; our FIN is not acknowledged.</summary>
    Closing,

    /// <summary>We have finished last; our FIN is not acknowledged.</summary>
    LastAck,
}
