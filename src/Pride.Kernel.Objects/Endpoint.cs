// An endpoint: where callers and a server meet.

using System.Runtime.InteropServices;

namespace Pride.Kernel.Objects;

/// <summary>Who waits at an endpoint.</summary>
public enum EndpointState : ulong
{
    /// <summary>Nobody.</summary>
    Idle = 0,

    /// <summary>Senders.</summary>
    Sending = 1,

    /// <summary>Receivers.</summary>
    Receiving = 2,
}

/// <summary>An endpoint. 64 bytes; the builder leaves it zeroed.</summary>
[StructLayout(LayoutKind.Sequential, Size = Size)]
public unsafe struct Endpoint
{
    public const int Size = 64;

    public EndpointState State;

    /// <summary>First waiting thread; ordered by priority, then by arrival.</summary>
    public Tcb* QueueHead;
    public Tcb* QueueTail;

    /// <summary>The thread that waits to receive, when it is the only one; else null. What a call's short way looks at.</summary>
    public Tcb* SoleReceiver;
}
