// Why an operation on a connection failed.

using System;

namespace Pride.Net;

/// <summary>The ways a connection or socket operation fails.</summary>
public enum NetworkError
{
    None,

    /// <summary>The peer reset the connection.</summary>
    ConnectionReset,

    /// <summary>Nobody listens at the remote port.</summary>
    ConnectionRefused,

    /// <summary>The peer did not answer within the limit.</summary>
    TimedOut,

    /// <summary>No way to the remote host.</summary>
    Unreachable,

    /// <summary>This side has closed or aborted the connection, listener or socket.</summary>
    Closed,

    /// <summary>The operation was cancelled by its token.</summary>
    Cancelled,

    /// <summary>A limit of <see cref="NetworkStackOptions"/> is reached.</summary>
    LimitReached,

    /// <summary>The port is in use already.</summary>
    PortInUse,

    /// <summary>No IPv4 address is configured yet.</summary>
    NotConfigured,
}

/// <summary>An operation of the network stack has failed with <see cref="Error"/>.</summary>
public sealed class NetworkException(NetworkError error) : Exception(Describe(error))
{
    public NetworkError Error { get; } = error;

    private static string Describe(NetworkError error) => error switch
    {
        NetworkError.ConnectionReset => "the peer reset the connection",
        NetworkError.ConnectionRefused => "the peer refused the connection",
        NetworkError.TimedOut => "the peer did not answer in time",
        NetworkError.Unreachable => "the peer cannot be reached",
        NetworkError.Closed => "closed by this side",
        NetworkError.Cancelled => "cancelled",
        NetworkError.LimitReached => "a limit of the network stack is reached",
        NetworkError.PortInUse => "the port is in use",
        NetworkError.NotConfigured => "no IPv4 address is configured",
        _ => "network error",
    };
}
