// Somebody who waits for something of a socket or listener. As with TcpOperations, only programs that await make one.

namespace Pride.Net;

/// <summary>A wait that the owner completes between packets.</summary>
internal abstract class Waiter
{
    public abstract bool IsPending { get; }

    /// <summary>Completes the wait if there is something for it.</summary>
    public abstract void Progress();

    /// <summary>Ends the wait with an error if there is one.</summary>
    public abstract void Fail(NetworkError error);
}
