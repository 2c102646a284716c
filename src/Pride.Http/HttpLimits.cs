// Every limit of the server, in one place and by name. What a client does beyond a limit gets a precise answer or a closed connection.

namespace Pride.Http;

/// <summary>The limits of one <see cref="HttpServer"/>. The defaults suit an appliance with a few tens of MiB for its web server.</summary>
public sealed class HttpLimits
{
    /// <summary>Connections served at once. At the limit the connection that has been idle longest makes room; with none idle, new ones wait.</summary>
    public int Connections { get; init; } = 512;

    /// <summary>Longest request line, in bytes: RFC 9112 section 3 asks for at least 8000. Beyond it: 414.</summary>
    public int RequestLineBytes { get; init; } = 8000;

    /// <summary>Request line and header fields together, in bytes; at most one block. Beyond it: 431.</summary>
    public int HeadBytes { get; init; } = BlockPool.BlockBytes;

    /// <summary>Header fields in one request. Beyond it: 431.</summary>
    public int HeaderFields { get; init; } = 100;

    /// <summary>Largest request body that is accepted at all, in bytes. Beyond it: 413.</summary>
    public long BodyBytes { get; init; } = 1 << 20;

    /// <summary>How much of a body that no handler has read is thrown away to keep the connection; beyond it the connection is closed.</summary>
    public long DiscardedBodyBytes { get; init; } = 64 << 10;

    /// <summary>Largest response, in bytes, that a handler may collect before it is sent.</summary>
    public int CollectedResponseBytes { get; init; } = 256 << 10;

    /// <summary>Blocks of <see cref="BlockPool.BlockBytes"/> for requests, responses, streaming and the cache together.</summary>
    public int Blocks { get; init; } = 1024;

    /// <summary>Time for the head of a request, from its first byte (or from the start of the connection). Beyond it: 408.</summary>
    public int HeadMilliseconds { get; init; } = 10_000;

    /// <summary>How long a connection may wait between requests.</summary>
    public int IdleMilliseconds { get; init; } = 60_000;

    /// <summary>Time for the whole body of a request. Beyond it: 408.</summary>
    public int BodyMilliseconds { get; init; } = 30_000;

    /// <summary>Time in which a client must take one block of the response. Beyond it the connection is dropped.</summary>
    public int WriteMilliseconds { get; init; } = 30_000;

    /// <summary>After the last response on a connection: time for the client to close its side, so that it can still read the response.</summary>
    public int LingerMilliseconds { get; init; } = 2_000;

    /// <summary>Bytes thrown away while lingering.</summary>
    public long LingerBytes { get; init; } = 256 << 10;
}
